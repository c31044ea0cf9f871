package io.cassandratde.tools.rekey;

import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.NodeHierarchy;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Data keys of the cluster's own table: the successor is the next version, and the old one is
 * marked for as long as its data is being rewritten.
 */
public final class TableKeys implements KeySource {

  private final Cluster cluster;
  private final AuditLog audit;

  public TableKeys(Cluster cluster, AuditLog audit) {
    this.cluster = cluster;
    this.audit = audit;
  }

  private KeyHierarchy keys() throws InterruptedException {
    List<NodeHierarchy> nodes = new ArrayList<>();
    for (Node node : cluster.look().reached()) {
      try {
        nodes.add(node.hierarchy());
      } catch (NodeTroubleException e) {
        // It has gone since it was looked at: another one may tell.
      }
    }
    return new KeyHierarchy(nodes);
  }

  /** Whether there are any under the master key of this name. */
  public boolean has(String master) throws Exception {
    return keys().dataKeys().stream().anyMatch(key -> key.master().equals(master));
  }

  @Override
  public ReplacedKey get(String keyId) throws Exception {
    DataKeyInfo key = keys().dataKey(keyId);
    return new ReplacedKey(
        keyId,
        key.bits(),
        key.namespace().isEmpty() ? null : key.namespace(),
        null,
        key.state(),
        key.is("RETIRED"));
  }

  @Override
  public void makeSuccessor(RekeyContext run, ReplacedKey old) throws Exception {
    KeyHierarchy keys = keys();
    DataKeyInfo before = keys.dataKey(old.id());
    Optional<DataKeyInfo> next =
        keys.dataKeys().stream()
            .filter(key -> key.isOfLine(before) && key.version() > before.version())
            .filter(key -> key.is("ACTIVE"))
            .max(java.util.Comparator.comparingInt(DataKeyInfo::version));
    String id = next.isPresent() ? next.get().keyId() : rotate(keys, before);
    run.state().newKeyIs(id);
    run.display().line("key " + id + " follows " + old.id() + " in " + before.line());
    var unused = NewKeyCheck.run(run, id, false);
  }

  private String rotate(KeyHierarchy keys, DataKeyInfo before) throws Exception {
    return audit
        .operation("rotate-data-key")
        .groupName(before.group())
        .option("replaces", before.keyId())
        .option("command", "rekey")
        .run(() -> keys.rotate(before), made -> made);
  }

  @Override
  public void retire(RekeyContext run, ReplacedKey old) throws Exception {
    KeyHierarchy keys = keys();
    DataKeyInfo key = keys.dataKey(old.id());
    if (key.is("INACTIVE") || key.is("DEPRECATED")) {
      keys.mark(key, "REKEYING");
    }
    run.display().line(run.request() + " is " + keys.dataKey(old.id()).state());
  }

  @Override
  public void unneeded(RekeyContext run, ReplacedKey old) throws Exception {
    KeyHierarchy keys = keys();
    keys.mark(keys.dataKey(old.id()), "DEPRECATED");
    run.display()
        .line(run.request() + " is DEPRECATED: `keys gc` takes it away after its retention");
  }
}
