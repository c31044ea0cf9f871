package io.cassandratde.sstable.cassandra.control;

import java.util.List;
import java.util.Map;

/**
 * How far a new key of a spec is on its way to being current, as {@link EncryptionControlMXBean}
 * shows it.
 */
public final class KeyStageStatus {

  private final String spec;
  private final String group;
  private final String keyId;
  private final String stage;
  private final String proposedBy;
  private final String proposedAt;
  private final Map<String, String> reports;
  private final List<String> awaited;

  KeyStageStatus(
      String spec,
      String group,
      String keyId,
      String stage,
      String proposedBy,
      String proposedAt,
      Map<String, String> reports,
      List<String> awaited) {
    this.spec = spec;
    this.group = group;
    this.keyId = keyId;
    this.stage = stage;
    this.proposedBy = proposedBy;
    this.proposedAt = proposedAt;
    this.reports = Map.copyOf(reports);
    this.awaited = List.copyOf(awaited);
  }

  /** What the key is for: group, namespace, cipher. */
  public String getSpec() {
    return spec;
  }

  public String getGroup() {
    return group;
  }

  public String getKeyId() {
    return keyId;
  }

  /**
   * {@code proposed}: not all live nodes have reported it; {@code published}: they have, all the
   * same; {@code current}: it was activated.
   */
  public String getStage() {
    return stage;
  }

  /** Host id of the node that proposed it. */
  public String getProposedBy() {
    return proposedBy;
  }

  /** ISO 8601. */
  public String getProposedAt() {
    return proposedAt;
  }

  /** By host id: the check value of the key that the node got, or why it got none. */
  public Map<String, String> getReports() {
    return reports;
  }

  /** Host ids of live nodes that have not reported. */
  public List<String> getAwaited() {
    return awaited;
  }
}
