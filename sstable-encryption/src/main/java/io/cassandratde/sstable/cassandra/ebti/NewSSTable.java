package io.cassandratde.sstable.cassandra.ebti;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.cassandra.config.Config.FlushCompression;
import org.apache.cassandra.db.compaction.OperationType;
import org.apache.cassandra.io.FSWriteError;
import org.apache.cassandra.io.sstable.format.DataComponent;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.metadata.MetadataCollector;
import org.apache.cassandra.io.util.SequentialWriter;
import org.apache.cassandra.io.util.SequentialWriterOption;
import org.apache.cassandra.schema.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * An SSTable that is being written. How it is protected is decided once, when its writer is
 * prepared: an ALTER meanwhile must not give it files of both kinds.
 */
public final class NewSSTable {

  /** Data.db of those whose writers are at work in this process. */
  private static final Set<Path> BEING_WRITTEN = ConcurrentHashMap.newKeySet();

  private final EncryptedDescriptor descriptor;
  private final TableMetadata table;
  private final @Nullable Protection protection;

  private NewSSTable(
      EncryptedDescriptor descriptor, TableMetadata table, @Nullable Protection protection) {
    this.descriptor = descriptor;
    this.table = table;
    this.protection = protection;
  }

  public static NewSSTable of(EncryptedDescriptor descriptor, TableMetadata table) {
    PlaintextGuard.checkStart();
    return new NewSSTable(descriptor, table, Protection.of(table));
  }

  public boolean isProtected() {
    return protection != null;
  }

  /**
   * Whether a writer of this process is at work on it, so that what its carrier does not name yet
   * comes under keys that are current then. One that arrives from another node is none: its files
   * are sealed already.
   *
   * @param data its Data.db, without links in its directory
   */
  public static boolean isBeingWritten(Path data) {
    return BEING_WRITTEN.contains(data);
  }

  private Path data() {
    return descriptor.fileFor(Components.DATA).toPath();
  }

  /** Makes its keys and writes its carrier. */
  public void begin() {
    BEING_WRITTEN.add(data());
    descriptor.keys().begin(protection == null ? null : protection.spec());
  }

  /**
   * Opens its Data.db. A protected table's is encrypted whatever its compression, {@code
   * min_compress_ratio} or {@code flush_compression} say (docs/RULES.md R24).
   */
  public SequentialWriter openDataWriter(
      SequentialWriterOption option,
      MetadataCollector collector,
      OperationType operation,
      FlushCompression flushCompression) {
    return protection == null
        ? DataComponent.buildWriter(
            descriptor, table, option, collector, operation, flushCompression)
        : BoundDataWriter.open(
            descriptor,
            option,
            table.params.compression.chunkLength(),
            protection.inner(),
            collector);
  }

  /** It is about to become live: the key that is current now wraps its keys. */
  public void prepare() {
    descriptor.keys().rewrap();
  }

  /**
   * All its files are there.
   *
   * @throws FSWriteError one could not be written anew
   */
  public void prepared() {
    try {
      descriptor.keys().leaveFenced();
    } catch (IOException e) {
      throw new FSWriteError(e, descriptor.fileFor(Components.STATS));
    }
  }

  /** Written or given up: its keys are wiped. */
  public void finished() {
    descriptor.keys().finished();
    BEING_WRITTEN.remove(data());
  }
}
