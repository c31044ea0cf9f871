package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.cassandra.InnerCodec;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.data.ChunkIndexMac;
import io.cassandratde.sstable.format.data.DataCipher;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.cassandra.io.FSWriteError;
import org.apache.cassandra.io.compress.CompressedSequentialWriter;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.compress.EncryptedSSTableCompressor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.metadata.MetadataCollector;
import org.apache.cassandra.io.util.DataPosition;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.FileOutputStreamPlus;
import org.apache.cassandra.io.util.SafeMemory;
import org.apache.cassandra.io.util.SequentialWriter;
import org.apache.cassandra.io.util.SequentialWriterOption;
import org.apache.cassandra.schema.CompressionParams;

/**
 * Writes Data.db in chunks that are bound to their places, and an authenticated CompressionInfo.db.
 * Keeps an index of its own beside the stock writer's, which cannot be reached, for readers that
 * open the file early.
 */
public final class BoundDataWriter extends CompressedSequentialWriter {

  private static final int FIRST_CAPACITY = 100;

  private final File indexFile;
  private final CompressionParams params;
  private final DataCompressor compressor;
  private final DataCipher cipher;
  private final SSTableKeys keys;
  private final DataFileOptions options;
  private SafeMemory offsets = new SafeMemory(FIRST_CAPACITY * (long) Long.BYTES);
  private int chunks;

  /** The stock writer's own count is not taken back by resetAndTruncate. */
  private long flushed;

  private record Mark(DataPosition stock, int chunks, long onDisk) implements DataPosition {}

  private BoundDataWriter(
      EncryptedDescriptor descriptor,
      SequentialWriterOption option,
      CompressionParams params,
      MetadataCollector collector,
      DataFileOptions options,
      SSTableKeys keys)
      throws IOException {
    super(
        descriptor.fileFor(Components.DATA),
        descriptor.fileFor(Components.COMPRESSION_INFO),
        descriptor.fileFor(Components.DIGEST),
        option,
        params,
        collector);
    this.indexFile = descriptor.fileFor(Components.COMPRESSION_INFO);
    this.params = params;
    this.options = options;
    this.keys = keys;
    this.compressor = (DataCompressor) params.getSstableCompressor();
    this.cipher = DataCipher.of(keys, options.keyId(), options.salt(), EbtiRuntime.get().ciphers());
    compressor.bind(cipher);
  }

  /**
   * Opens a protected table's new Data.db.
   *
   * @param chunkLength the table's, whatever its compression says besides
   */
  static BoundDataWriter open(
      EncryptedDescriptor descriptor,
      SequentialWriterOption option,
      int chunkLength,
      InnerCodec inner,
      MetadataCollector collector) {
    try {
      ComponentKeys.Sealing sealing = descriptor.keys().sealing();
      byte[] salt = new byte[DataCipher.SALT_BYTES];
      EbtiRuntime.get().salts().fill(salt);
      DataFileOptions options = DataFileOptions.of(salt, sealing.keyId(), inner.code());
      CompressionParams params =
          new CompressionParams(
              EncryptedSSTableCompressor.class.getName(), options.toStored(), chunkLength, 0.0);
      ((DataCompressor) params.getSstableCompressor()).sealWith(inner);
      return new BoundDataWriter(descriptor, option, params, collector, options, sealing.keys());
    } catch (IOException e) {
      throw new FSWriteError(e, descriptor.fileFor(Components.DATA));
    }
  }

  @Override
  protected void flushData() {
    addOffset(getEstimatedOnDiskBytesWritten());
    if (buffer.position() > 0 && bufferOffset / params.chunkLength() != chunks) {
      throw new IllegalStateException(
          "byte " + bufferOffset + " of " + getPath() + " is not in chunk " + chunks);
    }
    compressor.setWriterOrdinal(chunks);
    chunks++;
    flushed = bufferOffset + buffer.position();
    super.flushData();
  }

  private void addOffset(long offset) {
    long at = chunks * (long) Long.BYTES;
    if (at + Long.BYTES > offsets.size()) {
      SafeMemory larger = offsets.copy(offsets.size() * 2);
      offsets.close();
      offsets = larger;
    }
    offsets.setLong(at, offset);
  }

  @Override
  public long getLastFlushOffset() {
    return flushed;
  }

  @Override
  public CompressionMetadata open(long overrideLength) {
    long length = overrideLength <= 0 ? flushed : overrideLength;
    int needed = (int) ((length + params.chunkLength() - 1) / params.chunkLength());
    long compressedLength =
        needed < chunks
            ? offsets.getLong(needed * (long) Long.BYTES)
            : getEstimatedOnDiskBytesWritten();
    return new BoundMetadata(
        indexFile,
        BoundMetadata.params(params.getOtherOptions(), params.chunkLength(), keys.carrier()),
        cipher.share(),
        offsets.sharedCopy(),
        needed * (long) Long.BYTES,
        length,
        compressedLength);
  }

  @Override
  public DataPosition mark() {
    DataPosition stock = super.mark();
    return new Mark(stock, chunks, getEstimatedOnDiskBytesWritten());
  }

  @Override
  public synchronized void resetAndTruncate(DataPosition position) {
    Mark mark = (Mark) position;
    boolean inBuffer = mark.onDisk() == getEstimatedOnDiskBytesWritten();
    if (inBuffer) {
      super.resetAndTruncate(mark.stock());
      return;
    }
    // The stock method flushes, which takes the ordinal that is set there, and reads one chunk
    // back.
    compressor.setReadBackOrdinal(mark.chunks());
    super.resetAndTruncate(mark.stock());
    chunks = mark.chunks();
    flushed = bufferOffset;
  }

  @Override
  protected SequentialWriter.TransactionalProxy txnProxy() {
    return new TransactionalProxy() {
      @Override
      protected void doPrepare() {
        super.doPrepare();
        writeIndex();
      }

      @Override
      protected Throwable doPostCleanup(Throwable accumulate) {
        Throwable failure = super.doPostCleanup(accumulate);
        cipher.close();
        return offsets == null ? failure : offsets.close(failure);
      }
    };
  }

  /** Puts an authenticated CompressionInfo.db in the place of the stock writer's. */
  private void writeIndex() {
    String name = EncryptedSSTableCompressor.class.getSimpleName();
    Map<String, String> stored = new HashMap<>(params.getOtherOptions());
    File temporary = indexFile.withSuffix(".tmp");
    try {
      ChunkIndexMac.Index index =
          new ChunkIndexMac.Index(
              name,
              stored,
              params.chunkLength(),
              Integer.MAX_VALUE,
              current(),
              chunks,
              i -> offsets.getLong(i * Long.BYTES));
      byte[] mac = ChunkIndexMac.of(keys, options.keyId(), options.salt(), index);
      stored.put(ChunkIndexMac.OPTION, HexFormat.of().formatHex(mac));
      try (FileOutputStreamPlus out = temporary.newOutputStream(File.WriteMode.OVERWRITE)) {
        out.writeUTF(name);
        out.writeInt(stored.size());
        for (Map.Entry<String, String> option : stored.entrySet()) {
          out.writeUTF(option.getKey());
          out.writeUTF(option.getValue());
        }
        out.writeInt(params.chunkLength());
        out.writeInt(Integer.MAX_VALUE);
        out.writeLong(current());
        out.writeInt(chunks);
        for (int i = 0; i < chunks; i++) {
          out.writeLong(offsets.getLong(i * (long) Long.BYTES));
        }
        out.flush();
        out.sync();
      }
      temporary.move(indexFile);
    } catch (IOException e) {
      throw new FSWriteError(e, indexFile);
    }
  }
}
