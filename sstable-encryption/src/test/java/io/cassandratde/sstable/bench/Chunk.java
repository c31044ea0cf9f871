package io.cassandratde.sstable.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.cassandra.io.compress.ICompressor;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A 16 KiB chunk of rows, half noise and half text, that LZ4 packs to about 10 KiB. */
@State(Scope.Thread)
public class Chunk {

  static final int LENGTH = 16384;

  final ByteBuffer plain = ByteBuffer.allocateDirect(LENGTH);

  public Chunk() {
    Random random = new Random(42);
    byte[] noise = new byte[48];
    for (int row = 0; plain.hasRemaining(); row++) {
      random.nextBytes(noise);
      put(noise, noise.length);
      put(
          "customer name and address of row %05d; "
              .formatted(row)
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII),
          40);
    }
    plain.flip();
  }

  private void put(byte[] bytes, int length) {
    plain.put(bytes, 0, Math.min(Math.min(length, bytes.length), plain.remaining()));
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
