package io.cassandratde.sstable.format.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataCipherTest {

  private final DataKey key = TestKeys.key("current", 256, 1);
  private final SSTableKeys keys = newKeys();
  private final byte[] salt = salt();
  private final ThreadLocal<Gcm> ciphers =
      ThreadLocal.withInitial(() -> new Gcm(TestKeys.corretto()));
  private final DataCipher cipher = cipher(keys, salt);

  private SSTableKeys newKeys() {
    return SSTableKeys.create(
        () -> key, Salts.ofOperatingSystem(), TestKeys.HKDF, TestKeys.corretto());
  }

  private static byte[] salt() {
    byte[] salt = new byte[DataCipher.SALT_BYTES];
    Salts.ofOperatingSystem().fill(salt);
    return salt;
  }

  private DataCipher cipher(SSTableKeys of, byte[] salt) {
    try {
      return DataCipher.of(of, SSTableKeys.FIRST, salt, ciphers);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] seal(int ordinal, byte[] plain) {
    byte[] sealed = new byte[plain.length + DataCipher.OVERHEAD];
    assertThat(cipher.seal(ordinal, InnerCompression.LZ4, plain, plain.length, sealed))
        .isEqualTo(sealed.length);
    return sealed;
  }

  private static byte[] open(DataCipher with, int ordinal, byte[] sealed)
      throws CorruptChunkException {
    byte[] plain = new byte[sealed.length];
    return Arrays.copyOf(plain, with.open(ordinal, sealed, sealed.length, plain));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 16384, 1 << 20})
  void opens_what_it_sealed(int length) throws IOException {
    byte[] plain = new byte[length];
    Arrays.fill(plain, (byte) 7);
    byte[] sealed = seal(5, plain);
    assertThat(open(cipher, 5, sealed)).isEqualTo(plain);
    assertThat(open(cipher, DataCipher.ANY, sealed)).isEqualTo(plain);
    assertThat(DataCipher.ordinal(sealed)).isEqualTo(5);
    assertThat(DataCipher.inner(sealed)).isEqualTo(InnerCompression.LZ4);
  }

  @Test
  void rejects_every_change_of_one_byte_and_every_truncation() {
    byte[] sealed = seal(3, new byte[40]);
    for (int at = 0; at < sealed.length; at++) {
      for (int change = 1; change < 256; change++) {
        byte[] changed = sealed.clone();
        changed[at] ^= (byte) change;
        assertThatThrownBy(() -> open(cipher, DataCipher.ANY, changed))
            .isInstanceOf(CorruptChunkException.class);
      }
      byte[] cut = Arrays.copyOf(sealed, at);
      assertThatThrownBy(() -> open(cipher, DataCipher.ANY, cut))
          .isInstanceOf(CorruptChunkException.class);
    }
  }

  /** docs/RULES.md R9: by the number it has, and by the tag when that is edited. */
  @Test
  void a_chunk_opens_at_its_own_place_only() {
    byte[] sealed = seal(3, new byte[40]);
    assertThatThrownBy(() -> open(cipher, 4, sealed))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("chunk 3 stands where chunk 4 belongs");
    byte[] edited = sealed.clone();
    edited[4] = 4;
    assertThatThrownBy(() -> open(cipher, 4, edited)).isInstanceOf(CorruptChunkException.class);
  }

  @Test
  void another_file_or_sstable_does_not_open_it() {
    byte[] sealed = seal(0, new byte[40]);
    assertThatThrownBy(() -> open(cipher(keys, salt()), 0, sealed))
        .isInstanceOf(CorruptChunkException.class);
    assertThatThrownBy(() -> open(cipher(newKeys(), salt), 0, sealed))
        .isInstanceOf(CorruptChunkException.class);
  }

  /** Cassandra rewinds its writers: the same place is sealed again, never with the same nonce. */
  @Test
  void sealing_a_place_again_spends_another_counter() {
    TreeSet<String> headers = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      headers.add(HexFormat.of().formatHex(seal(1, new byte[1]), 0, 9));
    }
    assertThat(headers).hasSize(100);
  }

  @Test
  void the_index_is_authentic_in_all_it_says() throws IOException {
    Map<String, String> options = new HashMap<>(Map.of("uid", "1", "salt", "2"));
    long[] offsets = new long[3000];
    Arrays.setAll(offsets, i -> i * 1000L);
    byte[] mac = mac("C", options, 16384, Integer.MAX_VALUE, 99, offsets);
    assertThat(mac("C", options, 16384, Integer.MAX_VALUE, 99, offsets)).isEqualTo(mac);
    assertThat(mac("D", options, 16384, Integer.MAX_VALUE, 99, offsets)).isNotEqualTo(mac);
    assertThat(mac("C", options, 8192, Integer.MAX_VALUE, 99, offsets)).isNotEqualTo(mac);
    assertThat(mac("C", options, 16384, 1, 99, offsets)).isNotEqualTo(mac);
    assertThat(mac("C", options, 16384, Integer.MAX_VALUE, 98, offsets)).isNotEqualTo(mac);
    assertThat(mac("C", options, 16384, Integer.MAX_VALUE, 99, Arrays.copyOf(offsets, 2999)))
        .isNotEqualTo(mac);
    for (int i = 0; i < offsets.length; i++) {
      offsets[i]++;
      assertThat(mac("C", options, 16384, Integer.MAX_VALUE, 99, offsets)).isNotEqualTo(mac);
      offsets[i]--;
    }
    options.put("salt", "3");
    assertThat(mac("C", options, 16384, Integer.MAX_VALUE, 99, offsets)).isNotEqualTo(mac);
    options.put("salt", "2");
    options.put(ChunkIndexMac.OPTION, "itself");
    assertThat(mac("C", options, 16384, Integer.MAX_VALUE, 99, offsets)).isEqualTo(mac);
  }

  private byte[] mac(
      String name, Map<String, String> options, int chunk, int max, long length, long[] offsets)
      throws IOException {
    return ChunkIndexMac.of(
        keys,
        SSTableKeys.FIRST,
        salt,
        new ChunkIndexMac.Index(
            name, options, chunk, max, length, offsets.length, i -> offsets[(int) i]));
  }
}
