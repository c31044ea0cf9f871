package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.management.InstanceNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one node: what its beans of cassandra-tde tell and do. Keys are named by the group of
 * their key server, or {@code local}, and their id there. Tables are {@code keyspace} or {@code
 * keyspace.table}; none means all.
 */
public final class NodeKeys {

  private static final String KEYS = "io.cassandratde:type=Keys";
  private static final String INVENTORY = "io.cassandratde:type=KeyInventory";
  private static final String CONTROL = "io.cassandratde:type=EncryptionControl";
  private static final String OPERATIONS = "io.cassandratde:type=KeyOperations";

  private final NodeConnection node;
  private final Beans beans;

  public NodeKeys(NodeConnection node) {
    this.node = node;
    this.beans = new Beans(node);
  }

  /** Those of the nodes that are connected. */
  public static List<NodeKeys> of(ClusterNodes cluster) {
    return cluster.connected().stream().map(NodeKeys::new).toList();
  }

  public NodeConnection node() {
    return node;
  }

  /** The node's JMX address. */
  public String name() {
    return node.address().toString();
  }

  /** Has the node read its disk now, all headers; may take seconds. */
  public NodeInventory readInventory() throws NodeFailureException {
    return NodeInventory.of(Fields.of(invoke(INVENTORY, "refresh", List.of())));
  }

  /** Its data directories, and what a rewrite of what needs the key wants of them. */
  public List<DataDirectory> dataDirectories(String keyId) throws NodeFailureException {
    return Fields.list(
        invoke(INVENTORY, "dataDirectories", List.of(String.class), keyId), DataDirectory::of);
  }

  /** Of a keyspace, tables that were dropped too. */
  public List<TableDirectory> tableDirectories(String keyspace) throws NodeFailureException {
    return Fields.list(
        invoke(INVENTORY, "tableDirectories", List.of(String.class), keyspace), TableDirectory::of);
  }

  /** Of the tables and views of a keyspace that the node knows. */
  public List<String> tableIds(String keyspace) throws NodeFailureException {
    return List.of((String[]) invoke(INVENTORY, "tableIds", List.of(String.class), keyspace));
  }

  /** Of a keyspace, and segments of change data, which may hold rows of any. */
  public List<ClearFiles> filesInClear(String keyspace) throws NodeFailureException {
    return Fields.list(
        invoke(INVENTORY, "filesInClear", List.of(String.class), keyspace), ClearFiles::of);
  }

  /** Files in cdc_raw, by name. */
  public List<String> changeSegments() throws NodeFailureException {
    return List.of((String[]) invoke(INVENTORY, "changeSegments", List.of()));
  }

  /** One for each key spec that the node has sealed with since its start. */
  public List<CurrentKey> currentKeys() throws NodeFailureException {
    return Fields.list(attribute(KEYS, "Keys"), CurrentKey::of);
  }

  /** Has the node ask its key servers now; the answer is as {@link #currentKeys}. */
  public List<CurrentKey> refreshKeys() throws NodeFailureException {
    return Fields.list(invoke(KEYS, "refreshKeys", List.of()), CurrentKey::of);
  }

  /** Has the node fetch a key past its caches and use it once. */
  public CheckedKey checkKey(String group, String keyId) throws NodeFailureException {
    return CheckedKey.of(Fields.of(onKey("checkKey", group, keyId)));
  }

  /** Until the node's next restart, or {@link #unfence}. */
  public FencedKey fence(String group, String keyId) throws NodeFailureException {
    return FencedKey.of(Fields.of(onKey("fence", group, keyId)));
  }

  /** False: there was no such fence. */
  public boolean unfence(String group, String keyId) throws NodeFailureException {
    return Boolean.TRUE.equals(onKey("unfence", group, keyId));
  }

  public List<FencedKey> fences() throws NodeFailureException {
    return Fields.list(attribute(OPERATIONS, "Fences"), FencedKey::of);
  }

  /** Starts a rewrite of the SSTables that need the key; its id. */
  public String rewrite(String group, String keyId, List<String> tables, int jobs)
      throws NodeFailureException {
    return (String)
        invoke(
            OPERATIONS,
            "rewrite",
            List.of(String.class, String.class, List.class, int.class),
            group,
            keyId,
            tables,
            jobs);
  }

  /** Starts a rewrap of the SSTables whose data keys the key wraps; its id. */
  public String rewrap(String group, String keyId, List<String> tables)
      throws NodeFailureException {
    return (String)
        invoke(
            OPERATIONS,
            "rewrap",
            List.of(String.class, String.class, List.class),
            group,
            keyId,
            tables);
  }

  /** Starts to bring what is no SSTable from under the key: commit log, caches, Paxos state. */
  public String release(String group, String keyId) throws NodeFailureException {
    return (String) onKey("release", group, keyId);
  }

  /** Waiting and running ones, and the last that ended. */
  public List<NodeOperation> operations() throws NodeFailureException {
    return Fields.list(attribute(OPERATIONS, "Operations"), NodeOperation::of);
  }

  /** Empty: it has forgotten it, as by a restart. */
  public Optional<NodeOperation> operation(String id) throws NodeFailureException {
    return operations().stream().filter(each -> each.id().equals(id)).findFirst();
  }

  /** New keys on their way to being current; any node tells those of the whole cluster. */
  public List<KeyStage> keyStages() throws NodeFailureException {
    return Fields.list(attribute(CONTROL, "KeyStages"), KeyStage::of);
  }

  /** False: none of this id goes on. */
  public boolean cancel(String operationId) throws NodeFailureException {
    return Boolean.TRUE.equals(invoke(OPERATIONS, "cancel", List.of(String.class), operationId));
  }

  /**
   * Backups away from the nodes that somebody registered, in the whole cluster. A node that knows
   * no such thing has registered none.
   */
  public List<BackupHold> backupHolds() throws NodeFailureException {
    try {
      return registeredBackups();
    } catch (NodeFailureException e) {
      if (e.getCause() instanceof InstanceNotFoundException) {
        return List.of();
      }
      throw e;
    }
  }

  /** As {@link #backupHolds}, but a node that knows no such thing is a failure: it cannot say. */
  public List<BackupHold> registeredBackups() throws NodeFailureException {
    return Fields.list(attribute(CONTROL, "BackupHolds"), BackupHold::of);
  }

  /** Registers a key that a backup needs; the same key of a backup of the same name is replaced. */
  public void holdBackup(BackupHold hold) throws NodeFailureException {
    var unused =
        invoke(
            CONTROL,
            "holdBackup",
            Collections.nCopies(6, String.class),
            hold.name(),
            hold.group(),
            hold.keyId(),
            hold.checkValue(),
            hold.holdUntil().toString(),
            hold.note());
  }

  /** False: there is none of this name. */
  public boolean releaseBackup(String name) throws NodeFailureException {
    return Boolean.TRUE.equals(invoke(CONTROL, "releaseBackup", List.of(String.class), name));
  }

  private Object onKey(String operation, String group, String keyId) throws NodeFailureException {
    return invoke(OPERATIONS, operation, List.of(String.class, String.class), group, keyId);
  }

  private @Nullable Object attribute(String bean, String name) throws NodeFailureException {
    return beans.attribute(bean, name);
  }

  private Object invoke(
      String bean, String operation, List<? extends Class<?>> signature, Object... arguments)
      throws NodeFailureException {
    return beans.invoke(bean, operation, signature, arguments);
  }
}
