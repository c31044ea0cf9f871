package org.apache.cassandra.io.sstable.format.bti;

import io.cassandratde.sstable.cassandra.ebti.DataFiles;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import java.io.IOException;
import org.apache.cassandra.io.sstable.SSTable;
import org.apache.cassandra.io.sstable.metadata.StatsMetadata;
import org.apache.cassandra.io.util.FileHandle;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Opens an SSTable from disk; its Data.db through the authenticated index of chunks. */
@NullMarked
final class EbtiTableReaderLoadingBuilder extends BtiTableReaderLoadingBuilder {

  private FileHandle.@Nullable Builder dataFile;

  EbtiTableReaderLoadingBuilder(SSTable.Builder<?, ?> builder) {
    super(builder);
  }

  @Override
  protected void openComponents(
      BtiTableReader.Builder builder,
      SSTable.@Nullable Owner owner,
      boolean validate,
      boolean online)
      throws IOException {
    DataFiles.verifyStatistics((EncryptedDescriptor) descriptor);
    super.openComponents(builder, owner, validate, online);
  }

  @Override
  protected FileHandle.Builder dataFileBuilder(StatsMetadata statistics) {
    EncryptedDescriptor encrypted = (EncryptedDescriptor) descriptor;
    if (DataFiles.isPlain(encrypted)) {
      return super.dataFileBuilder(statistics);
    }
    if (dataFile == null) {
      dataFile = DataFiles.handleBuilder(encrypted);
    }
    long recordSize =
        statistics.estimatedPartitionSize.percentile(ioOptions.diskOptimizationEstimatePercentile);
    return dataFile
        .bufferSize(ioOptions.diskOptimizationStrategy.bufferSize(recordSize))
        .withChunkCache(chunkCache)
        .mmapped(ioOptions.defaultDiskAccessMode);
  }
}
