package io.cassandratde.sstable.cassandra.control;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.cassandra.utils.MBeanWrapper;
import org.apache.cassandra.utils.MBeanWrapper.OnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean. */
public final class EncryptionControl implements EncryptionControlMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(EncryptionControl.class);

  /** Above what Cassandra gives a read, a write and a contended round of Paxos by default. */
  private static final Duration STATEMENT = Duration.ofSeconds(10);

  private final ControlStatements statements = new ControlStatements(STATEMENT);
  private final BackupHolds holds;

  private EncryptionControl() {
    this.holds =
        new BackupHolds(new ControlKeyspace(statements), statements, InstantSource.system());
  }

  /** Of a daemon. Registers the bean; what fails of that is logged, for no table waits for it. */
  public static EncryptionControl open() {
    EncryptionControl bean = new EncryptionControl();
    try {
      unregister();
      MBeanWrapper.instance.registerMBean(bean, NAME, OnException.LOG);
    } catch (RuntimeException | LinkageError e) {
      logger.warn("Registering {} failed; encryption goes on without it", NAME, e);
    }
    return bean;
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  @Override
  public List<KeyStageStatus> getKeyStages() {
    return List.of();
  }

  @Override
  public void holdBackup(
      String name, String group, String keyId, String checkValue, String holdUntil, String note) {
    told(
        () -> {
          holds.hold(name, group, keyId, checkValue, holdUntil, note);
          return true;
        });
    logger.info("Key {} of group {} is held for backup {} until {}", keyId, group, name, holdUntil);
  }

  @Override
  public List<BackupHold> getBackupHolds() {
    return told(holds::all);
  }

  @Override
  public boolean releaseBackup(String name) {
    boolean released = told(() -> holds.release(name));
    if (released) {
      logger.info("Backup {} holds no key any more", name);
    }
    return released;
  }

  /** Clients of the bean have none of our classes. */
  private static <T> T told(ControlStatements.Work<T> work) {
    if (!Cluster.isServing()) {
      throw new IllegalStateException("this node has not started yet: ask again when it serves");
    }
    try {
      return work.run();
    } catch (ControlUnavailableException e) {
      throw new IllegalStateException(e.getMessage());
    }
  }

  @Override
  public void close() {
    unregister();
    statements.close();
  }
}
