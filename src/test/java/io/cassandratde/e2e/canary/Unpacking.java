package io.cassandratde.e2e.canary;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FastDecompressor;
import org.xerial.snappy.Snappy;

/**
 * Tries to decompress whatever in a file may be compressed.
 *
 * <p>Zstd frames and zlib streams are known by how they begin, LZ4 blocks by the length that
 * Cassandra puts before them; each is tried at every offset. Snappy blocks begin with anything;
 * they are tried where CompressionInfo.db says that a chunk stands, as the others are. Elsewhere
 * LZ4 and Snappy need no attempt to be seen: both leave a value that occurs for the first time as
 * it is.
 */
final class Unpacking {

  /** Takes what came out. */
  interface Sink {
    void unpacked(String how, byte[] bytes, int length);
  }

  private static final int MAX_OUT = 1 << 20;
  private static final int MIN_OUT = 8;
  private static final int CRC_BYTES = 4;

  /** Knows where a block ends by the length in clear; the checked Java one. */
  private static final LZ4FastDecompressor LZ4 = LZ4Factory.safeInstance().fastDecompressor();

  private final Sink sink;
  private final byte[] out = new byte[MAX_OUT];

  Unpacking(Sink sink) {
    this.sink = sink;
  }

  /** Tries everywhere. */
  void everywhere(byte[] file) {
    for (int at = 0; at + 8 < file.length; at++) {
      int first = file[at] & 0xFF;
      if (first == 0x78 && ((first << 8) + (file[at + 1] & 0xFF)) % 31 == 0) {
        deflate(file, at, file.length - at);
      } else if (first == 0x28
          && (file[at + 1] & 0xFF) == 0xB5
          && file[at + 2] == 0x2F
          && (file[at + 3] & 0xFF) == 0xFD) {
        zstd(file, at, file.length - at);
      }
      lz4(file, at, file.length - at);
    }
  }

  /**
   * Tries at the start of every chunk of a Data.db, whatever its CompressionInfo.db says of how.
   */
  void chunks(Path dataFile, byte[] file) {
    List<Long> starts = chunkStarts(dataFile);
    for (int i = 0; i < starts.size(); i++) {
      int at = (int) Math.min(starts.get(i), file.length);
      int next = i + 1 < starts.size() ? starts.get(i + 1).intValue() : file.length;
      int length = Math.max(0, next - at - CRC_BYTES);
      deflate(file, at, length);
      zstd(file, at, length);
      lz4(file, at, length);
      snappy(file, at, length);
    }
  }

  /** The offsets of Cassandra's CompressionInfo.db; none where there is no such file. */
  private static List<Long> chunkStarts(Path dataFile) {
    Path info = Path.of(dataFile.toString().replaceAll("-Data\\.db$", "-CompressionInfo.db"));
    List<Long> starts = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(info)))) {
      in.readUTF();
      for (int options = in.readInt(); options > 0; options--) {
        in.readUTF();
        in.readUTF();
      }
      in.skipNBytes(4 + 4 + 8); // chunk length, maximal compressed length, length in clear
      for (int chunks = in.readInt(); chunks > 0; chunks--) {
        starts.add(in.readLong());
      }
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return starts;
  }

  private void deflate(byte[] file, int at, int length) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(file, at, length);
      int done = 0;
      try {
        int more;
        do {
          more = inflater.inflate(out, done, MAX_OUT - done);
          done += more;
        } while (more > 0 && done < MAX_OUT);
      } catch (DataFormatException e) {
        // What came before the end of the stream is looked at all the same.
      }
      tell("deflate", done);
    } finally {
      inflater.end();
    }
  }

  private void zstd(byte[] file, int at, int length) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream in =
        new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(file, at, length))) {
      bytes.write(in.readNBytes(MAX_OUT));
    } catch (IOException e) {
      return; // no frame
    }
    byte[] all = bytes.toByteArray();
    if (all.length >= MIN_OUT) {
      sink.unpacked("zstd", all, all.length);
    }
  }

  /** The length in clear in 4 bytes, low one first, then the block. */
  private void lz4(byte[] file, int at, int length) {
    if (length < 5) {
      return;
    }
    int plain = ByteBuffer.wrap(file, at, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (plain < MIN_OUT || plain > MAX_OUT) {
      return;
    }
    try {
      LZ4.decompress(file, at + 4, out, 0, plain);
    } catch (LZ4Exception | ArrayIndexOutOfBoundsException e) {
      return; // no block
    }
    tell("lz4", plain);
  }

  private void snappy(byte[] file, int at, int length) {
    try {
      if (Snappy.isValidCompressedBuffer(file, at, length)
          && Snappy.uncompressedLength(file, at, length) <= MAX_OUT) {
        tell("snappy", Snappy.rawUncompress(file, at, length, out, 0));
      }
    } catch (IOException e) {
      return; // no block
    }
  }

  private void tell(String how, int length) {
    if (length >= MIN_OUT) {
      sink.unpacked(how, out, length);
    }
  }
}
