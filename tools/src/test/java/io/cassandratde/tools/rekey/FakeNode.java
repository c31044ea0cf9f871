package io.cassandratde.tools.rekey;

import io.cassandratde.sstable.cassandra.KeysMXBean;
import io.cassandratde.sstable.cassandra.inventory.KeyInventoryMXBean;
import io.cassandratde.sstable.cassandra.operations.KeyOperationsMXBean;
import io.cassandratde.tools.cluster.BeanOf;
import io.cassandratde.tools.jmx.JmxNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node of a cluster, behind real JMX: what it holds, and how it fails, is the test's to say. */
final class FakeNode implements AutoCloseable {

  private final List<FakeNode> cluster;
  private final String endpoint;
  private final JmxNode jmx;
  private final Map<String, BeanOf> beans = new LinkedHashMap<>();
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  /** What was asked of it that changes something. */
  final List<String> calls;

  final List<Use> uses = new CopyOnWriteArrayList<>();
  volatile long pending;
  volatile @Nullable String sealsWith;
  volatile String checkValue = "5eed0001";
  volatile boolean unreadable;

  /** Of its keys; the group is prod, but for key files, which have none. */
  volatile String provider = "kmip";

  /** That {@link #sealsWith} is in. */
  volatile @Nullable String keyFile;

  /** What it seals other tables with, by the key file. */
  final Map<String, String> otherKeyFiles = new ConcurrentHashMap<>();

  /** What was left out is not said. */
  volatile boolean partial;

  volatile boolean unfinished;
  volatile long usable = 1_000_000;

  /** How the next operations end; after that they succeed. */
  final List<String> outcomes = new CopyOnWriteArrayList<>();

  /** Runs when an operation is started, before it is there. */
  volatile Runnable onStart = () -> {};

  /**
   * Up, and a member of the cluster.
   *
   * @param currentKey of the key server
   */
  FakeNode(
      List<FakeNode> cluster, String rack, Supplier<@Nullable String> currentKey, String hostId)
      throws Exception {
    this.cluster = cluster;
    endpoint = "10.0.0." + hostId + ":7000";
    jmx = new JmxNode(hostId);
    calls = jmx.calls;
    jmx.rack = rack;
    jmx.onSnapshot = (tag, keyspaces) -> linked(tag);
    jmx.onClear = (tag, keyspaces) -> uses.removeIf(use -> use.snapshot.equals(tag));
    jmx.gauge("org.apache.cassandra.metrics:type=Compaction,name=PendingTasks", () -> pending);
    beans.put(
        KeysMXBean.NAME,
        new BeanOf(KeysMXBean.class)
            .answer("Keys", none -> currentKeys())
            .answer(
                "refreshKeys",
                none -> {
                  sealsWith = currentKey.get();
                  return currentKeys();
                }));
    beans.put(
        KeyInventoryMXBean.NAME,
        new BeanOf(KeyInventoryMXBean.class)
            .answer("refresh", none -> read())
            .answer("dataDirectories", key -> List.of(dataDirectory())));
    beans.put(
        KeyOperationsMXBean.NAME,
        new BeanOf(KeyOperationsMXBean.class)
            .answer("checkKey", key -> check((String) key[1]))
            .answer("rewrite", key -> start("rewrite", (String) key[1], List.of("live")))
            .answer("rewrap", key -> start("rewrap", (String) key[1], List.of("live")))
            .answer(
                "release",
                key ->
                    start("release", (String) key[1], List.of("commitlog", "saved_cache", "paxos")))
            .answer("Operations", none -> operations())
            .answer("cancel", id -> cancel((String) id[0])));
    showKeys();
    jmx.member(endpoint, hostId, rack, true);
    for (FakeNode other : cluster) {
      jmx.member(other.endpoint, other.jmx.hostId(), other.jmx.rack, true);
      other.jmx.member(endpoint, hostId, rack, true);
    }
    cluster.add(this);
  }

  /** Files of a table, or of none. */
  record Use(String place, @Nullable String keyspace, String snapshot, String keyId, long bytes) {

    private Map<String, ?> fields(String group) {
      Map<String, Object> fields =
          new HashMap<>(
              Map.of(
                  "group",
                  group,
                  "keyId",
                  keyId,
                  "checkValue",
                  "00000001",
                  "place",
                  place,
                  "snapshot",
                  snapshot,
                  "files",
                  1,
                  "bytes",
                  bytes));
      if (keyspace != null) {
        fields.putAll(Map.of("keyspace", keyspace, "table", "t"));
      }
      return fields;
    }
  }

  private record Operation(String id, String kind, String keyId, String state) {

    private Map<String, ?> fields(String group) {
      boolean done = state.equals("DONE");
      boolean failed = state.equals("FAILED");
      Map<String, String> failure = Map.of("subject", "ks.t", "reason", "the disk is full");
      return Map.of(
          "id",
          id,
          "kind",
          kind,
          "group",
          group,
          "keyId",
          keyId,
          "state",
          state,
          "SSTablesDone",
          done ? 1 : 0,
          "bytes",
          1000,
          "bytesDone",
          done ? 1000 : 300,
          "failureCount",
          failed ? 1 : 0,
          "failures",
          failed ? List.of(failure) : List.of());
    }
  }

  private String group() {
    return switch (provider) {
      case "kmip" -> "prod";
      case "local" -> "local";
      default -> provider + ":prod";
    };
  }

  JmxNode jmx() {
    return jmx;
  }

  void up() throws Exception {
    jmx.up();
    cluster.forEach(node -> node.jmx.alive(endpoint, true));
  }

  /** As by kill -9: its operations are gone. */
  void down() throws Exception {
    killed();
    cluster.forEach(node -> node.jmx.alive(endpoint, false));
  }

  /** The others have not noticed it yet. */
  void killed() throws Exception {
    jmx.down();
    synchronized (operations) {
      operations.clear();
    }
  }

  /** As Cassandra calls it. */
  void mode(String mode) {
    jmx.mode = mode;
  }

  /** As early in a start. */
  void hideKeys() throws Exception {
    for (String name : beans.keySet()) {
      jmx.removeBean(name);
    }
  }

  void showKeys() throws Exception {
    for (Map.Entry<String, BeanOf> bean : beans.entrySet()) {
      jmx.bean(bean.getKey(), bean.getValue());
    }
  }

  String address() {
    return jmx.address();
  }

  /** Of its compactions. */
  int throughput() {
    return jmx.throughput;
  }

  FakeNode holds(String place, @Nullable String keyspace, String snapshot, String keyId) {
    uses.add(new Use(place, keyspace, snapshot, keyId, 1000));
    return this;
  }

  /** An operation as somebody else started it. */
  void operation(String id, String kind, String keyId, String state) {
    synchronized (operations) {
      operations.put(id, new Operation(id, kind, keyId, state));
    }
  }

  /** What a snapshot holds besides: hard links. */
  private void linked(String tag) {
    for (Use use : uses) {
      if (use.place.equals("live")) {
        holds("snapshot", use.keyspace, tag, use.keyId);
      }
    }
  }

  private String start(String kind, String keyId, List<String> places) {
    calls.add(kind + " throughput=" + throughput());
    onStart.run();
    String id = "op-" + calls.size();
    String outcome = outcomes.isEmpty() ? "DONE" : outcomes.remove(0);
    if (outcome.equals("DONE")) {
      uses.removeIf(use -> use.keyId.equals(keyId) && places.contains(use.place));
    }
    synchronized (operations) {
      operations.put(id, new Operation(id, kind, keyId, outcome));
    }
    return id;
  }

  private List<Map<String, ?>> operations() {
    synchronized (operations) {
      return operations.values().stream()
          .<Map<String, ?>>map(each -> each.fields(group()))
          .toList();
    }
  }

  /** False: none of this id runs. */
  boolean cancel(String id) {
    calls.add("cancel " + id);
    synchronized (operations) {
      Operation running = operations.get(id);
      if (running == null || !running.state.equals("RUNNING")) {
        return false;
      }
      operations.put(id, new Operation(id, running.kind, running.keyId, "CANCELLED"));
      return true;
    }
  }

  private Map<String, ?> check(String keyId) {
    return Map.of("group", "prod", "keyId", keyId, "bits", 256, "checkValue", checkValue);
  }

  private Map<String, ?> dataDirectory() {
    return Map.of("path", "/data", "usableBytes", usable, "SSTables", 2, "largestBytes", 1000);
  }

  private Map<String, ?> read() {
    boolean complete = !unreadable && !unfinished;
    Map<String, String> open =
        Map.of(
            "kind", unfinished ? "unfinished" : "unreadable",
            "path", "/data/broken-Data.db",
            "what", "ends too early");
    return Map.of(
        "readAt",
        Instant.now().toString(),
        "complete",
        complete && !partial,
        "sstables",
        uses.size(),
        "uses",
        uses.stream().<Map<String, ?>>map(use -> use.fields(group())).toList(),
        "openItems",
        complete ? List.of() : List.of(open));
  }

  private List<Map<String, ?>> currentKeys() {
    List<Map<String, ?>> keys = new ArrayList<>(List.of(currentKey(keyFile, sealsWith)));
    otherKeyFiles.forEach((file, key) -> keys.add(currentKey(file, key)));
    return keys;
  }

  private Map<String, ?> currentKey(@Nullable String file, @Nullable String key) {
    String group = provider.equals("local") ? "local" : "prod";
    Map<String, Object> fields =
        new HashMap<>(Map.of("provider", provider, "group", group, "cipher", "AES:256"));
    if (file != null) {
      fields.put("keyFile", file);
    }
    if (key != null) {
      fields.putAll(Map.of("currentKeyId", key, "sealing", true));
    }
    return fields;
  }

  @Override
  public void close() throws Exception {
    down();
  }
}
