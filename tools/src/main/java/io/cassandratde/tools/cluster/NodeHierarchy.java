package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The replicated data keys and their master keys, as one node tells them and changes them. */
public final class NodeHierarchy {

  private static final String BEAN = "io.cassandratde:type=KeyHierarchy";

  private final NodeConnection node;
  private final Beans beans;

  public NodeHierarchy(NodeConnection node) {
    this.node = node;
    this.beans = new Beans(node);
  }

  /** Those of the nodes that are connected. */
  public static List<NodeHierarchy> of(ClusterNodes cluster) {
    return cluster.connected().stream().map(NodeHierarchy::new).toList();
  }

  public NodeConnection node() {
    return node;
  }

  /** The node's JMX address. */
  public String name() {
    return node.address().toString();
  }

  /** All of all lines, the newest of each first. */
  public List<DataKeyInfo> dataKeys() throws NodeFailureException {
    return sorted(
        Fields.list(beans.attribute(BEAN, "DataKeys"), DataKeyInfo::of), DataKeyInfo.ORDER);
  }

  /** All versions of all master keys, the newest of each first. */
  public List<MasterKeyInfo> masterKeys() throws NodeFailureException {
    return sorted(
        Fields.list(beans.attribute(BEAN, "MasterKeys"), MasterKeyInfo::of), MasterKeyInfo.ORDER);
  }

  private static <T> List<T> sorted(List<T> all, Comparator<T> order) {
    return all.stream().sorted(order).toList();
  }

  /** All data keys, wrapped, each in base64. */
  public List<String> exportKeys() throws NodeFailureException {
    return List.of((String[]) beans.invoke(BEAN, "exportKeys", List.of()));
  }

  /** The same under another master key, of this name. */
  public List<String> exportKeysUnder(String master) throws NodeFailureException {
    return List.of((String[]) beans.invoke(BEAN, "exportKeysUnder", List.of(String.class), master));
  }

  /** Each sealed to this public key, all in base64. */
  public List<String> exportKeysSealed(String publicKey) throws NodeFailureException {
    return List.of(
        (String[]) beans.invoke(BEAN, "exportKeysSealed", List.of(String.class), publicKey));
  }

  /** Makes the key that follows this version, or tells the one that does; its id. */
  public String rotate(String master, String namespace, int bits, int expected)
      throws NodeFailureException {
    return (String)
        beans.invoke(
            BEAN,
            "rotate",
            List.of(String.class, String.class, int.class, int.class),
            master,
            namespace,
            bits,
            expected);
  }

  /** False: it is wrapped by the active master key already, and opens. */
  public boolean rewrap(String keyId) throws NodeFailureException {
    return Boolean.TRUE.equals(beans.invoke(BEAN, "rewrap", List.of(String.class), keyId));
  }

  /** What is wrong with keys that do not open by their newest wrap, by id. */
  public Map<String, String> checkWraps() throws NodeFailureException {
    return Fields.pairsOf(beans.invoke(BEAN, "checkWraps", List.of()));
  }

  /** Has the node's copies follow the table now; ids of the keys whose copies do not. */
  public List<String> followTable() throws NodeFailureException {
    return List.of((String[]) beans.invoke(BEAN, "followTable", List.of()));
  }

  public void mark(String keyId, String state) throws NodeFailureException {
    call("mark", List.of(String.class, String.class), keyId, state);
  }

  public void remove(String keyId, long retentionSeconds) throws NodeFailureException {
    call("remove", List.of(String.class, long.class), keyId, retentionSeconds);
  }

  /** How many wraps were taken away. */
  public int removeFormerWraps(String keyId) throws NodeFailureException {
    return ((Number) beans.invoke(BEAN, "removeFormerWraps", List.of(String.class), keyId))
        .intValue();
  }

  /** The version. */
  public int proposeMaster(String name) throws NodeFailureException {
    return ((Number) beans.invoke(BEAN, "proposeMaster", List.of(String.class), name)).intValue();
  }

  /** This node. */
  public void fetchMaster(String name) throws NodeFailureException {
    call("fetchMaster", List.of(String.class), name);
  }

  public void activateMaster(String name, int version, List<String> without)
      throws NodeFailureException {
    call("activateMaster", List.of(String.class, int.class, List.class), name, version, without);
  }

  public void abortMaster(String name, int version) throws NodeFailureException {
    call("abortMaster", List.of(String.class, int.class), name, version);
  }

  /** The version. */
  public int proposeFormerMaster(String name) throws NodeFailureException {
    return ((Number) beans.invoke(BEAN, "proposeFormerMaster", List.of(String.class), name))
        .intValue();
  }

  private void call(String operation, List<Class<?>> signature, Object... arguments)
      throws NodeFailureException {
    var unused = beans.invoke(BEAN, operation, signature, arguments);
  }
}
