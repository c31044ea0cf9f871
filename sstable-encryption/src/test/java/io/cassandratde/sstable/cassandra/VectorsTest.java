package io.cassandratde.sstable.cassandra;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.cassandra.io.compress.EncryptingDeflateCompressor;
import org.apache.cassandra.io.compress.EncryptingLZ4Compressor;
import org.apache.cassandra.io.compress.EncryptingSnappyCompressor;
import org.apache.cassandra.io.compress.EncryptingZstdCompressor;
import org.apache.cassandra.io.compress.Encryptor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checked-in vectors of docs/FORMAT.md through whole compressors, into buffers of each kind.
 */
class VectorsTest {

  private static final Map<String, Function<Map<String, String>, EncryptingCompressor>> CLASSES =
      Map.of(
          "STORED", Encryptor::create,
          "LZ4", EncryptingLZ4Compressor::create,
          "SNAPPY", EncryptingSnappyCompressor::create,
          "DEFLATE", EncryptingDeflateCompressor::create,
          "ZSTD", EncryptingZstdCompressor::create);

  static List<Vector> vectors() throws IOException {
    return Vector.all();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void has_the_result_that_the_vector_states(Vector vector) throws IOException {
    for (BufferKind kind : List.of(BufferKind.HEAP, BufferKind.DIRECT)) {
      try (TestRuntime runtime = new TestRuntime(TestKeys.corretto())) {
        runtime.answerWith(vector.bytes("data_key"));
        EncryptingCompressor compressor =
            requireNonNull(CLASSES.get(vector.text("inner"))).apply(TestRuntime.OPTIONS);
        assertThat(result(vector, compressor, kind))
            .as(vector + " " + kind)
            .isEqualTo(vector.text("result"));
      }
    }
  }

  private static String result(Vector vector, EncryptingCompressor compressor, BufferKind kind)
      throws IOException {
    ByteBuffer in = kind.holding(vector.bytes("chunk"));
    ByteBuffer out = kind.room(vector.chunkLength());
    int start = out.position();
    out.limit(start + vector.chunkLength());
    try {
      compressor.uncompress(in, out);
      byte[] plain = new byte[out.position() - start];
      out.get(start, plain);
      assertThat(plain).as(vector.toString()).isEqualTo(vector.bytes("plaintext"));
      return "OPENS";
    } catch (CorruptChunkException e) {
      assertThat(out.position()).isEqualTo(start);
      return e.reason().name();
    } catch (WrongKeyException e) {
      return "WRONG_KEY";
    }
  }
}
