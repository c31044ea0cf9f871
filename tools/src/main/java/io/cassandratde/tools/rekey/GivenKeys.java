package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CheckedKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys that the operator puts where the nodes find them: in a token, or in a key file. Nobody here
 * can make or end one; what the nodes seal with tells that it was done.
 */
public final class GivenKeys implements KeySource {

  private final Cluster cluster;
  private final String group;
  private final String remedy;

  /**
   * @param remedy how the operator gives the nodes another key
   */
  public GivenKeys(Cluster cluster, String group, String remedy) {
    this.cluster = cluster;
    this.group = group;
    this.remedy = remedy;
  }

  @Override
  public ReplacedKey get(String keyId) throws Exception {
    List<String> failures = new ArrayList<>();
    for (Node node : cluster.look().reached()) {
      try {
        CheckedKey key = node.ask(keys -> keys.checkKey(group, keyId));
        return new ReplacedKey(keyId, (int) key.bits(), null, "given by the operator", false);
      } catch (NodeTroubleException e) {
        failures.add(e.text());
      }
    }
    throw new CommandFailure(
        failures.isEmpty() ? ExitCode.UNREACHABLE : ExitCode.NOT_FOUND,
        "no node can use key %s of group %s: %s"
            .formatted(
                keyId, group, failures.isEmpty() ? "none answers" : String.join("; ", failures)));
  }

  @Override
  public void makeSuccessor(RekeyContext run, ReplacedKey old) throws Exception {
    String id = run.state().newKeyId();
    if (id == null) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "not every node has left %s for one other key: %s. Then run the same command again; nothing was changed"
              .formatted(run.request(), remedy));
    }
    var unused = NewKeyCheck.run(run, id, false);
  }

  @Override
  public void retire(RekeyContext run, ReplacedKey old) {
    run.display().line(run.request() + " opens only; it stays where the operator has it");
  }
}
