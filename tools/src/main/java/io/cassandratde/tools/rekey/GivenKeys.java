package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CheckedKey;
import io.cassandratde.tools.cluster.CurrentKey;
import io.cassandratde.tools.cluster.NodeKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keys that the operator puts where the nodes find them: in a token, or in a key file. Nobody here
 * can make or end one; what the nodes seal with tells that it was done.
 */
public final class GivenKeys implements KeySource {

  private final Cluster cluster;
  private final String group;
  private final String remedy;
  private final RekeyState state;

  /**
   * @param remedy how the operator gives the nodes another key
   * @param state remembers in which key file the key was, which the nodes know while they seal by
   *     it
   */
  public GivenKeys(Cluster cluster, String group, String remedy, RekeyState state) {
    this.state = state;
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
        return new ReplacedKey(
            keyId, (int) key.bits(), null, keyFile(node, keyId), "given by the operator", false);
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

  private @Nullable String keyFile(Node node, String keyId)
      throws NodeTroubleException, InterruptedException {
    if (state.keyFile() == null) {
      node.ask(NodeKeys::currentKeys).stream()
          .filter(current -> current.group().equals(group) && keyId.equals(current.keyId()))
          .map(CurrentKey::keyFile)
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(state::keyFileIs);
    }
    return state.keyFile();
  }

  @Override
  public void makeSuccessor(RekeyContext run, ReplacedKey old) throws Exception {
    String id = run.state().newKeyId();
    if (id == null) {
      id = CurrentKeys.otherThan(run, old, true);
    }
    if (id == null) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "not every node has left %s for one other key: %s. Then run the same command again; nothing was changed"
              .formatted(run.request(), remedy));
    }
    run.state().newKeyIs(id);
    run.display().line("the nodes seal with key " + id + " now");
    var unused = NewKeyCheck.run(run, id, false);
  }

  @Override
  public void retire(RekeyContext run, ReplacedKey old) {
    run.display().line(run.request() + " opens only; it stays where the operator has it");
  }
}
