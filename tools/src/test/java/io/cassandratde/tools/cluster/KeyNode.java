package io.cassandratde.tools.cluster;

import io.cassandratde.sstable.cassandra.KeysMXBean;
import io.cassandratde.sstable.cassandra.inventory.KeyInventoryMXBean;
import io.cassandratde.sstable.cassandra.operations.KeyOperationsMXBean;
import io.cassandratde.tools.jmx.JmxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A node behind real JMX that tells of its keys what a test gives it to tell. */
public final class KeyNode implements AutoCloseable {

  /** When every reading was made. */
  public static final String READ_AT = "2026-11-27T01:02:03Z";

  private final JmxNode jmx;
  private final List<Map<String, Object>> uses = new CopyOnWriteArrayList<>();
  private final List<Map<String, Object>> openItems = new CopyOnWriteArrayList<>();
  private final List<Map<String, Object>> clear = new CopyOnWriteArrayList<>();
  private final List<Map<String, Object>> current = new CopyOnWriteArrayList<>();
  private final List<Map<String, Object>> fences = new CopyOnWriteArrayList<>();
  private final List<Map<String, Object>> operations = new CopyOnWriteArrayList<>();
  private volatile @Nullable String refusal;

  public KeyNode(String hostId) throws Exception {
    jmx = new JmxNode(hostId);
    jmx.bean(
        KeyInventoryMXBean.NAME,
        new BeanOf(KeyInventoryMXBean.class)
            .answer("refresh", none -> inventory())
            .answer("Inventory", none -> inventory())
            .answer("tableIds", none -> new String[0])
            .answer("filesInClear", none -> List.copyOf(clear)));
    jmx.bean(
        KeysMXBean.NAME,
        new BeanOf(KeysMXBean.class)
            .answer("Keys", none -> current)
            .answer("refreshKeys", none -> current));
    jmx.bean(
        KeyOperationsMXBean.NAME,
        new BeanOf(KeyOperationsMXBean.class)
            .answer("Fences", none -> fences)
            .answer("Operations", none -> operations)
            .answer("rewrite", this::rewrite)
            .answer("cancel", none -> false)
            .answer(
                "checkKey",
                key ->
                    Map.of(
                        "group", key[0], "keyId", key[1], "bits", 256, "checkValue", "00c0ffee")));
  }

  /** No inventory from now on: the node refuses, with this reason. */
  public void refuse(String reason) {
    refusal = reason;
  }

  private Map<String, Object> inventory() {
    if (refusal != null) {
      throw new IllegalStateException(refusal);
    }
    long live = uses.stream().filter(use -> "live".equals(use.get("place"))).count();
    return Map.of(
        "readAt",
        READ_AT,
        "millis",
        7,
        "complete",
        openItems.isEmpty(),
        "sstables",
        live,
        "uses",
        List.copyOf(uses),
        "openItems",
        List.copyOf(openItems));
  }

  private String rewrite(Object[] arguments) {
    jmx.calls.add("rewrite " + arguments[1] + " " + List.of((String[]) arguments[2]));
    return "op-1";
  }

  /** Files of a table, or of none: {@code keyspace.table}. */
  public KeyNode use(String keyId, String place, @Nullable String table, long files, long bytes) {
    Map<String, Object> use = new HashMap<>();
    use.put("group", "prod");
    use.put("keyId", keyId);
    use.put("checkValue", "0000aaaa");
    use.put("current", current.stream().anyMatch(key -> keyId.equals(key.get("currentKeyId"))));
    use.put("place", place);
    if (table != null) {
      use.put("keyspace", table.substring(0, table.indexOf('.')));
      use.put("table", table.substring(table.indexOf('.') + 1));
    }
    use.put("snapshot", place.equals("snapshot") ? "before" : "");
    use.put("files", files);
    use.put("bytes", bytes);
    uses.add(use);
    return this;
  }

  /** To be called before {@link #use}. */
  public KeyNode current(String keyId) {
    current.add(
        new HashMap<>(
            Map.of(
                "provider",
                "kmip",
                "group",
                "prod",
                "cipher",
                "AES:256",
                "currentKeyId",
                keyId,
                "sealing",
                true)));
    return this;
  }

  public KeyNode unread(String path) {
    openItems.add(Map.of("kind", "unreadable", "path", path, "what", "Permission denied"));
    return this;
  }

  /** Live files of a table that are readable without a key. */
  public KeyNode clear(String form, String table, long files) {
    clear.add(
        Map.of(
            "form",
            form,
            "place",
            "live",
            "table",
            table,
            "snapshot",
            "",
            "files",
            files,
            "bytes",
            1024));
    return this;
  }

  public KeyNode fence(String keyId) {
    fences.add(
        Map.of("group", "prod", "keyId", keyId, "id", "f-1", "since", READ_AT, "liveSSTables", 2));
    return this;
  }

  public KeyNode operation(String keyId, String state, long done, long of) {
    operations.add(
        new HashMap<>(
            Map.of(
                "id",
                "op-" + operations.size(),
                "kind",
                "rewrite",
                "group",
                "prod",
                "keyId",
                keyId,
                "state",
                state,
                "SSTables",
                of,
                "SSTablesDone",
                done,
                "bytes",
                of * 1024,
                "bytesDone",
                done * 1024)));
    return this;
  }

  /** What this node tells of a cluster member; the address is that of its JMX and more. */
  public KeyNode member(String endpoint, String hostId, String rack, boolean up) {
    jmx.member(endpoint, hostId, rack, up);
    return this;
  }

  public JmxNode jmx() {
    return jmx;
  }

  public String address() {
    return jmx.address();
  }

  public List<String> calls() {
    return new ArrayList<>(jmx.calls);
  }

  @Override
  public void close() throws Exception {
    jmx.close();
  }
}
