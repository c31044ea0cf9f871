package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.cassandra.BufferCompressor;
import io.cassandratde.sstable.cassandra.CodecRuntime;
import io.cassandratde.sstable.cassandra.InnerCodec;
import io.cassandratde.sstable.cassandra.Workspace;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.data.DataCipher;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.apache.cassandra.io.compress.BufferType;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.schema.CompressionParams;
import org.jspecify.annotations.Nullable;

/**
 * The compressor of an encrypted SSTable's Data.db. An instance that Cassandra makes from stored
 * options neither seals nor opens, unless a stream's header brought the carrier along: the writer
 * and the metadata of an SSTable bind instances to its cipher and to the place of each chunk
 * (docs/RULES.md R5, R9).
 */
public abstract class DataCompressor implements BufferCompressor {

  /** Nobody tells a compressor that its stream has ended. */
  private static final Cleaner STREAMED = Cleaner.create();

  private final DataFileOptions options;
  private final InnerCodec inner;
  private @Nullable DataCipher cipher;

  /** What the writer compresses with: as it reads, but with the table's own level. */
  private @Nullable InnerCodec sealingInner;

  /** The place that the writer seals next. */
  private int writerOrdinal = DataCipher.ANY;

  /** The place that the writer reads back next, after a rewind. */
  private int readBackOrdinal = DataCipher.ANY;

  /** Of a stream, whose chunks may only rise. */
  private int lastStreamed = DataCipher.ANY;

  protected DataCompressor(Map<String, String> stored) {
    if (isOfStatement()) {
      throw new ConfigurationException(DataFileOptions.NOT_FOR_TABLES);
    }
    this.options = DataFileOptions.of(stored);
    if (options.carrier() != null && isReadFromFile()) {
      throw new IllegalArgumentException(
          "a CompressionInfo.db holds the carrier of an encrypted SSTable: it was changed");
    }
    this.inner = options.inner();
  }

  /**
   * Whether Cassandra's own reader of CompressionInfo.db makes this. It authenticates nothing, and
   * with a carrier among the options it would open the chunks of any SSTable, in any format's file.
   */
  private static boolean isReadFromFile() {
    return isCalledBy(CompressionMetadata.class, "open");
  }

  /** Of a statement: a table with this compressor could never be flushed. */
  private static boolean isOfStatement() {
    return isCalledBy(CompressionParams.class, "fromMap");
  }

  private static boolean isCalledBy(Class<?> type, String method) {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getClassName().equals(type.getName())
                            && frame.getMethodName().equals(method)));
  }

  /** Lets the SSTable's own writer use it. */
  void bind(DataCipher to) {
    cipher = to;
  }

  void sealWith(InnerCodec codec) {
    sealingInner = codec;
  }

  void setWriterOrdinal(int ordinal) {
    writerOrdinal = ordinal;
  }

  void setReadBackOrdinal(int ordinal) {
    readBackOrdinal = ordinal;
  }

  @Override
  public int initialCompressedBufferLength(int chunkLength) {
    return Math.addExact(inner.bound(chunkLength), DataCipher.OVERHEAD);
  }

  /** Compresses, and seals as the chunk of the writer's place. */
  @Override
  public void compress(ByteBuffer input, ByteBuffer output) throws IOException {
    DataCipher bound = cipher;
    InnerCodec with = sealingInner;
    if (bound == null || with == null || writerOrdinal == DataCipher.ANY) {
      throw new IllegalStateException(
          "this compressor was made from an SSTable's stored options: it never seals (docs/RULES.md"
              + " R5)");
    }
    int ordinal = writerOrdinal;
    writerOrdinal = DataCipher.ANY;
    Workspace work = CodecRuntime.get().workspace();
    int length = input.remaining();
    int compressed = with.compress(input, work);
    InnerCompression how = compressed < length ? with.code() : InnerCompression.STORED;
    byte[] sealed = work.sealed(compressed + DataCipher.OVERHEAD);
    int sealedLength = bound.seal(ordinal, how, work.plain(0), compressed, sealed);
    output.put(sealed, 0, sealedLength);
    input.position(input.limit());
  }

  /** The writer reads back the chunk at its place; a stream's receiver takes rising ones. */
  @Override
  public void uncompress(ByteBuffer input, ByteBuffer output) throws IOException {
    DataCipher bound = cipher;
    if (bound != null && readBackOrdinal != DataCipher.ANY) {
      int ordinal = readBackOrdinal;
      readBackOrdinal = DataCipher.ANY;
      var unused = open(bound, ordinal, input, output);
      return;
    }
    if (bound == null) {
      bound = options.streamedCipher();
      STREAMED.register(this, bound::close);
      cipher = bound;
    }
    int ordinal = open(bound, DataCipher.ANY, input, output);
    if (ordinal <= lastStreamed) {
      throw new CorruptChunkException(
          Reason.NOT_AUTHENTIC, "chunk " + ordinal + " was streamed after " + lastStreamed);
    }
    lastStreamed = ordinal;
  }

  private int open(DataCipher with, int ordinal, ByteBuffer input, ByteBuffer output)
      throws IOException {
    int length = input.remaining();
    if (length > (long) output.remaining() + DataCipher.OVERHEAD) {
      throw new CorruptChunkException(
          Reason.UNFIT,
          "chunk of " + length + " bytes for " + output.remaining() + " bytes of plaintext");
    }
    Workspace work = CodecRuntime.get().workspace();
    byte[] sealed = work.sealed(length);
    input.get(input.position(), sealed, 0, length);
    RecentChunk recent = RecentChunk.ofThread();
    if (ordinal != DataCipher.ANY && recent.put(with, ordinal, sealed, length, output)) {
      input.position(input.limit());
      return ordinal;
    }
    int opened = with.open(ordinal, sealed, length, work.plain(length));
    InnerCompression how = DataCipher.inner(sealed);
    if (how != InnerCompression.STORED && how != inner.code()) {
      throw new CorruptChunkException(
          Reason.UNFIT, "chunk is compressed by " + how + ", and its file by " + inner.code());
    }
    int stored = DataCipher.ordinal(sealed);
    boolean kept = recent.expect(with, stored, sealed, length);
    int start = output.position();
    inner.uncompress(work, opened, how == InnerCompression.STORED, output);
    if (kept) {
      recent.keep(output, start);
    }
    input.position(input.limit());
    return stored;
  }

  @Override
  public BufferType preferredBufferType() {
    return BufferType.OFF_HEAP;
  }

  @Override
  public boolean supports(BufferType bufferType) {
    return true;
  }

  @Override
  public Set<String> supportedOptions() {
    return DataFileOptions.NAMES;
  }

  /** What reads one chunk: it opens only the chunk of that place. */
  ICompressor at(DataCipher with, int ordinal) {
    return new Bound(with, ordinal);
  }

  private final class Bound implements BufferCompressor {
    private final DataCipher with;
    private final int ordinal;

    Bound(DataCipher with, int ordinal) {
      this.with = with;
      this.ordinal = ordinal;
    }

    @Override
    public int initialCompressedBufferLength(int chunkLength) {
      return DataCompressor.this.initialCompressedBufferLength(chunkLength);
    }

    @Override
    public void compress(ByteBuffer input, ByteBuffer output) {
      throw new IllegalStateException("this compressor reads a finished SSTable: it never seals");
    }

    @Override
    public void uncompress(ByteBuffer input, ByteBuffer output) throws IOException {
      if (ordinal == DataCipher.ANY) {
        throw new IllegalStateException("a chunk was read without a look for its place first");
      }
      var unused = open(with, ordinal, input, output);
    }

    @Override
    public BufferType preferredBufferType() {
      return DataCompressor.this.preferredBufferType();
    }

    @Override
    public boolean supports(BufferType bufferType) {
      return true;
    }

    @Override
    public Set<String> supportedOptions() {
      return DataFileOptions.NAMES;
    }
  }
}
