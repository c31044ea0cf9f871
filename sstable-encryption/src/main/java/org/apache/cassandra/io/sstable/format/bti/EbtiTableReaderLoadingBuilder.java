package org.apache.cassandra.io.sstable.format.bti;

import io.cassandratde.sstable.cassandra.ebti.BoundDataFile;
import io.cassandratde.sstable.cassandra.ebti.DataFiles;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import java.io.IOException;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.io.sstable.KeyReader;
import org.apache.cassandra.io.sstable.SSTable;
import org.apache.cassandra.io.sstable.metadata.StatsMetadata;
import org.apache.cassandra.io.util.FileHandle;
import org.apache.cassandra.metrics.TableMetrics;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Opens an SSTable from disk; its Data.db through the authenticated index of chunks. */
@NullMarked
final class EbtiTableReaderLoadingBuilder extends BtiTableReaderLoadingBuilder {

  /** While components are being opened. */
  private @Nullable BoundDataFile dataFile;

  EbtiTableReaderLoadingBuilder(SSTable.Builder<?, ?> builder) {
    super(builder);
  }

  private EncryptedDescriptor encrypted() {
    return (EncryptedDescriptor) descriptor;
  }

  /** The stock loader takes a missing key for corruption. */
  @Override
  public BtiTableReader build(SSTable.@Nullable Owner owner, boolean validate, boolean online) {
    try {
      return super.build(owner, validate, online);
    } catch (CorruptSSTableException e) {
      throw DataFiles.keyOrCorruption(e);
    }
  }

  @Override
  public KeyReader buildKeyReader(@Nullable TableMetrics tableMetrics) throws IOException {
    try (@Nullable BoundDataFile opened = openDataFile()) {
      dataFile = opened;
      return super.buildKeyReader(tableMetrics);
    } finally {
      dataFile = null;
    }
  }

  @Override
  protected void openComponents(
      BtiTableReader.Builder builder,
      SSTable.@Nullable Owner owner,
      boolean validate,
      boolean online)
      throws IOException {
    DataFiles.requireSealed(encrypted(), tableMetadataRef.getLocal());
    try (@Nullable BoundDataFile opened = openDataFile()) {
      dataFile = opened;
      super.openComponents(builder, owner, validate, online);
    } finally {
      dataFile = null;
    }
  }

  /** Null: it is in clear. */
  private @Nullable BoundDataFile openDataFile() {
    return DataFiles.isPlain(encrypted()) ? null : BoundDataFile.open(encrypted());
  }

  @Override
  protected FileHandle.Builder dataFileBuilder(StatsMetadata statistics) {
    BoundDataFile opened = dataFile;
    if (opened == null) {
      return super.dataFileBuilder(statistics);
    }
    long recordSize =
        statistics.estimatedPartitionSize.percentile(ioOptions.diskOptimizationEstimatePercentile);
    return opened
        .handleBuilder()
        .bufferSize(ioOptions.diskOptimizationStrategy.bufferSize(recordSize))
        .withChunkCache(chunkCache)
        .mmapped(ioOptions.defaultDiskAccessMode);
  }
}
