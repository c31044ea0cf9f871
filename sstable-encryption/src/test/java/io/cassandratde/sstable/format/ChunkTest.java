package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkTest {

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("io.cassandratde.sstable.format.TestKeys#providers")
  void opens_what_it_sealed_at_every_boundary(Provider provider) throws Exception {
    for (int bits : new int[] {128, 192, 256}) {
      ChunkFixture chunks = new ChunkFixture(TestKeys.key(bits), provider);
      for (int length : new int[] {0, 1, 15, 16, 17, 4095, 4096, 4097, 16384, 65537, 1 << 20}) {
        byte[] plain = random(length);
        byte[] sealed = chunks.seal(InnerCompression.ZSTD, plain);
        assertThat(sealed).hasSize(length + ChunkFormat.UUID_OVERHEAD);
        assertThat(chunks.open(sealed, InnerCompression.ZSTD)).isEqualTo(plain);
      }
    }
  }

  @Test
  void overhead_is_sixty_two_bytes_under_a_uuid() {
    assertThat(ChunkFormat.UUID_OVERHEAD).isEqualTo(62);
    assertThat(ChunkFormat.MAX_OVERHEAD).isEqualTo(2 + 4 + 4 + 2 + 1024 + 16 + 4 + 16);
  }

  @ParameterizedTest
  @MethodSource("io.cassandratde.sstable.format.TestKeys#providers")
  void rejects_every_single_byte_change(Provider provider) throws Exception {
    for (String id :
        new String[] {
          "0eb2277e-0acc-4adb-9241-1dd84dde691c", "key of a server that names keys oddly"
        }) {
      ChunkFixture chunks = new ChunkFixture(TestKeys.key(id, 256, 3), provider);
      byte[] sealed = chunks.seal(InnerCompression.LZ4, random(24));
      assertThat(chunks.open(sealed, InnerCompression.LZ4)).isEqualTo(random(24));
      for (int i = 0; i < sealed.length; i++) {
        for (int flip = 1; flip < 256; flip++) {
          byte[] changed = sealed.clone();
          changed[i] ^= (byte) flip;
          int at = i;
          assertThatThrownBy(() -> chunks.open(changed, InnerCompression.LZ4))
              .as("byte %d xor %d", at, flip)
              .isInstanceOfAny(CorruptChunkException.class, KeyException.class);
        }
      }
      assertThat(chunks.open(sealed, InnerCompression.LZ4)).isEqualTo(random(24));
    }
  }

  @ParameterizedTest
  @MethodSource("io.cassandratde.sstable.format.TestKeys#providers")
  void rejects_every_truncation_and_every_extension(Provider provider) {
    ChunkFixture chunks = new ChunkFixture(TestKeys.key(256), provider);
    byte[] sealed = chunks.seal(InnerCompression.STORED, random(50));
    for (int length = 0; length < sealed.length; length++) {
      byte[] shorter = Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> chunks.open(shorter, InnerCompression.STORED))
          .isInstanceOf(CorruptChunkException.class);
    }
    byte[] longer = Arrays.copyOf(sealed, sealed.length + 1);
    assertThatThrownBy(() -> chunks.open(longer, InnerCompression.STORED))
        .isInstanceOf(CorruptChunkException.class);
  }

  @Test
  void tells_a_wrong_key_from_damage() {
    ChunkFixture chunks = new ChunkFixture(TestKeys.key("k1", 256, 1), TestKeys.sunJce());
    byte[] sealed = chunks.seal(InnerCompression.STORED, random(50));
    chunks.keys.add(TestKeys.key("k1", 256, 2));
    assertThatThrownBy(() -> chunks.open(sealed, InnerCompression.STORED))
        .isInstanceOf(WrongKeyException.class)
        .hasMessageContaining("k1")
        .hasNoCause();
  }

  @Test
  void names_key_and_reason_when_the_tag_does_not_verify() {
    ChunkFixture chunks = new ChunkFixture(TestKeys.key("k1", 256, 1), TestKeys.sunJce());
    byte[] sealed = chunks.seal(InnerCompression.STORED, random(50));
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> chunks.open(sealed, InnerCompression.STORED))
        .isInstanceOfSatisfying(
            CorruptChunkException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_AUTHENTIC))
        .hasMessageContaining("k1");
  }

  @Test
  void refuses_another_compressors_chunk_but_takes_a_stored_one() throws Exception {
    ChunkFixture chunks = new ChunkFixture(TestKeys.key(256), TestKeys.sunJce());
    byte[] zstd = chunks.seal(InnerCompression.ZSTD, random(50));
    assertThatThrownBy(() -> chunks.open(zstd, InnerCompression.LZ4))
        .isInstanceOfSatisfying(
            CorruptChunkException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNFIT));
    byte[] stored = chunks.seal(InnerCompression.STORED, random(50));
    assertThat(chunks.open(stored, InnerCompression.LZ4)).isEqualTo(random(50));
  }

  @Test
  void a_uuid_has_one_encoding_only() throws Exception {
    String upper = "0EB2277E-0ACC-4ADB-9241-1DD84DDE691C";
    String lower = "0eb2277e-0acc-4adb-9241-1dd84dde691c";
    byte[] text =
        new ChunkFixture(TestKeys.key(upper, 256, 1), TestKeys.sunJce())
            .seal(InnerCompression.STORED, new byte[9]);
    byte[] uuid =
        new ChunkFixture(TestKeys.key(lower, 256, 1), TestKeys.sunJce())
            .seal(InnerCompression.STORED, new byte[9]);
    assertThat(ChunkHeader.parse(ByteBuffer.wrap(text)).key().keyId()).isEqualTo(upper);
    assertThat(ChunkHeader.parse(ByteBuffer.wrap(uuid)).key().keyId()).isEqualTo(lower);
    assertThat(text.length - uuid.length).isEqualTo(2 + 36 - 16);
    byte[] uuidAsText = text.clone();
    System.arraycopy(
        lower.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, uuidAsText, 12, 36);
    assertThatThrownBy(() -> ChunkHeader.parse(ByteBuffer.wrap(uuidAsText)))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("UUID");
  }

  @Test
  void parses_headers_of_ids_up_to_the_limit_and_none_beyond() throws Exception {
    String longest = "ä".repeat(512);
    byte[] sealed =
        new ChunkFixture(TestKeys.key(longest, 256, 1), TestKeys.sunJce())
            .seal(InnerCompression.SNAPPY, random(7));
    ChunkHeader header = ChunkHeader.parse(ByteBuffer.wrap(sealed).asReadOnlyBuffer());
    assertThat(header.key().keyId()).isEqualTo(longest);
    assertThat(header.inner()).isEqualTo(InnerCompression.SNAPPY);
    assertThat(header.length()).isEqualTo(ChunkFormat.MAX_HEADER);
    byte[] tooLong = sealed.clone();
    tooLong[10] = 4;
    tooLong[11] = 1;
    assertThatThrownBy(() -> ChunkHeader.parse(ByteBuffer.wrap(tooLong)))
        .isInstanceOf(CorruptChunkException.class);
    byte[] notUtf8 = sealed.clone();
    notUtf8[12] = (byte) 0xC0;
    assertThatThrownBy(() -> ChunkHeader.parse(ByteBuffer.wrap(notUtf8)))
        .isInstanceOf(CorruptChunkException.class);
  }

  @Test
  void parsing_leaves_the_buffer_alone() throws Exception {
    byte[] sealed =
        new ChunkFixture(TestKeys.key(256), TestKeys.sunJce())
            .seal(InnerCompression.LZ4, random(40));
    ByteBuffer direct = ByteBuffer.allocateDirect(sealed.length + 10);
    direct.position(5).limit(5 + sealed.length);
    direct.duplicate().put(sealed);
    assertThat(ChunkHeader.parse(direct).counter()).isZero();
    assertThat(direct.position()).isEqualTo(5);
    assertThat(direct.limit()).isEqualTo(5 + sealed.length);
  }

  @Test
  void both_providers_read_each_other() throws Exception {
    DataKey key = TestKeys.key(256);
    byte[] plain = random(1000);
    ChunkFixture sun = new ChunkFixture(key, TestKeys.sunJce());
    ChunkFixture corretto = new ChunkFixture(key, TestKeys.corretto());
    assertThat(corretto.open(sun.seal(InnerCompression.LZ4, plain), InnerCompression.LZ4))
        .isEqualTo(plain);
    assertThat(sun.open(corretto.seal(InnerCompression.LZ4, plain), InnerCompression.LZ4))
        .isEqualTo(plain);
  }
}
