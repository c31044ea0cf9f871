package io.cassandratde.tools.destroy;

import io.cassandratde.sstable.cassandra.control.EncryptionControlMXBean;
import io.cassandratde.sstable.cassandra.inventory.KeyInventoryMXBean;
import io.cassandratde.sstable.cassandra.operations.KeyOperationsMXBean;
import io.cassandratde.tools.cluster.BeanOf;
import io.cassandratde.tools.jmx.JmxNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Beans of one node, saying what a test wants; a real node's are the end-to-end tests' matter. */
public final class KeyBeans {

  public static final String CHECK_VALUE = "0badcafe";

  private static final String NOW = "2026-11-27T00:00:00Z";

  /** What was asked for, in its order. */
  public final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  public final List<Use> uses = new CopyOnWriteArrayList<>();
  public final List<Item> openItems = new CopyOnWriteArrayList<>();

  public final List<Directory> leftovers = new CopyOnWriteArrayList<>();
  public final List<String> tableIds = new CopyOnWriteArrayList<>();
  public final List<String> changes = new CopyOnWriteArrayList<>();
  public final List<Hold> holds = new CopyOnWriteArrayList<>();

  /** Ids of keys that the nodes cannot register now. */
  public final Set<String> unholdable = ConcurrentHashMap.newKeySet();

  /** Ids of keys that the node cannot fetch. */
  public final Set<String> unknown = ConcurrentHashMap.newKeySet();

  volatile @Nullable String fenceRefusal;
  public volatile @Nullable String readRefusal;
  volatile @Nullable String holdsRefusal;

  /** A reading that does not say what it left out. */
  volatile boolean partial;

  public volatile Runnable afterReading = () -> {};

  /** How often yet the node cannot tell the registered backups. */
  final AtomicInteger silentOnHolds = new AtomicInteger();

  /** Once, after the registered backups were told. */
  public volatile Runnable afterHolds = () -> {};

  private final List<Fence> fences = new CopyOnWriteArrayList<>();
  private final List<Map<String, Object>> operations = new CopyOnWriteArrayList<>();
  private int fenceCount;

  /** What a bean gives to JMX. */
  private interface Told {
    Map<String, ?> fields();
  }

  private static List<Map<String, ?>> all(Collection<? extends Told> told) {
    return told.stream().<Map<String, ?>>map(Told::fields).toList();
  }

  public KeyBeans on(JmxNode node) throws Exception {
    node.bean(
        KeyInventoryMXBean.NAME,
        new BeanOf(KeyInventoryMXBean.class)
            .answer("refresh", none -> read())
            .answer("tableDirectories", keyspace -> all(leftovers))
            .answer("tableIds", keyspace -> tableIds.toArray(String[]::new))
            .answer("filesInClear", keyspace -> List.of())
            .answer("changeSegments", none -> List.copyOf(changes)));
    node.bean(
        KeyOperationsMXBean.NAME,
        new BeanOf(KeyOperationsMXBean.class)
            .answer("checkKey", key -> check((String) key[0], (String) key[1]))
            .answer("fence", key -> fence((String) key[0], (String) key[1]))
            .answer("unfence", key -> unfence((String) key[0], (String) key[1]))
            .answer("Fences", none -> all(fences))
            .answer("release", key -> release((String) key[0], (String) key[1]))
            .answer("Operations", none -> List.copyOf(operations)));
    node.bean(
        EncryptionControlMXBean.NAME,
        new BeanOf(EncryptionControlMXBean.class)
            .answer("BackupHolds", none -> holds())
            .answer("holdBackup", this::hold)
            .answer("releaseBackup", name -> releaseBackup((String) name[0])));
    return this;
  }

  /** As a restart does. */
  void forgetFences() {
    fences.clear();
  }

  /** As somebody does who ends a fence and puts it anew, within the same second. */
  void fenceAnew() {
    fences.replaceAll(fence -> new Fence(fence.group, fence.keyId, "fence-" + fenceCount++));
  }

  /** Files that need a key. */
  public record Use(String keyId, String group, String checkValue, String place) implements Told {

    public Use(String keyId, String place) {
      this(keyId, "prod", CHECK_VALUE, place);
    }

    @Override
    public Map<String, ?> fields() {
      Map<String, Object> fields =
          new HashMap<>(
              Map.of(
                  "group",
                  group,
                  "keyId",
                  keyId,
                  "checkValue",
                  checkValue,
                  "place",
                  place,
                  "snapshot",
                  place.equals("snapshot") ? "nightly" : "",
                  "files",
                  3,
                  "bytes",
                  2048));
      if (!place.equals("commitlog")) {
        fields.putAll(Map.of("keyspace", "ks", "table", "t"));
      }
      return fields;
    }
  }

  /** What could not be read. */
  public record Item(String kind, String path) implements Told {

    public Item(String path) {
      this("sstable", path);
    }

    @Override
    public Map<String, ?> fields() {
      return Map.of("kind", kind, "path", path, "what", "damaged");
    }
  }

  /** Files of a table that was dropped. */
  public record Directory() implements Told {
    @Override
    public Map<String, ?> fields() {
      return Map.of("path", "/data/ks/t-1", "files", 3, "bytes", 2048);
    }
  }

  /** A key that a backup needs. */
  public record Hold(
      String name, String group, String keyId, String checkValue, String holdUntil, String note)
      implements Told {

    public Hold(String name, String keyId, String holdUntil) {
      this(name, "prod", keyId, CHECK_VALUE, holdUntil, "tape 7");
    }

    @Override
    public Map<String, ?> fields() {
      return Map.of(
          "name",
          name,
          "group",
          group,
          "keyId",
          keyId,
          "checkValue",
          checkValue,
          "holdUntil",
          holdUntil,
          "note",
          note,
          "registeredAt",
          NOW);
    }
  }

  private record Fence(String group, String keyId, String id) implements Told {
    @Override
    public Map<String, ?> fields() {
      return Map.of("group", group, "keyId", keyId, "id", id, "since", NOW);
    }
  }

  private Map<String, ?> read() {
    calls.add("read");
    refuse(readRefusal);
    Map<String, ?> report =
        Map.of(
            "readAt",
            NOW,
            "complete",
            openItems.isEmpty() && !partial,
            "sstables",
            5,
            "uses",
            all(uses),
            "openItems",
            all(openItems));
    afterReading.run();
    return report;
  }

  private Map<String, ?> check(String group, String keyId) {
    if (unknown.contains(keyId)) {
      throw new IllegalStateException("no key " + keyId + " in group " + group);
    }
    return Map.of("group", group, "keyId", keyId, "bits", 256, "checkValue", CHECK_VALUE);
  }

  private Map<String, ?> fence(String group, String keyId) {
    calls.add("fence " + group + "/" + keyId);
    refuse(fenceRefusal);
    if (fences.stream().anyMatch(each -> each.group.equals(group) && each.keyId.equals(keyId))) {
      return fences.get(0).fields();
    }
    Fence fence = new Fence(group, keyId, "fence-" + fenceCount++);
    fences.add(fence);
    return fence.fields();
  }

  private static void refuse(@Nullable String reason) {
    if (reason != null) {
      throw new IllegalStateException(reason);
    }
  }

  /** As an operator does over JMX. */
  void fenced(String keyId) {
    fences.add(new Fence("prod", keyId, "operators"));
  }

  private boolean unfence(String group, String keyId) {
    calls.add("unfence " + group + "/" + keyId);
    return fences.removeIf(fence -> fence.keyId.equals(keyId));
  }

  private String release(String group, String keyId) {
    calls.add("release " + group + "/" + keyId);
    uses.removeIf(use -> use.place.equals("commitlog"));
    operations.add(
        Map.of("id", "r1", "kind", "release", "group", group, "keyId", keyId, "state", "DONE"));
    return "r1";
  }

  private List<Map<String, ?>> holds() {
    refuse(holdsRefusal);
    if (silentOnHolds.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("encryption_control did not answer within 5000 ms");
    }
    List<Map<String, ?>> told = all(holds);
    Runnable after = afterHolds;
    afterHolds = () -> {};
    after.run();
    return told;
  }

  private @Nullable Object hold(Object[] given) {
    String[] words = List.of(given).toArray(String[]::new);
    calls.add("hold " + String.join(" ", words));
    Hold hold = new Hold(words[0], words[1], words[2], words[3], words[4], words[5]);
    if (unholdable.contains(hold.keyId)) {
      throw new IllegalStateException("a quorum of replicas does not answer");
    }
    holds.removeIf(
        other ->
            other.name.equals(hold.name)
                && other.group.equals(hold.group)
                && other.keyId.equals(hold.keyId));
    holds.add(hold);
    return null;
  }

  private boolean releaseBackup(String name) {
    calls.add("release-backup " + name);
    return holds.removeIf(hold -> hold.name.equals(name));
  }
}
