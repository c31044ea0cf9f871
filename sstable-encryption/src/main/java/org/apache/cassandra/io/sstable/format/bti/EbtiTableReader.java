package org.apache.cassandra.io.sstable.format.bti;

import com.google.common.util.concurrent.RateLimiter;
import io.cassandratde.sstable.cassandra.ebti.DataFiles;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.cassandra.ebti.EncryptedFile;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.cassandra.db.DecoratedKey;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.IOOptions;
import org.apache.cassandra.utils.IFilter;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The stock reader, over files that are opened in clear. Its copies are of this class too. */
@NullMarked
final class EbtiTableReader extends BtiTableReader {

  EbtiTableReader(BtiTableReader.Builder builder, @Nullable Owner owner) {
    super(builder, owner);
  }

  /** Makes readers of this class. */
  static final class Builder extends BtiTableReader.Builder {
    Builder(Descriptor descriptor) {
      super(EncryptedDescriptor.of(descriptor, null));
    }

    @Override
    public @Nullable IOOptions getIOOptions() {
      return EbtiFormat.unmapped(super.getIOOptions());
    }

    @Override
    protected BtiTableReader buildInternal(@Nullable Owner owner) {
      return new EbtiTableReader(this, owner);
    }
  }

  /** A stock reader's files and state, which are over the same descriptor, in one of this class. */
  static EbtiTableReader of(BtiTableReader stock) {
    BtiTableReader reader =
        stock
            .unbuildTo(new Builder(stock.descriptor), true)
            .build(stock.owner().orElse(null), true, true);
    stock.selfRef().release();
    return (EbtiTableReader) reader;
  }

  private BtiTableReader copy(DecoratedKey first, OpenReason reason) {
    return unbuildTo(new Builder(descriptor), true)
        .setFirst(first)
        .setOpenReason(reason)
        .build(owner().orElse(null), true, true);
  }

  @Override
  public BtiTableReader cloneAndReplace(IFilter filter) {
    return unbuildTo(new Builder(descriptor).setFilter(filter), true)
        .build(owner().orElse(null), true, true);
  }

  @Override
  public BtiTableReader cloneWithRestoredStart(DecoratedKey start) {
    return runWithLock(ignored -> copy(start, OpenReason.NORMAL));
  }

  @Override
  public BtiTableReader cloneWithNewStart(DecoratedKey start) {
    return runWithLock(
        ignored -> {
          if (start.compareTo(getFirst()) > 0) {
            long dataStart = getPosition(start, Operator.EQ);
            runOnClose(() -> dfile.dropPageCache(dataStart));
          }
          return copy(start, OpenReason.MOVED_START);
        });
  }

  @Override
  public Set<Component> getStreamingComponents() {
    return super.getStreamingComponents().stream()
        .filter(component -> !EncryptedFile.isSasi(component.name()))
        .collect(Collectors.toSet());
  }

  @Override
  public CompressionMetadata getCompressionMetadata() {
    return DataFiles.forStreams(super.getCompressionMetadata(), (EncryptedDescriptor) descriptor);
  }

  /** Links are of the files on disk, the carrier's last. */
  @Override
  public void createLinks(String directory, @Nullable RateLimiter limiter) {
    createLinks(
        ((EncryptedDescriptor) descriptor).onDisk(),
        DataFiles.inLinkOrder(getComponents()),
        directory,
        limiter);
  }
}
