package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.format.ChunkFormat;
import io.cassandratde.sstable.format.ChunkOpener;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.SealingSession;
import io.cassandratde.sstable.format.SessionPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.cassandra.io.compress.BufferType;
import org.jspecify.annotations.Nullable;

/**
 * Compresses, then seals; opens, then decompresses. One instance serves all threads of one table,
 * or the commit log, or one hints file.
 *
 * <p>The path of a chunk, warm: staging arrays of this thread, one volatile read of the current
 * key, one exchange for a sealing session (or one look into the table of subkeys), one AES-GCM
 * call, one copy. No lock, no network.
 *
 * <p>Instances are never shared between tables: the guard of docs/RULES.md R24 finds an instance's
 * table by identity ({@link TableGuard}), while equals goes by class and options, as schema
 * comparison needs it.
 */
public abstract class EncryptingCompressor implements BufferCompressor {

  private static final Set<Uses> ALL_USES = Set.copyOf(EnumSet.allOf(Uses.class));

  private final CodecOptions options;
  private final InnerCodec inner;
  private final SealingPermit permit;

  /** How many keys had been fenced when it was made, with the SSTable that is read by it. */
  private final long fences = CodecRuntime.fences();

  private volatile @Nullable Opening opening;
  private volatile @Nullable Sealing sealing;

  protected EncryptingCompressor(CodecOptions options) {
    this.options = options;
    this.inner = options.inner();
    this.permit = new SealingPermit(options.origin());
  }

  /** How chunks are opened; remade when the process gets another runtime, as tests do. */
  private record Opening(CodecRuntime runtime, ChunkOpener opener) {}

  private record Sealing(CodecRuntime runtime, SessionPool pool) {}

  private Opening opening() {
    CodecRuntime now = CodecRuntime.get();
    Opening there = opening;
    if (there == null || there.runtime() != now) {
      there = new Opening(now, now.opener(options.spec(), fences));
      opening = there;
    }
    return there;
  }

  /**
   * Apart from opening, as it has the key server give or make a current key: reading must never do
   * that.
   */
  private Sealing sealing() {
    CodecRuntime now = CodecRuntime.get();
    Sealing there = sealing;
    if (there == null || there.runtime() != now) {
      KeySpec spec = options.spec();
      there = new Sealing(now, options.origin().isLog() ? now.logPool(spec) : now.pool(spec));
      sealing = there;
    }
    return there;
  }

  SealingPermit permit() {
    return permit;
  }

  /** Whose keys seal this table. */
  public KeySpec spec() {
    return options.spec();
  }

  /** What compresses before sealing. */
  public InnerCodec innerCodec() {
    return inner;
  }

  List<String> warnings() {
    return options.warnings();
  }

  /**
   * Cassandra asks once per file that it is about to write, on the writing thread and before any
   * data: the earliest moment to refuse a table that would leak.
   */
  @Override
  public final int initialCompressedBufferLength(int chunkLength) {
    permit.checkEarly(this);
    return Math.addExact(inner.bound(chunkLength), ChunkFormat.MAX_OVERHEAD);
  }

  @Override
  public final void compress(ByteBuffer input, ByteBuffer output) throws IOException {
    permit.require(this);
    Sealing bound = sealing();
    Workspace work = bound.runtime().workspace();
    int start = input.position();
    int length = input.remaining();
    boolean done = false;
    try {
      int compressed = inner.compress(input, work);
      InnerCompression how = compressed < length ? inner.code() : InnerCompression.STORED;
      int sealedLength;
      byte[] sealed;
      SealingSession session = bound.pool().take(compressed);
      try {
        sealed = work.sealed(session.sealedLength(compressed));
        sealedLength = session.seal(how, work.plain(), compressed, sealed);
      } finally {
        bound.pool().give(session);
      }
      output.put(sealed, 0, sealedLength);
      input.position(input.limit());
      done = true;
    } finally {
      if (!done) {
        input.position(start);
      }
      trim(work);
    }
  }

  /** A section of the commit log may be as long as its segment; no thread keeps that for good. */
  private void trim(Workspace work) {
    if (options.origin().isLog()) {
      work.trim();
    }
  }

  @Override
  public final void uncompress(ByteBuffer input, ByteBuffer output) throws IOException {
    int length = input.remaining();
    // Ciphertext is never longer than plaintext, so this is exact; and it stands before any
    // allocation, because the length comes
    // from CompressionInfo.db, which nothing authenticates.
    if (length > (long) output.remaining() + ChunkFormat.MAX_OVERHEAD) {
      throw new CorruptChunkException(
          Reason.UNFIT,
          "chunk of "
              + length
              + " bytes for "
              + output.remaining()
              + " bytes of plaintext: was CompressionInfo.db changed?");
    }
    Opening bound = opening();
    Workspace work = bound.runtime().workspace();
    byte[] sealed = work.sealed(length);
    input.get(input.position(), sealed, 0, length);
    ChunkOpener.Opened opened =
        bound.opener().open(sealed, length, work.plain(length), inner.code());
    inner.uncompress(work, opened.length(), opened.inner() == InnerCompression.STORED, output);
    trim(work);
    input.position(input.limit());
  }

  /** Off heap, as of Cassandra's own compressors: chunk cache and mapped files are. */
  @Override
  public final BufferType preferredBufferType() {
    return BufferType.OFF_HEAP;
  }

  @Override
  public final boolean supports(BufferType bufferType) {
    return true;
  }

  @Override
  public final Set<String> supportedOptions() {
    return options.supported();
  }

  /**
   * All of them: without FAST_COMPRESSION, {@code flush_compression: fast} would flush in plaintext
   * with LZ4 (R24).
   */
  @Override
  public final Set<Uses> recommendedUses() {
    return ALL_USES;
  }

  /**
   * By class (there is one per inner compression) and options, because CompressionParams compares
   * compressors with equals: by identity every schema merge would see every encrypted table as
   * altered.
   */
  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof EncryptingCompressor that
        && that.inner.code() == inner.code()
        && that.options.raw().equals(options.raw());
  }

  @Override
  public final int hashCode() {
    return 31 * inner.code().code() + options.raw().hashCode();
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "[" + options.spec() + "]";
  }
}
