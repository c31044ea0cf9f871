package io.cassandratde.sstable.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.cassandra.io.compress.ICompressor;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A 16 KiB chunk that LZ4 packs to 9 to 10 KiB. How fast LZ4 unpacks depends on how: blobs are few
 * long literals, rows many short matches.
 */
@State(Scope.Thread)
public class Chunk {

  static final int LENGTH = 16384;
  private static final String[] WORDS = {
    "amber", "basalt", "cedar", "dune", "ember", "fjord", "granite", "harbour", "island", "juniper",
    "kelp", "lagoon"
  };

  @Param({"rows", "blobs"})
  public String data = "rows";

  final ByteBuffer plain = ByteBuffer.allocateDirect(LENGTH);

  @Setup
  public void fill() {
    Random random = new Random(42);
    plain.clear();
    for (int row = 0; plain.hasRemaining(); row++) {
      byte[] bytes = data.equals("rows") ? row(random, row) : blob(random, row);
      plain.put(bytes, 0, Math.min(bytes.length, plain.remaining()));
    }
    plain.flip();
  }

  private static byte[] row(Random random, int row) {
    return "id=%08d;name=%s-%s;at=%d;v=%08x;"
        .formatted(
            row * 7919,
            WORDS[random.nextInt(WORDS.length)],
            WORDS[random.nextInt(WORDS.length)],
            1_700_000_000_000L + random.nextInt(1 << 30),
            random.nextInt())
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] blob(Random random, int row) {
    byte[] noise = new byte[48];
    random.nextBytes(noise);
    byte[] text =
        "customer name and address of row %05d; "
            .formatted(row)
            .getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(noise.length + text.length).put(noise).put(text).array();
  }

  /** The chunk under this compressor, in a direct buffer as Cassandra reads it. */
  ByteBuffer packed(ICompressor compressor) {
    try {
      ByteBuffer out = ByteBuffer.allocateDirect(compressor.initialCompressedBufferLength(LENGTH));
      plain.clear();
      compressor.compress(plain, out);
      return out.flip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
