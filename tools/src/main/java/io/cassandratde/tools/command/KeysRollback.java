package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.List;

/** {@code keys rollback <master>}. */
@Command(
    name = "rollback",
    description =
        "Make the master key of before the active one again, under a new version number, once every"
            + " node has shown that it still has it; `keys rewrap` then brings the data keys back under"
            + " it")
public final class KeysRollback extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--wait"},
      title = "time",
      description = "How long to wait for what the nodes say: 60s (default), 5m; 0: not at all")
  private String wait = "60s";

  @Arguments(title = "master", description = "Name of the master key")
  @Operands(form = "<master>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      AuditLog audit = config.audit(session);
      int version =
          audit
              .operation("propose-former-master-key")
              .option("master", name)
              .run(() -> keys.proposeFormer(name));
      new ProposedKey(cluster, keys, name, version)
          .awaitAll(session, KeyReplacementCommand.duration(wait));
      var unused =
          audit
              .operation("activate-master-key")
              .option("master", name)
              .option("version", version)
              .run(
                  () -> {
                    keys.activate(name, version, List.of());
                    return true;
                  });
      session
          .terminal()
          .out()
          .println(
              "The key of before is active again as version %d of master key %s. Now run `%s keys rewrap --master %s`"
                  .formatted(version, name, session.program(), name));
    }
    return ExitCode.OK;
  }
}
