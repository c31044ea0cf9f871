package io.cassandratde.sstable.cassandra.ebti;

import org.apache.cassandra.config.Config.FlushCompression;
import org.apache.cassandra.db.compaction.OperationType;
import org.apache.cassandra.io.sstable.format.DataComponent;
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

  /** Makes its keys and writes its carrier. */
  public void begin() {
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

  /** Written or given up: its keys are wiped. */
  public void finished() {
    descriptor.keys().finished();
  }
}
