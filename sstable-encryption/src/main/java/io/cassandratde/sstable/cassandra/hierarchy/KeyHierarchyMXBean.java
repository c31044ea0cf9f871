package io.cassandratde.sstable.cassandra.hierarchy;

import java.util.List;
import java.util.Map;

/**
 * Data keys of the cluster's own table, and the master keys that wrap them. Any node tells the
 * same, and does the same, but where it says "this node". A call fails, with the reason and the
 * remedy, when a quorum of the table's replicas does not answer: nobody may take that for "none".
 * Everything that changes something stands in the node's audit log.
 */
public interface KeyHierarchyMXBean {

  String NAME = "io.cassandratde:type=KeyHierarchy";

  /** All data keys of all lines: by master key, namespace and strength, newest version first. */
  List<DataKeyStatus> getDataKeys();

  /**
   * All data keys, wrapped, each as a local copy of a node holds it (docs/FORMAT-KEY-COPY.md), in
   * base64: for recovery when table and copies are lost. Worth nothing without the master keys.
   */
  List<String> exportKeys();

  /**
   * The same, each wrapped under the current key of another master key alone, and proved to open: a
   * name in {@code master_keys} of this node's configuration.
   */
  List<String> exportKeysUnder(String master);

  /**
   * All data keys, each sealed to a public key of X25519 (docs/FORMAT-KEY-COPY.md), in base64:
   * whoever has its private key has the data keys. Refused unless this node's configuration says
   * {@code passphrase_export: true}.
   *
   * @param publicKey 32 bytes, in base64
   */
  List<String> exportKeysSealed(String publicKey);

  /**
   * Makes a new data key for what is written from now on; returns its id. The key of before only
   * opens from then on.
   *
   * @param namespace empty: none
   * @param expected version of the key that is to be followed: if another one follows it already,
   *     that one's id is returned and none is made, so two operators who rotate at once make one
   *     new key; 0: whichever it is
   */
  String rotate(String master, String namespace, int bits, int expected);

  /**
   * Wraps one data key under the active master key of its name, and proves that it opens to the
   * same check value; the wraps of before stay. Returns false when its newest wrap is so already,
   * and opens: one that somebody changed is followed by a good one.
   */
  boolean rewrap(String keyId);

  /**
   * Opens every data key by the newest wrap that the table has of it, and tells those that do not
   * open to themselves, or cannot be opened now, by id, and why; empty: all do.
   */
  Map<String, String> checkWraps();

  /**
   * Has this node's local copies follow the table now, as they do every few minutes, and tells the
   * ids of keys whose copies are not as the table has them: why not is in its log. Empty: all are.
   */
  List<String> followTable();

  /**
   * Changes what a data key is for, as an operation on data begins or ends: {@code INACTIVE},
   * {@code REKEYING} and {@code DEPRECATED} into each other; nothing else.
   */
  void mark(String keyId, String state);

  /**
   * Takes a deprecated data key away for good: its wraps, this node's copy, and with their next
   * upkeep the copies of the nodes that had seen it deprecated; a node that had not keeps its copy
   * and says so in its log. The caller has proved that nothing needs it. Refused for any other
   * state, and unless it has been deprecated for so long.
   */
  void remove(String keyId, long retentionSeconds);

  /** Wraps of data keys under former master keys that are older than the newest one: taken away. */
  int removeFormerWraps(String keyId);

  /** All versions of all master keys that this cluster has agreed on or is about to. */
  List<MasterKeyStatus> getMasterKeys();

  /**
   * Proposes the key that this node's source offers for the name: every node then fetches it, and
   * reports what it got. Returns the version. The same key again is the same proposal; refused
   * while another one is open, and when the offered key is the active one already.
   */
  int proposeMaster(String name);

  /** Has this node fetch the open proposal, or the active master key, now, and report it anew. */
  void fetchMaster(String name);

  /**
   * Makes a proposed version the active one. Refused while a node of the cluster differs or has not
   * reported, naming it.
   *
   * @param without host ids of nodes that are left behind: they wrap nothing until they have
   *     fetched it
   */
  void activateMaster(String name, int version, List<String> without);

  /** Takes an open proposal back. */
  void abortMaster(String name, int version);

  /**
   * Proposes the master key of before the active one, under a new version number, to be activated
   * as any other: refused when this node cannot wrap and unwrap by it.
   */
  int proposeFormerMaster(String name);
}
