package io.cassandratde.tools.destroy;

import io.cassandratde.tools.jmx.JmxNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Beans of one node, saying what a test wants; a real node's are the end-to-end tests' matter. */
public final class KeyBeans {

  public static final String CHECK_VALUE = "0badcafe";

  /** What was asked for, in its order. */
  public final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  public final List<Use> uses = new CopyOnWriteArrayList<>();
  public final List<Item> openItems = new CopyOnWriteArrayList<>();

  public final List<Directory> leftovers = new CopyOnWriteArrayList<>();
  public final List<String> changes = new CopyOnWriteArrayList<>();
  public final List<Hold> holds = new CopyOnWriteArrayList<>();

  /** Ids of keys that the nodes cannot register now. */
  public final Set<String> unholdable = ConcurrentHashMap.newKeySet();

  /** Ids of keys that the node cannot fetch. */
  public final Set<String> unknown = ConcurrentHashMap.newKeySet();

  volatile @Nullable String fenceRefusal;
  volatile Runnable afterReading = () -> {};

  /** Once, after the registered backups were told. */
  volatile Runnable afterHolds = () -> {};

  private final List<Fence> fences = new CopyOnWriteArrayList<>();
  private int fenceCount;

  public KeyBeans on(JmxNode node) throws Exception {
    node.mxbean("io.cassandratde:type=KeyInventory", new Inventory(), InventoryMXBean.class)
        .mxbean("io.cassandratde:type=KeyOperations", new Operations(), OperationsMXBean.class)
        .mxbean("io.cassandratde:type=EncryptionControl", new Control(), ControlMXBean.class);
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

  public static final class Use {
    private final String keyId;
    private final String group;
    private final String checkValue;
    private final String place;

    public Use(String keyId, String group, String checkValue, String place) {
      this.keyId = keyId;
      this.group = group;
      this.checkValue = checkValue;
      this.place = place;
    }

    public Use(String keyId, String place) {
      this(keyId, "prod", CHECK_VALUE, place);
    }

    public boolean isCurrent() {
      return false;
    }

    public @Nullable String getKeyspace() {
      return place.equals("commitlog") ? null : "ks";
    }

    public @Nullable String getTable() {
      return place.equals("commitlog") ? null : "t";
    }

    public String getSnapshot() {
      return place.equals("snapshot") ? "nightly" : "";
    }

    public long getFiles() {
      return 3;
    }

    public long getCompactingFiles() {
      return 0;
    }

    public long getBytes() {
      return 2048;
    }

    public String getGroup() {
      return group;
    }

    public String getKeyId() {
      return keyId;
    }

    public String getCheckValue() {
      return checkValue;
    }

    public String getPlace() {
      return place;
    }
  }

  public static final class Item {
    private final String path;

    public Item(String path) {
      this.path = path;
    }

    public String getKind() {
      return "sstable";
    }

    public String getPath() {
      return path;
    }

    public String getWhat() {
      return "damaged";
    }
  }

  public static final class Hold {
    private final String name;
    private final String group;
    private final String keyId;
    private final String checkValue;
    private final String holdUntil;
    private final String note;

    public Hold(
        String name, String group, String keyId, String checkValue, String until, String note) {
      this.name = name;
      this.group = group;
      this.keyId = keyId;
      this.checkValue = checkValue;
      this.holdUntil = until;
      this.note = note;
    }

    public Hold(String name, String keyId, String holdUntil) {
      this(name, "prod", keyId, CHECK_VALUE, holdUntil, "tape 7");
    }

    public String getName() {
      return name;
    }

    public String getGroup() {
      return group;
    }

    public String getKeyId() {
      return keyId;
    }

    public String getCheckValue() {
      return checkValue;
    }

    public String getHoldUntil() {
      return holdUntil;
    }

    public String getNote() {
      return note;
    }

    public String getRegisteredAt() {
      return "2026-11-27T00:00:00Z";
    }
  }

  public static final class Fence {
    private final String group;
    private final String keyId;
    private final String id;

    public Fence(String group, String keyId, String id) {
      this.group = group;
      this.keyId = keyId;
      this.id = id;
    }

    public String getId() {
      return id;
    }

    public String getGroup() {
      return group;
    }

    public String getKeyId() {
      return keyId;
    }

    public String getSince() {
      return "2026-11-27T00:00:00Z";
    }

    public long getLiveSSTables() {
      return 0;
    }
  }

  public static final class Report {
    private final List<Use> uses;
    private final List<Item> openItems;

    public Report(List<Use> uses, List<Item> openItems) {
      this.uses = uses;
      this.openItems = openItems;
    }

    public String getReadAt() {
      return "2026-11-27T00:00:00Z";
    }

    public long getMillis() {
      return 1;
    }

    public boolean isComplete() {
      return openItems.isEmpty();
    }

    public long getSstables() {
      return 5;
    }

    public long getSstablesInClear() {
      return 0;
    }

    public List<Use> getUses() {
      return uses;
    }

    public List<Item> getOpenItems() {
      return openItems;
    }
  }

  /** Of the node's interface of this name. */
  public interface InventoryMXBean {
    Report refresh();

    List<Directory> tableDirectories(String keyspace);

    List<Item> filesInClear(String keyspace);

    List<String> changeSegments();
  }

  /** Of the node's interface of this name. */
  public interface OperationsMXBean {
    Checked checkKey(String group, String keyId);

    Fence fence(String group, String keyId);

    boolean unfence(String group, String keyId);

    List<Fence> getFences();

    String release(String group, String keyId);

    List<Ended> getOperations();
  }

  /** Of the node's interface of this name. */
  public interface ControlMXBean {
    List<Hold> getBackupHolds();

    void holdBackup(
        String name, String group, String keyId, String checkValue, String holdUntil, String note);

    boolean releaseBackup(String name);
  }

  private final class Inventory implements InventoryMXBean {
    @Override
    public Report refresh() {
      calls.add("read");
      Report report = new Report(List.copyOf(uses), List.copyOf(openItems));
      afterReading.run();
      return report;
    }

    @Override
    public List<Directory> tableDirectories(String keyspace) {
      return List.copyOf(leftovers);
    }

    @Override
    public List<Item> filesInClear(String keyspace) {
      return List.of();
    }

    @Override
    public List<String> changeSegments() {
      return List.copyOf(changes);
    }
  }

  private final class Operations implements OperationsMXBean {
    private final List<Ended> ended = new CopyOnWriteArrayList<>();

    @Override
    public Checked checkKey(String group, String keyId) {
      if (unknown.contains(keyId)) {
        throw new IllegalStateException("no key " + keyId + " in group " + group);
      }
      return new Checked(group, keyId);
    }

    @Override
    public Fence fence(String group, String keyId) {
      calls.add("fence " + group + "/" + keyId);
      String refusal = fenceRefusal;
      if (refusal != null) {
        throw new IllegalStateException(refusal);
      }
      Fence fence = new Fence(group, keyId, "fence-" + fenceCount++);
      fences.add(fence);
      return fence;
    }

    @Override
    public boolean unfence(String group, String keyId) {
      calls.add("unfence " + group + "/" + keyId);
      return fences.removeIf(fence -> fence.keyId.equals(keyId));
    }

    @Override
    public List<Fence> getFences() {
      return List.copyOf(fences);
    }

    @Override
    public String release(String group, String keyId) {
      calls.add("release " + group + "/" + keyId);
      uses.removeIf(use -> use.place.equals("commitlog"));
      ended.add(new Ended("r1", group, keyId));
      return "r1";
    }

    @Override
    public List<Ended> getOperations() {
      return List.copyOf(ended);
    }
  }

  private final class Control implements ControlMXBean {
    @Override
    public List<Hold> getBackupHolds() {
      List<Hold> told = List.copyOf(holds);
      Runnable after = afterHolds;
      afterHolds = () -> {};
      after.run();
      return told;
    }

    @Override
    public void holdBackup(
        String name, String group, String keyId, String checkValue, String holdUntil, String note) {
      calls.add(String.join(" ", "hold", name, group, keyId, checkValue, holdUntil, note));
      if (unholdable.contains(keyId)) {
        throw new IllegalStateException("a quorum of replicas does not answer");
      }
      holds.removeIf(
          hold -> hold.name.equals(name) && hold.group.equals(group) && hold.keyId.equals(keyId));
      holds.add(new Hold(name, group, keyId, checkValue, holdUntil, note));
    }

    @Override
    public boolean releaseBackup(String name) {
      calls.add("release-backup " + name);
      return holds.removeIf(hold -> hold.name.equals(name));
    }
  }
}
