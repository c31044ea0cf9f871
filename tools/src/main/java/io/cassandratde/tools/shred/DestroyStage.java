package io.cassandratde.tools.shred;

import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.destroy.ProvenDestroy;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.run.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Each key is fenced, proved to be needed by nothing, and destroyed. */
final class DestroyStage implements Stage<ShredRun> {

  @Override
  public String name() {
    return "DESTROY";
  }

  @Override
  public String what() {
    return "the keys, each when every node proves that nothing needs it";
  }

  @Override
  public void run(ShredRun run) throws Exception {
    for (TenantKey key : run.state().keys()) {
      String before = run.state().destroyed(key);
      if (before != null) {
        run.display().line(key + " is destroyed since " + before);
        continue;
      }
      KeyAdministration keys = run.servers().administration(key.group());
      awaitDates(run, keys, key);
      try (ClusterNodes cluster = run.nodes().connect()) {
        List<String> warnings =
            run.audit()
                .operation("destroy")
                .group(run.servers().group(key.group()))
                .key(key.keyId())
                .option("command", "shred")
                .option("keyspace", run.request().keyspace())
                .option("attested", run.confirmation().attested())
                .option("approved_by", run.consent().approvedBy())
                .run(
                    () ->
                        new ProvenDestroy(
                                keys, cluster, run.terminal(), run.patience(), run.display())
                            .run(run.servers().sought(key)));
        run.state().destroyed(key, run.patience().now(), warnings);
        run.display().line(key + " is destroyed");
        warnings.forEach(run.terminal()::warn);
      }
    }
  }

  /**
   * Until no node may seal under the key by the server's dates: as long as the configuration says.
   */
  private static void awaitDates(ShredRun run, KeyAdministration keys, TenantKey key)
      throws Exception {
    Duration longest = run.servers().waitAfterRevoke(key.group()).plus(run.patience().limit());
    Instant end = run.patience().now().plus(longest);
    while (true) {
      String objection = keys.objectionToDestroy(key.keyId());
      if (objection == null) {
        return;
      }
      if (!run.patience().now().isBefore(end)) {
        throw new CommandFailure(
            ExitCode.REFUSED, objection + "; run the same command again after that");
      }
      run.display().waiting("waiting: " + objection);
      run.patience().step();
    }
  }
}
