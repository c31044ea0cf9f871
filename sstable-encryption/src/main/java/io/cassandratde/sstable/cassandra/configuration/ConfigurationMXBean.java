package io.cassandratde.sstable.cassandra.configuration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node's configuration over JMX, at {@link #NAME}. Options are named, never their values. */
public interface ConfigurationMXBean {

  String NAME = "io.cassandratde:type=Configuration";

  /** The file that was read at the start, and that {@link #reload} reads. */
  String getFile();

  /**
   * Reads the whole file again, and the TLS stores it names, and puts in force what can change
   * while a node runs: all of that, or nothing. Keys in memory, fences and current keys stay.
   * Before a group changes, it must give the keys that this node seals with, unless its servers did
   * not before either.
   *
   * @throws IllegalStateException what is wrong, and what to do; everything is as it was
   */
  ReloadReport reload();

  /** When the configuration in force was read; ISO 8601, UTC. */
  String getReadAt();

  /**
   * Why TLS stores whose files changed are not in use; null: those in use are those on the disk.
   */
  @Nullable String getStoresFailure();

  /** What the TLS stores in use hold: the client's own certificates, and trust anchors. */
  List<CertificateStatus> getCertificates();
}
