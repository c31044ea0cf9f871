package io.cassandratde.tools.rekey;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run uses of a node's beans, by the names that the beans have. */
public final class NodeBeans {

  private NodeBeans() {}

  /** Of Cassandra. */
  public interface StorageMBean {
    String getLocalHostId();

    Map<String, String> getEndpointWithPortToHostId();

    List<String> getLiveNodesWithPort();

    int getCompactionThroughputMbPerSec();

    void setCompactionThroughputMbPerSec(int mebibytes);

    void takeSnapshot(String tag, Map<String, String> options, String... keyspaces);

    void clearSnapshot(String tag, String... keyspaces);
  }

  /** Of Cassandra. */
  public interface SnitchMBean {
    String getDatacenter();

    String getRack();
  }

  /** Of Cassandra. */
  public interface GaugeMBean {
    Object getValue();
  }

  /** As {@code io.cassandratde:type=Keys}. */
  public interface KeysMXBean {
    List<SpecKey> getKeys();

    List<SpecKey> refreshKeys();
  }

  /** As {@code io.cassandratde:type=KeyInventory}. */
  public interface KeyInventoryMXBean {
    Inventory refresh();

    List<Directory> dataDirectories(String keyId);
  }

  /** As {@code io.cassandratde:type=KeyOperations}. */
  public interface KeyOperationsMXBean {
    Checked checkKey(String group, String keyId);

    String rewrite(String group, String keyId, List<String> tables, int jobs);

    String rewrap(String group, String keyId, List<String> tables);

    String release(String group, String keyId);

    List<Operation> getOperations();

    boolean cancel(String id);
  }

  /** A key spec and its current key. */
  public static final class SpecKey {
    private final @Nullable String keyId;

    SpecKey(@Nullable String keyId) {
      this.keyId = keyId;
    }

    public String getProvider() {
      return "kmip";
    }

    public String getGroup() {
      return "prod";
    }

    public @Nullable String getNamespace() {
      return null;
    }

    public String getCipher() {
      return "AES:256";
    }

    public @Nullable String getCurrentKeyId() {
      return keyId;
    }

    public boolean isSealing() {
      return keyId != null;
    }

    public boolean isStale() {
      return false;
    }

    public @Nullable String getLastFailure() {
      return null;
    }
  }

  /** A reading of the disk. */
  public static final class Inventory {
    private final String readAt;
    private final List<Use> uses;
    private final List<Open> open;

    Inventory(String readAt, List<Use> uses, List<Open> open) {
      this.readAt = readAt;
      this.uses = uses;
      this.open = open;
    }

    public String getReadAt() {
      return readAt;
    }

    public long getMillis() {
      return 1;
    }

    public boolean isComplete() {
      return open.isEmpty();
    }

    public int getSstables() {
      return uses.size();
    }

    public long getSstablesInClear() {
      return 0;
    }

    public List<Use> getUses() {
      return uses;
    }

    public List<Open> getOpenItems() {
      return open;
    }
  }

  /** Of the data. */
  public static final class Directory {
    private final long usable;

    Directory(long usable) {
      this.usable = usable;
    }

    public String getPath() {
      return "/data";
    }

    public long getUsableBytes() {
      return usable;
    }

    public int getSSTables() {
      return 2;
    }

    public long getLargestBytes() {
      return 1000;
    }
  }

  /** Files that need a key. */
  public static final class Use {
    private final String place;
    private final @Nullable String keyspace;
    private final String snapshot;
    final String keyId;
    private final long bytes;

    Use(String place, @Nullable String keyspace, String snapshot, String keyId, long bytes) {
      this.place = place;
      this.keyspace = keyspace;
      this.snapshot = snapshot;
      this.keyId = keyId;
      this.bytes = bytes;
    }

    public String getGroup() {
      return "prod";
    }

    public String getKeyId() {
      return keyId;
    }

    public String getCheckValue() {
      return "00000001";
    }

    public boolean isCurrent() {
      return false;
    }

    public String getPlace() {
      return place;
    }

    public @Nullable String getKeyspace() {
      return keyspace;
    }

    public @Nullable String getTable() {
      return keyspace == null ? null : "t";
    }

    public String getSnapshot() {
      return snapshot;
    }

    public long getFiles() {
      return 1;
    }

    public long getCompactingFiles() {
      return 0;
    }

    public long getBytes() {
      return bytes;
    }
  }

  /** A file that could not be read. */
  public static final class Open {
    private final String kind;

    Open(String kind) {
      this.kind = kind;
    }

    public String getKind() {
      return kind;
    }

    public String getPath() {
      return "/data/broken-Data.db";
    }

    public String getWhat() {
      return "ends too early";
    }
  }

  /** A key that was fetched. */
  public static final class Checked {
    private final String keyId;
    private final String checkValue;

    Checked(String keyId, String checkValue) {
      this.keyId = keyId;
      this.checkValue = checkValue;
    }

    public String getGroup() {
      return "prod";
    }

    public String getKeyId() {
      return keyId;
    }

    public int getBits() {
      return 256;
    }

    public String getCheckValue() {
      return checkValue;
    }
  }

  /** Work in the background. */
  public static final class Operation {
    private final String id;
    private final String kind;
    private final String keyId;
    private final String state;

    Operation(String id, String kind, String keyId, String state) {
      this.id = id;
      this.kind = kind;
      this.keyId = keyId;
      this.state = state;
    }

    public String getId() {
      return id;
    }

    public String getKind() {
      return kind;
    }

    public String getGroup() {
      return "prod";
    }

    public String getKeyId() {
      return keyId;
    }

    public List<String> getTables() {
      return List.of();
    }

    public String getState() {
      return state;
    }

    public @Nullable String getStarted() {
      return null;
    }

    public @Nullable String getEnded() {
      return null;
    }

    public long getSSTables() {
      return 1;
    }

    public long getSSTablesDone() {
      return state.equals("DONE") ? 1 : 0;
    }

    public long getBytes() {
      return 1000;
    }

    public long getBytesDone() {
      return state.equals("DONE") ? 1000 : 300;
    }

    public long getFailureCount() {
      return state.equals("FAILED") ? 1 : 0;
    }

    public List<Failure> getFailures() {
      return state.equals("FAILED") ? List.of(new Failure()) : List.of();
    }
  }

  /** Of an operation. */
  public static final class Failure {
    public String getSubject() {
      return "ks.t";
    }

    public String getReason() {
      return "the disk is full";
    }
  }
}
