package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.DataKey;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.data.DataCipher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentChunkTest {

  private static final byte[] PLAIN = "a chunk in clear".getBytes(StandardCharsets.US_ASCII);

  private final DataKey key = TestKeys.key("current", 256, 1);
  private final ThreadLocal<Gcm> ciphers =
      ThreadLocal.withInitial(() -> new Gcm(TestKeys.corretto()));
  private final DataCipher cipher = newCipher();
  private final RecentChunk recent = new RecentChunk();

  private DataCipher newCipher() {
    SSTableKeys keys =
        SSTableKeys.create(
            () -> key, Salts.ofOperatingSystem(), TestKeys.HKDF, TestKeys.corretto());
    byte[] salt = new byte[DataCipher.SALT_BYTES];
    Salts.ofOperatingSystem().fill(salt);
    try {
      return DataCipher.of(keys, SSTableKeys.FIRST, salt, ciphers);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] seal(DataCipher by, int place) {
    byte[] sealed = new byte[PLAIN.length + DataCipher.OVERHEAD];
    by.seal(place, InnerCompression.STORED, PLAIN, PLAIN.length, sealed);
    return sealed;
  }

  /** As after the chunk was opened. */
  private boolean open(DataCipher by, int place, byte[] sealed) {
    boolean keeps = recent.expect(by, place, sealed, sealed.length);
    if (keeps) {
      recent.keep(ByteBuffer.allocateDirect(100).put(3, PLAIN).position(3 + PLAIN.length), 3);
    }
    return keeps;
  }

  private boolean isThere(DataCipher by, int place, byte[] sealed) {
    ByteBuffer out = ByteBuffer.allocateDirect(100).position(5);
    boolean there = recent.put(by, place, sealed, sealed.length, out);
    byte[] got = new byte[out.position() - 5];
    out.get(5, got);
    assertThat(got).isEqualTo(there ? PLAIN : new byte[0]);
    return there;
  }

  @Test
  void has_the_chunk_opened_last_and_no_other() {
    byte[] first = seal(cipher, 4);
    byte[] second = seal(cipher, 9);
    assertThat(isThere(cipher, 4, first)).isFalse();
    assertThat(open(cipher, 4, first)).isTrue();
    assertThat(isThere(cipher, 4, first)).isTrue();
    assertThat(isThere(cipher, 4, first)).isTrue();
    assertThat(isThere(cipher, 9, second)).isFalse();
    assertThat(open(cipher, 9, second)).isTrue();
    assertThat(isThere(cipher, 9, second)).isTrue();
    assertThat(isThere(cipher, 4, first)).isFalse();
  }

  @Test
  void a_chunk_whose_place_counter_or_tag_differs_is_another() {
    byte[] sealed = seal(cipher, 4);
    open(cipher, 4, sealed);
    for (int at = 0; at < sealed.length; at++) {
      byte[] changed = sealed.clone();
      changed[at] ^= 1;
      boolean ciphertext =
          at >= DataCipher.HEADER_BYTES && at < sealed.length - DataCipher.TAG_BYTES;
      assertThat(isThere(cipher, 4, changed)).as("byte %s", at).isEqualTo(ciphertext);
    }
    byte[] again = seal(cipher, 4); // rewritten after a rewind: another counter
    assertThat(isThere(cipher, 4, again)).isFalse();
    assertThat(isThere(cipher, 5, sealed)).isFalse();
    assertThat(isThere(cipher, 4, Arrays.copyOf(sealed, DataCipher.OVERHEAD - 1))).isFalse();
  }

  @Test
  void another_file_has_another_cipher() {
    byte[] sealed = seal(cipher, 4);
    open(cipher, 4, sealed);
    assertThat(isThere(newCipher(), 4, sealed)).isFalse();
  }

  @Test
  void nothing_is_given_of_a_closed_file() {
    byte[] sealed = seal(cipher, 4);
    open(cipher, 4, sealed);
    cipher.share().close();
    assertThat(isThere(cipher, 4, sealed)).isTrue();
    cipher.close();
    assertThat(isThere(cipher, 4, sealed)).isFalse();
  }

  @Test
  void a_chunk_that_did_not_decompress_leaves_nothing() {
    byte[] sealed = seal(cipher, 4);
    open(cipher, 4, sealed);
    recent.expect(cipher, 8, seal(cipher, 8), sealed.length);
    assertThat(isThere(cipher, 4, sealed)).isFalse();
    assertThat(isThere(cipher, 8, sealed)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1000})
  void chunks_in_a_row_are_not_kept(int count) {
    open(cipher, 0, seal(cipher, 0));
    for (int place = 1; place <= count; place++) {
      byte[] sealed = seal(cipher, place);
      assertThat(open(cipher, place, sealed)).isFalse();
      assertThat(isThere(cipher, place, sealed)).isFalse();
    }
  }

  @Test
  void there_is_no_room_for_it() {
    byte[] sealed = seal(cipher, 4);
    open(cipher, 4, sealed);
    ByteBuffer small = ByteBuffer.allocate(PLAIN.length - 1);
    assertThat(recent.put(cipher, 4, sealed, sealed.length, small)).isFalse();
    assertThat(small.position()).isZero();
  }
}
