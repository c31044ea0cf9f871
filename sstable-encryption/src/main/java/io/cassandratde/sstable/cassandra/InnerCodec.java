package io.cassandratde.sstable.cassandra;

import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import io.cassandratde.sstable.format.InnerCompression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.cassandra.io.compress.BufferType;
import org.apache.cassandra.io.compress.ICompressor;
import org.jspecify.annotations.Nullable;

/**
 * One of Cassandra's own compressors between the staging arrays and whatever buffers Cassandra
 * passes: heap, direct, read-only or mapped, at any position. LZ4 and Deflate take any pair of
 * buffers; Snappy and Zstd take direct ones only.
 */
public final class InnerCodec {

  private static final InnerCodec NONE = new InnerCodec(InnerCompression.STORED, null);

  private final InnerCompression code;
  private final @Nullable ICompressor compressor;
  private final boolean directOnly;

  private InnerCodec(InnerCompression code, @Nullable ICompressor compressor) {
    this.code = code;
    this.compressor = compressor;
    this.directOnly = compressor != null && !compressor.supports(BufferType.ON_HEAP);
  }

  public static InnerCodec none() {
    return NONE;
  }

  public static InnerCodec of(InnerCompression code, ICompressor compressor) {
    return new InnerCodec(code, compressor);
  }

  public InnerCompression code() {
    return code;
  }

  public int bound(int length) {
    return compressor == null
        ? length
        : Math.max(length, compressor.initialCompressedBufferLength(length));
  }

  /**
   * Takes {@code in} up to its limit to the start of {@link Workspace#plain()}, compressed if that
   * makes it shorter.
   *
   * @return the compressed length, or the input's own: then it is stored as it stands
   */
  public int compress(ByteBuffer in, Workspace work) throws IOException {
    int start = in.position();
    int length = in.remaining();
    work.plain(bound(length));
    if (compressor != null && length > 0) {
      int compressed =
          directOnly ? compressDirect(compressor, in, work) : compressAny(compressor, in, work);
      if (compressed < length) {
        return compressed;
      }
    }
    in.position(start);
    in.get(work.plain(), 0, length);
    return length;
  }

  private static int compressAny(ICompressor compressor, ByteBuffer in, Workspace work)
      throws IOException {
    ByteBuffer source = in.isDirect() || in.hasArray() ? in : copy(in, work);
    ByteBuffer target = work.plainBuffer();
    compressor.compress(source, target);
    return target.position();
  }

  private int compressDirect(ICompressor compressor, ByteBuffer in, Workspace work)
      throws IOException {
    ByteBuffer target = work.directOut(bound(in.remaining()));
    compressor.compress(in.isDirect() ? in : copy(in, work), target);
    int length = target.position();
    target.flip();
    target.get(work.plain(), 0, length);
    return length;
  }

  private static ByteBuffer copy(ByteBuffer in, Workspace work) {
    return work.directIn(in.remaining()).put(in).flip();
  }

  /**
   * Puts the opened chunk {@code work.plain()[0..length)} into {@code out}.
   *
   * @param stored the chunk was not compressed
   * @throws CorruptChunkException it does not fit or does not decompress: the chunk is authentic,
   *     so what the reader believes about it is not (CompressionInfo.db was changed)
   */
  public void uncompress(Workspace work, int length, boolean stored, ByteBuffer out)
      throws CorruptChunkException {
    if (stored || compressor == null) {
      requireRoom(length, out);
      out.put(work.plain(), 0, length);
      return;
    }
    if (length == 0) {
      // Cassandra's Deflate and Zstd make no bytes of no bytes.
      throw new CorruptChunkException(
          Reason.UNFIT, "an authentic chunk of no bytes does not decompress as " + code);
    }
    requireRoom(declaredLength(work.plain(), length), out);
    int start = out.position();
    try {
      if (code == InnerCompression.DEFLATE) {
        inflate(work, length, out);
      } else if (!directOnly) {
        compressor.uncompress(work.plainBuffer().limit(length), out);
      } else {
        ByteBuffer source = work.directIn(length).put(work.plain(), 0, length).flip();
        if (out.isDirect()) {
          compressor.uncompress(source, out);
        } else {
          ByteBuffer target = work.directOut(out.remaining());
          compressor.uncompress(source, target);
          out.put(target.flip());
        }
      }
    } catch (IOException | DataFormatException | RuntimeException e) {
      out.position(start);
      throw new CorruptChunkException(
          Reason.UNFIT,
          "an authentic chunk of " + length + " bytes does not decompress as " + code,
          e);
    }
  }

  /**
   * Not by Cassandra's DeflateCompressor: that fills the output and drops the rest without a word,
   * and takes a stream that ends early for a short one. So there is room for one byte too many, and
   * the stream must end where the chunk does.
   */
  private static void inflate(Workspace work, int length, ByteBuffer out)
      throws DataFormatException {
    int room = out.remaining() + 1;
    byte[] target = work.sealed(room);
    Inflater inflater = work.inflater();
    inflater.setInput(work.plain(), 0, length);
    int inflated = inflater.inflate(target, 0, room);
    if (!inflater.finished() || inflater.getRemaining() > 0) {
      throw new DataFormatException("the stream does not end where the chunk does");
    }
    out.put(target, 0, inflated);
  }

  private static void requireRoom(long length, ByteBuffer out) throws CorruptChunkException {
    if (length < 0 || length > out.remaining()) {
      throw new CorruptChunkException(
          Reason.UNFIT,
          "an authentic chunk opens to "
              + length
              + " bytes where "
              + out.remaining()
              + " fit: was CompressionInfo.db changed?");
    }
  }

  /**
   * The plaintext's length where the stream says it up front, else 0. Checked because Snappy's
   * native code writes as many bytes as the stream says, past the end of the buffer.
   */
  private long declaredLength(byte[] plain, int length) {
    if (code == InnerCompression.LZ4 && length >= 4) {
      return (plain[0] & 0xFF)
          | ((plain[1] & 0xFF) << 8)
          | ((plain[2] & 0xFF) << 16)
          | ((plain[3] & 0xFF) << 24);
    }
    if (code == InnerCompression.SNAPPY) {
      long value = 0;
      for (int i = 0; i < Math.min(length, 5); i++) {
        value |= (plain[i] & 0x7FL) << (7 * i);
        if (plain[i] >= 0) {
          return value;
        }
      }
      return -1;
    }
    return 0;
  }
}
