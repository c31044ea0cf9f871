package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.KeyException;
import io.cassandratde.sstable.cassandra.KeyMissingError;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import java.io.IOException;
import org.apache.cassandra.config.Config.FlushCompression;
import org.apache.cassandra.db.compaction.OperationType;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.io.sstable.format.DataComponent;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.metadata.MetadataCollector;
import org.apache.cassandra.io.util.SequentialWriter;
import org.apache.cassandra.io.util.SequentialWriterOption;
import org.apache.cassandra.schema.TableMetadata;

/** Data.db and Statistics.db of an SSTable, for the classes that stand in Cassandra's packages. */
public final class DataFiles {

  private DataFiles() {}

  /** Whether new SSTables of this table are encrypted. */
  public static boolean protects(TableMetadata table) {
    return Protection.of(table) != null;
  }

  /** Makes the keys of a new SSTable and writes its carrier. */
  public static void begin(EncryptedDescriptor descriptor, TableMetadata table) {
    Protection protection = Protection.of(table);
    descriptor.keys().begin(protection == null ? null : protection.spec());
  }

  /** From now on files that are written join a finished SSTable. */
  public static void finished(EncryptedDescriptor descriptor) {
    descriptor.keys().finished();
  }

  /** Whether an SSTable on disk is in clear. */
  public static boolean isPlain(EncryptedDescriptor descriptor) {
    try {
      return descriptor.keys().isPlain();
    } catch (IOException e) {
      throw new CorruptSSTableException(e, descriptor.baseFile());
    }
  }

  /**
   * What Cassandra's loader made of a failure, put right: a key that cannot be had is no
   * corruption. As an Error, which no reader takes for a damaged SSTable.
   */
  public static RuntimeException keyOrCorruption(CorruptSSTableException told) {
    for (Throwable cause = told; cause != null; cause = cause.getCause()) {
      if (cause instanceof KeyMissingError missing) {
        throw missing;
      }
      if (cause instanceof KeyException missing) {
        throw new KeyMissingError(
            "SSTable "
                + told.path
                + " is not opened, and is not damaged: its key cannot be had. "
                + missing.getMessage());
      }
    }
    return told;
  }

  /**
   * Opens the Data.db of a new SSTable. A protected table's is encrypted whatever its compression,
   * {@code min_compress_ratio} or {@code flush_compression} say (docs/RULES.md R24).
   */
  public static SequentialWriter openWriter(
      EncryptedDescriptor descriptor,
      TableMetadata table,
      SequentialWriterOption option,
      MetadataCollector collector,
      OperationType operation,
      FlushCompression flushCompression) {
    Protection protection = Protection.of(table);
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

  /**
   * Refuses a Statistics.db that is another SSTable's, or stands in clear beside encrypted files.
   * Whoever reads it later is told no file name ({@link SealedStatistics}).
   */
  public static void verifyStatistics(EncryptedDescriptor descriptor) throws IOException {
    var file = descriptor.onDisk().fileFor(Components.STATS);
    if (!file.exists()) {
      return; // Cassandra's own check of components says so
    }
    Carrier carrier = descriptor.keys().carrier();
    StatisticsFile.Parts parts = StatisticsFile.read(file.toPath());
    if (carrier.isPlain() ? !parts.carriers().isEmpty() : parts.anyInClear()) {
      throw new IOException(
          file
              + (carrier.isPlain()
                  ? " is sealed in an SSTable in clear"
                  : " stands in clear in an encrypted SSTable")
              + ": it was changed");
    }
    for (Carrier within : parts.carriers()) {
      if (!within.uid().equals(carrier.uid())) {
        throw new IOException(
            file + " belongs to SSTable " + within.uid() + ", and its carrier to " + carrier.uid());
      }
    }
  }
}
