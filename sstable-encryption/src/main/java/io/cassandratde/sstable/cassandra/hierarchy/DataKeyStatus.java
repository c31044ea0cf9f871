package io.cassandratde.sstable.cassandra.hierarchy;

/** A data key of the cluster's table, as {@link KeyHierarchyMXBean} shows it. */
public final class DataKeyStatus {

  private final String master;
  private final String namespace;
  private final int bits;
  private final int version;
  private final String keyId;
  private final String checkValue;
  private final String state;
  private final String createdAt;
  private final String activeFrom;
  private final String changedAt;
  private final String wrappedBy;
  private final int wrappedByVersion;
  private final String wrappedAt;
  private final int wraps;

  DataKeyStatus(
      String master,
      String namespace,
      int bits,
      int version,
      String keyId,
      String checkValue,
      String state,
      String createdAt,
      String activeFrom,
      String changedAt,
      String wrappedBy,
      int wrappedByVersion,
      String wrappedAt,
      int wraps) {
    this.master = master;
    this.namespace = namespace;
    this.bits = bits;
    this.version = version;
    this.keyId = keyId;
    this.checkValue = checkValue;
    this.state = state;
    this.createdAt = createdAt;
    this.activeFrom = activeFrom;
    this.changedAt = changedAt;
    this.wrappedBy = wrappedBy;
    this.wrappedByVersion = wrappedByVersion;
    this.wrappedAt = wrappedAt;
    this.wraps = wraps;
  }

  /** Name of its master key: the group by which SSTables know it. */
  public String getMaster() {
    return master;
  }

  /** Empty: none. */
  public String getNamespace() {
    return namespace;
  }

  public int getBits() {
    return bits;
  }

  /** From 1, counted up within master, namespace and bits. */
  public int getVersion() {
    return version;
  }

  public String getKeyId() {
    return keyId;
  }

  /** Eight hexadecimal digits. */
  public String getCheckValue() {
    return checkValue;
  }

  /** A {@link io.cassandratde.keys.replicated.DataKeyState}. */
  public String getState() {
    return state;
  }

  /** ISO 8601. */
  public String getCreatedAt() {
    return createdAt;
  }

  /** ISO 8601; later than now: it is made in advance, and seals from then on. */
  public String getActiveFrom() {
    return activeFrom;
  }

  /** ISO 8601: when it came into its state. */
  public String getChangedAt() {
    return changedAt;
  }

  /** Id of the master key of its newest wrap; empty: it has none. */
  public String getWrappedBy() {
    return wrappedBy;
  }

  /** Version of that master key among those of its name; 0: the cluster never agreed on it. */
  public int getWrappedByVersion() {
    return wrappedByVersion;
  }

  /** ISO 8601, of its newest wrap; empty: it has none. */
  public String getWrappedAt() {
    return wrappedAt;
  }

  /** How many wraps it has. */
  public int getWraps() {
    return wraps;
  }
}
