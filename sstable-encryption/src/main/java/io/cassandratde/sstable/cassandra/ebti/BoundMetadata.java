package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.data.ChunkIndexMac;
import io.cassandratde.sstable.format.data.DataCipher;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.compress.EncryptedSSTableCompressor;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.FileInputStreamPlus;
import org.apache.cassandra.io.util.SafeMemory;
import org.apache.cassandra.schema.CompressionParams;
import org.jspecify.annotations.Nullable;

/**
 * The chunk index of an encrypted Data.db. Gives each read a compressor that opens only the chunk
 * that was looked for (docs/RULES.md R9): Cassandra asks {@link #chunkFor} and then, on the same
 * thread, {@link #compressor}.
 */
final class BoundMetadata extends CompressionMetadata {

  private static final ThreadLocal<Place> PLACE = ThreadLocal.withInitial(Place::new);

  /** The chunk that this thread looked for last. */
  private static final class Place {
    private @Nullable DataCipher cipher;
    private int ordinal;
  }

  private final SafeMemory offsets;
  private final long offsetsSize;
  private final DataCipher cipher;

  private final AtomicBoolean closed = new AtomicBoolean();

  /** The carrier that was told last; null: that of {@link #parameters}. */
  private volatile @Nullable Carrier told;

  /** Takes the offsets over, and a share of the cipher. */
  BoundMetadata(
      File file,
      CompressionParams params,
      DataCipher cipher,
      SafeMemory offsets,
      long offsetsSize,
      long dataLength,
      long compressedLength) {
    super(file, params, offsets, offsetsSize, dataLength, compressedLength);
    this.offsets = offsets;
    this.offsetsSize = offsetsSize;
    this.cipher = cipher;
  }

  @Override
  public CompressionMetadata sharedCopy() {
    return new BoundMetadata(
        chunksIndexFile,
        parameters,
        cipher.share(),
        offsets.sharedCopy(),
        offsetsSize,
        dataLength,
        compressedFileLength);
  }

  @Override
  public Chunk chunkFor(long position) {
    Chunk chunk = super.chunkFor(position);
    Place place = PLACE.get();
    place.cipher = cipher;
    place.ordinal = (int) (position / parameters.chunkLength());
    return chunk;
  }

  @Override
  public ICompressor compressor() {
    DataCompressor compressor = (DataCompressor) parameters.getSstableCompressor();
    Place place = PLACE.get();
    int ordinal = place.cipher == cipher ? place.ordinal : DataCipher.ANY;
    place.cipher = null;
    return compressor.at(cipher, ordinal);
  }

  @Override
  public void close() {
    closeCipher();
    super.close();
  }

  @Override
  public Throwable close(Throwable accumulate) {
    closeCipher();
    return super.close(accumulate);
  }

  private void closeCipher() {
    if (!closed.getAndSet(true)) {
      cipher.close();
    }
  }

  /**
   * Tells streams of the carrier as it is now: what receivers of parts are given must not need a
   * key that has been replaced.
   */
  void tell(Carrier now) {
    if (now != told) {
      Map<String, String> stored = new HashMap<>(parameters.getOtherOptions());
      CassandraInternals.setParameters(this, params(stored, parameters.chunkLength(), now));
      told = now;
    }
  }

  /** What readers and streams are told: the stored options and the carrier. */
  static CompressionParams params(Map<String, String> stored, int chunkLength, Carrier carrier) {
    return new CompressionParams(
        EncryptedSSTableCompressor.class.getSimpleName(),
        chunkLength,
        Integer.MAX_VALUE,
        DataFileOptions.withCarrier(stored, carrier));
  }

  /**
   * Reads CompressionInfo.db and authenticates all of it.
   *
   * @throws IOException it is not what the SSTable's writer wrote (docs/RULES.md R10)
   */
  static BoundMetadata load(EncryptedDescriptor descriptor) throws IOException {
    File file = descriptor.fileFor(Components.COMPRESSION_INFO);
    long compressedLength = descriptor.fileFor(Components.DATA).length();
    try (FileInputStreamPlus in = file.newInputStream()) {
      String compressor = in.readUTF();
      if (!compressor.equals(EncryptedSSTableCompressor.class.getSimpleName())) {
        throw new IOException(
            file + " names the compressor " + compressor + " in an encrypted SSTable: changed");
      }
      int count = in.readInt();
      if (count < 0 || count > 64) {
        throw new IOException(file + " has " + count + " options: changed");
      }
      Map<String, String> stored = new HashMap<>();
      for (int i = 0; i < count; i++) {
        stored.put(in.readUTF(), in.readUTF());
      }
      if (count != stored.size() || !stored.keySet().equals(DataFileOptions.ON_DISK)) {
        throw new IOException(file + " has other options than its writer gave it: changed");
      }
      int chunkLength = in.readInt();
      int maxCompressedLength = in.readInt();
      long dataLength = in.readLong();
      int chunks = in.readInt();
      if (chunks <= 0 || chunks > file.length() / Long.BYTES) {
        throw new IOException(file + " has " + chunks + " chunks: changed");
      }
      SafeMemory offsets = new SafeMemory(chunks * (long) Long.BYTES);
      boolean done = false;
      try {
        for (int i = 0; i < chunks; i++) {
          offsets.setLong(i * (long) Long.BYTES, in.readLong());
        }
        if (in.read() >= 0) {
          throw new IOException(file + " goes on behind its last offset: changed");
        }
        DataFileOptions options = options(file, stored);
        SSTableKeys keys = descriptor.keys().keysWith(options.keyId());
        ChunkIndexMac.Index index =
            new ChunkIndexMac.Index(
                compressor,
                stored,
                chunkLength,
                maxCompressedLength,
                dataLength,
                chunks,
                i -> offsets.getLong(i * Long.BYTES));
        authenticate(file, keys, options, index);
        BoundMetadata loaded =
            new BoundMetadata(
                file,
                params(stored, chunkLength, keys.carrier()),
                DataCipher.of(keys, options.keyId(), options.salt(), EbtiRuntime.get().ciphers()),
                offsets,
                chunks * (long) Long.BYTES,
                dataLength,
                compressedLength);
        done = true;
        return loaded;
      } finally {
        if (!done) {
          offsets.close();
        }
      }
    }
  }

  private static DataFileOptions options(File file, Map<String, String> stored) throws IOException {
    try {
      return DataFileOptions.of(stored);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " was changed: " + e.getMessage(), e);
    }
  }

  private static void authenticate(
      File file, SSTableKeys keys, DataFileOptions options, ChunkIndexMac.Index index)
      throws IOException {
    byte[] expected = ChunkIndexMac.of(keys, options.keyId(), options.salt(), index);
    byte[] stored;
    try {
      stored = HexFormat.of().parseHex(index.options().getOrDefault(ChunkIndexMac.OPTION, ""));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " was changed: its authentication code is no code", e);
    }
    if (!MessageDigest.isEqual(expected, stored)) {
      throw new IOException(
          file + " fails authentication: it was changed, or belongs to another SSTable");
    }
  }
}
