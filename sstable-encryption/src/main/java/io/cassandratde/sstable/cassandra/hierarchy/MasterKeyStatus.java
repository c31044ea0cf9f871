package io.cassandratde.sstable.cassandra.hierarchy;

import java.util.List;
import java.util.Map;

/** A version of a master key, as {@link KeyHierarchyMXBean} shows it. */
public final class MasterKeyStatus {

  private final String name;
  private final int version;
  private final String source;
  private final String keyId;
  private final String checkValue;
  private final String state;
  private final String proposedBy;
  private final String proposedAt;
  private final String activatedAt;
  private final Map<String, String> reports;
  private final List<String> awaited;

  MasterKeyStatus(
      String name,
      int version,
      String source,
      String keyId,
      String checkValue,
      String state,
      String proposedBy,
      String proposedAt,
      String activatedAt,
      Map<String, String> reports,
      List<String> awaited) {
    this.name = name;
    this.version = version;
    this.source = source;
    this.keyId = keyId;
    this.checkValue = checkValue;
    this.state = state;
    this.proposedBy = proposedBy;
    this.proposedAt = proposedAt;
    this.activatedAt = activatedAt;
    this.reports = Map.copyOf(reports);
    this.awaited = List.copyOf(awaited);
  }

  public String getName() {
    return name;
  }

  /** From 1, counted up within the name. */
  public int getVersion() {
    return version;
  }

  /** Where this node has it from: a key file, a KMIP group, a token. */
  public String getSource() {
    return source;
  }

  public String getKeyId() {
    return keyId;
  }

  /** Eight hexadecimal digits. */
  public String getCheckValue() {
    return checkValue;
  }

  /** {@code PROPOSED}, {@code ACTIVE}, {@code FORMER} or {@code ABORTED}. */
  public String getState() {
    return state;
  }

  /** Host id. */
  public String getProposedBy() {
    return proposedBy;
  }

  /** ISO 8601. */
  public String getProposedAt() {
    return proposedAt;
  }

  /** ISO 8601; empty: never. */
  public String getActivatedAt() {
    return activatedAt;
  }

  /** By host id: the check value of the key that the node has, or why it has none. */
  public Map<String, String> getReports() {
    return reports;
  }

  /** Host ids of nodes of the cluster, up or down, that have not reported this version. */
  public List<String> getAwaited() {
    return awaited;
  }
}
