package io.cassandratde.tools.destroy;

import io.cassandratde.keys.kmip.DestroyRefusedException;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import java.util.List;

/** Destroys a key when it is proved that no node needs it, and else says who does. */
public final class ProvenDestroy {

  private final KeyAdministration keys;
  private final ClusterNodes cluster;
  private final Terminal terminal;
  private final Patience patience;
  private final Display display;

  /**
   * @param patience with what passes by itself, such as files that are being written
   */
  public ProvenDestroy(
      KeyAdministration keys,
      ClusterNodes cluster,
      Terminal terminal,
      Patience patience,
      Display display) {
    this.keys = keys;
    this.cluster = cluster;
    this.terminal = terminal;
    this.patience = patience;
    this.display = display;
  }

  /**
   * Proves and destroys, or throws.
   *
   * @return what the operator should know besides
   * @throws CommandFailure {@link ExitCode#STILL_NEEDED}: what needs it, or may, was listed
   * @throws DestroyRefusedException its state or its dates speak against it
   */
  public List<String> run(SoughtKey key) throws Exception {
    String objection = keys.objectionToDestroy(key.keyId());
    if (objection != null) {
      throw new DestroyRefusedException(objection);
    }
    DestroyProof proof = new DestroyProof(cluster, key, patience, display, terminal::warn);
    return proof.fenced(
        () -> {
          require(key, proof.needs());
          require(key, proof.changes());
          return keys.destroy(key.keyId());
        });
  }

  private void require(SoughtKey key, List<KeyNeed> needs) throws CommandFailure {
    if (needs.isEmpty()) {
      return;
    }
    terminal.out().flush();
    terminal.err().println("STILL NEEDED, or not known to be unneeded:");
    needs.forEach(need -> terminal.err().println(Printable.of("  " + need)));
    throw new CommandFailure(
        ExitCode.STILL_NEEDED,
        "%s is not destroyed: %d findings, listed above; the first: %s; nothing was changed, and the fences are ended"
            .formatted(key, needs.size(), needs.get(0)));
  }
}
