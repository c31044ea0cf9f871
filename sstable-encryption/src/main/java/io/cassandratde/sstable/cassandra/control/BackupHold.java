package io.cassandratde.sstable.cassandra.control;

import java.time.Instant;

/** A key that a backup elsewhere needs, as {@link EncryptionControlMXBean} shows it. */
public final class BackupHold {

  private final String name;
  private final String group;
  private final String keyId;
  private final String checkValue;
  private final Instant holdUntil;
  private final String note;
  private final Instant registeredAt;

  BackupHold(
      String name,
      String group,
      String keyId,
      String checkValue,
      Instant holdUntil,
      String note,
      Instant registeredAt) {
    this.name = name;
    this.group = group;
    this.keyId = keyId;
    this.checkValue = checkValue;
    this.holdUntil = holdUntil;
    this.note = note;
    this.registeredAt = registeredAt;
  }

  /** Of the backup. */
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

  /** ISO 8601. */
  public String getHoldUntil() {
    return holdUntil.toString();
  }

  public String getNote() {
    return note;
  }

  /** ISO 8601. */
  public String getRegisteredAt() {
    return registeredAt.toString();
  }
}
