package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.WrongKeyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Provider;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checked-in vectors of docs/FORMAT.md, by this reader and by one that shares no line with it.
 */
class VectorTest {

  static List<Vector> vectors() throws IOException {
    return Vector.all();
  }

  /** By cryptography alone; io.cassandratde.sstable.cassandra.VectorsTest decompresses as well. */
  @ParameterizedTest
  @MethodSource("vectors")
  void has_the_result_that_the_vector_states(Vector vector) {
    if (vector.text("vector").equals("longer-than-any")) {
      return; // Whether the chunk's place allows its length comes first, and is not asked here.
    }
    for (Provider provider : TestKeys.providers()) {
      String stated = vector.isAuthentic() && vector.fitsClass() ? "OPENS" : vector.text("result");
      assertThat(result(vector, provider)).as(vector.toString()).isEqualTo(stated);
    }
  }

  private static String result(Vector vector, Provider provider) {
    byte[] chunk = vector.bytes("chunk");
    ChunkOpener opener =
        new ChunkOpener(
            named ->
                DataKey.of(
                    named.groupTag(), named.keyId(), vector.bytes("data_key"), TestKeys.HKDF),
            new SubkeyCache(4),
            provider);
    byte[] payload = new byte[chunk.length];
    try {
      InnerCompression own = InnerCompression.valueOf(vector.text("inner"));
      ChunkOpener.Opened opened = opener.open(chunk, chunk.length, payload, own);
      assertThat(Arrays.copyOf(payload, opened.length())).isEqualTo(vector.bytes("payload"));
      assertThat(opened.inner()).isEqualTo(vector.sealedAs());
      return "OPENS";
    } catch (CorruptChunkException e) {
      return e.reason().name();
    } catch (WrongKeyException e) {
      return "WRONG_KEY";
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void sealing_again_gives_the_same_bytes(Vector vector) throws Exception {
    if (!vector.isAuthentic()) {
      return;
    }
    int tag = GroupTag.of(ProviderKind.KMIP, vector.text("group"));
    DataKey key = DataKey.of(tag, vector.text("key_id"), vector.bytes("data_key"), TestKeys.HKDF);
    InnerCompression inner = vector.sealedAs();
    long counter = Long.parseLong(vector.text("counter"));
    byte[] chunk = VectorGenerator.seal(key, inner, vector.bytes("payload"), counter);
    assertThat(chunk).isEqualTo(vector.bytes("chunk"));
    ChunkHeader header = ChunkHeader.parse(ByteBuffer.wrap(chunk));
    assertThat(header.counter()).isEqualTo(counter);
    assertThat(header.salt()).isEqualTo(vector.bytes("salt"));
    assertThat("%08x".formatted(header.key().groupTag())).isEqualTo(vector.text("group_tag"));
    assertThat("%08x".formatted(header.key().checkValue())).isEqualTo(vector.text("check_value"));
  }

  @Test
  void an_independent_reader_agrees_on_every_vector() throws Exception {
    Path vectors = Path.of("src/test/resources" + Vector.RESOURCE).toAbsolutePath();
    assertThat(PythonReader.run(vectors.toString()))
        .asString(StandardCharsets.UTF_8)
        .isEqualToIgnoringNewLines(Vector.all().size() + " vectors as stated");
  }
}
