package io.cassandratde.tools.hierarchy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.AnyNode;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a cluster, asked of any node of it: what changes them is guarded by what is there, so
 * that the next node can be asked where an answer was lost.
 */
public final class KeyHierarchy {

  private final AnyNode<NodeHierarchy> any;

  public KeyHierarchy(ClusterNodes cluster) {
    this(NodeHierarchy.of(cluster));
  }

  /** Of the cluster that these are nodes of. */
  public KeyHierarchy(List<NodeHierarchy> nodes) {
    any = new AnyNode<>(nodes, ExitCode.REFUSED);
  }

  public List<DataKeyInfo> dataKeys() throws CommandFailure {
    return any.ask("no node tells the data keys", NodeHierarchy::dataKeys);
  }

  public List<MasterKeyInfo> masterKeys() throws CommandFailure {
    return any.ask("no node tells the master keys", NodeHierarchy::masterKeys);
  }

  /**
   * The key of this id.
   *
   * @throws CommandFailure there is none
   */
  public DataKeyInfo dataKey(String keyId) throws CommandFailure {
    return dataKeys().stream()
        .filter(key -> key.keyId().equals(keyId))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "the cluster has no data key " + keyId + "; `keys list` shows them"));
  }

  /**
   * The newest version of one line: of the only one there is, where a name leaves it open.
   *
   * @param master null: whichever
   * @param namespace null: whichever; empty: those of none
   * @param bits null: whichever
   */
  public DataKeyInfo newest(
      @Nullable String master, @Nullable String namespace, @Nullable Integer bits)
      throws CommandFailure {
    List<DataKeyInfo> all = dataKeys();
    List<DataKeyInfo> newest =
        all.stream()
            .filter(key -> !key.is("RETIRED"))
            .filter(key -> master == null || key.master().equals(master))
            .filter(key -> namespace == null || key.namespace().equals(namespace))
            .filter(key -> bits == null || key.bits() == bits)
            .filter(
                key ->
                    all.stream()
                        .noneMatch(
                            other ->
                                other.isOfLine(key)
                                    && other.version() > key.version()
                                    && !other.is("RETIRED")))
            .toList();
    if (newest.size() == 1) {
      return newest.get(0);
    }
    throw newest.isEmpty()
        ? new CommandFailure(
            ExitCode.NOT_FOUND,
            "there are no such data keys: the first table that names them makes the first one;"
                + " `keys list` shows what there is")
        : new CommandFailure(
            ExitCode.USAGE,
            "that means several: "
                + newest.stream().map(DataKeyInfo::line).collect(Collectors.joining("; "))
                + ": say --master, --namespace and --bits");
  }

  /** All of them, wrapped, each in base64. */
  public List<String> export() throws CommandFailure {
    return any.ask("no node gives the wrapped data keys", NodeHierarchy::exportKeys);
  }

  /** The same under another master key of the node's configuration. */
  public List<String> exportUnder(String master) throws CommandFailure {
    return any.ask(
        "no node gives the data keys under master key " + master,
        node -> node.exportKeysUnder(master));
  }

  /** Each sealed to this public key, all in base64. */
  public List<String> exportSealed(String publicKey) throws CommandFailure {
    return any.ask(
        "no node seals the data keys to a passphrase's key",
        node -> node.exportKeysSealed(publicKey));
  }

  /** Makes the key that follows this one, or tells the one that does; its id. */
  public String rotate(DataKeyInfo key) throws CommandFailure {
    return any.ask(
        "no new data key was made for " + key.line(),
        node -> node.rotate(key.master(), key.namespace(), key.bits(), key.version()));
  }

  /** False: it is wrapped by the active master key already, and opens. */
  public boolean rewrap(DataKeyInfo key) throws CommandFailure {
    return any.ask(
        "data key " + key.keyId() + " was not wrapped anew", node -> node.rewrap(key.keyId()));
  }

  /** What is wrong with keys that do not open by their newest wrap, by id. */
  public Map<String, String> checkWraps() throws CommandFailure {
    return any.ask("no node tells whether the data keys open", NodeHierarchy::checkWraps);
  }

  public void mark(DataKeyInfo key, String state) throws CommandFailure {
    done(
        "data key " + key.keyId() + " was not marked " + state,
        node -> node.mark(key.keyId(), state));
  }

  public void remove(DataKeyInfo key, long retentionSeconds) throws CommandFailure {
    done(
        "data key " + key.keyId() + " was not removed",
        node -> node.remove(key.keyId(), retentionSeconds));
  }

  public int removeFormerWraps(DataKeyInfo key) throws CommandFailure {
    return any.ask(
        "former wraps of data key " + key.keyId() + " were not removed",
        node -> node.removeFormerWraps(key.keyId()));
  }

  public int propose(String name) throws CommandFailure {
    return any.ask("nothing was proposed", node -> node.proposeMaster(name));
  }

  public void activate(String name, int version, List<String> without) throws CommandFailure {
    done(
        "version " + version + " of master key " + name + " is not active",
        node -> node.activateMaster(name, version, without));
  }

  public void abort(String name, int version) throws CommandFailure {
    done("the proposal was not taken back", node -> node.abortMaster(name, version));
  }

  /** The key of before the active one. */
  public int proposeFormer(String name) throws CommandFailure {
    return any.ask("nothing was proposed", node -> node.proposeFormerMaster(name));
  }

  private interface Change {
    void on(NodeHierarchy node) throws NodeFailureException;
  }

  private void done(String nobody, Change change) throws CommandFailure {
    var unused =
        any.ask(
            nobody,
            node -> {
              change.on(node);
              return true;
            });
  }
}
