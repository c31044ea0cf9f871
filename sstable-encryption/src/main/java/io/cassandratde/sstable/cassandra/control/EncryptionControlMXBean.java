package io.cassandratde.sstable.cassandra.control;

import java.util.List;

/**
 * What the nodes of this cluster share about keys, in keyspace {@code encryption_control}. Any node
 * tells the same. A call fails, with the reason, when a quorum of that keyspace's replicas does not
 * answer: nobody may take that for "none".
 */
public interface EncryptionControlMXBean {

  String NAME = "io.cassandratde:type=EncryptionControl";

  /** New keys on their way to being current; the last one of each spec stays in the list. */
  List<KeyStageStatus> getKeyStages();

  /**
   * Registers that a backup needs a key, so that nobody destroys it before that date. Called once
   * for each key of a backup; called again for the same, it replaces date and note.
   *
   * @param name of the backup, chosen by the operator
   * @param checkValue eight hexadecimal digits as the backup's manifest has them; empty: not known
   * @param holdUntil ISO 8601: a date ({@code 2027-01-31}, to its end in UTC) or an instant
   */
  void holdBackup(
      String name, String group, String keyId, String checkValue, String holdUntil, String note);

  /** All that are registered, also those whose date has passed. */
  List<BackupHold> getBackupHolds();

  /**
   * Takes back all that was registered under this name; returns whether there was anything. The
   * caller has made sure that the backup is gone.
   */
  boolean releaseBackup(String name);
}
