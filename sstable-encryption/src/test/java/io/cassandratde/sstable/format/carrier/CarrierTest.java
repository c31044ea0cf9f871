package io.cassandratde.sstable.format.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.SoftKeeper;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.Provider;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CarrierTest {

  private static final Provider PROVIDER = TestKeys.sunJce();
  private static final Salts SALTS = Salts.ofOperatingSystem();
  private static final byte[] NONE = {};

  private final TestKeys server = new TestKeys();
  private final DataKey key = server.add(TestKeys.key("current", 256, 1));

  private SSTableKeys create(DataKey wrapping) {
    return SSTableKeys.create(() -> wrapping, SALTS, TestKeys.HKDF, PROVIDER);
  }

  private SSTableKeys open(byte[] carrier) throws IOException {
    SSTableKeys keys = SSTableKeys.open(Carrier.parse(carrier), server, TestKeys.HKDF, PROVIDER);
    for (WrappedKey row : keys.carrier().rows()) {
      assertThat(keys.key(row.id()).bits()).isPositive();
    }
    return keys;
  }

  private static byte[] probe(SSTableKeys keys, int id) throws IOException {
    return keys.key(id).derive(KeyUse.PAGE, NONE, NONE, 32);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 192, 256})
  void opens_to_the_same_data_key_which_is_as_strong_as_its_wrapping_key(int bits)
      throws IOException {
    DataKey wrapping = server.add(TestKeys.key("k" + bits, bits, bits));
    SSTableKeys made = create(wrapping);
    byte[] bytes = made.carrier().encode();
    SSTableKeys again = open(bytes);
    assertThat(again.uid()).isEqualTo(made.uid());
    assertThat(again.key(SSTableKeys.FIRST).bits()).isEqualTo(bits);
    assertThat(probe(again, SSTableKeys.FIRST)).isEqualTo(probe(made, SSTableKeys.FIRST));
    assertThat(again.carrier().rows())
        .singleElement()
        .satisfies(row -> assertThat(row.wrappedBy()).isEqualTo(wrapping.reference()));
  }

  @Test
  void two_sstables_share_nothing() throws IOException {
    SSTableKeys one = create(key);
    SSTableKeys two = create(key);
    assertThat(one.uid()).isNotEqualTo(two.uid());
    assertThat(probe(one, 0)).isNotEqualTo(probe(two, 0));
  }

  @Test
  void a_file_that_joins_later_has_a_data_key_under_the_key_that_is_current_then()
      throws IOException {
    SSTableKeys made = create(key);
    DataKey next = server.add(TestKeys.key("next", 256, 2));
    SSTableKeys more = made.withAdded(() -> next, SALTS, TestKeys.HKDF, PROVIDER);
    SSTableKeys again = open(more.carrier().encode());
    assertThat(again.highestId()).isEqualTo(1);
    assertThat(again.carrier().rows().stream().map(WrappedKey::wrappedBy))
        .containsExactly(key.reference(), next.reference());
    assertThat(again.carrier().rows().get(1).purpose()).isEqualTo(WrappedKey.Purpose.ADDED);
    assertThat(probe(again, 0)).isEqualTo(probe(made, 0));
    assertThat(probe(again, 1)).isEqualTo(probe(more, 1)).isNotEqualTo(probe(made, 0));
    assertThatThrownBy(() -> made.key(1)).isInstanceOf(CorruptCarrierException.class);
  }

  /** What is not caught by the checksum must be caught by the wrap: it is recomputed here. */
  @Test
  void every_single_byte_change_is_rejected_with_the_checksum_mended() throws IOException {
    byte[] carrier =
        create(key).withAdded(() -> key, SALTS, TestKeys.HKDF, PROVIDER).carrier().encode();
    byte[] unmended = carrier.clone();
    for (int at = 0; at < carrier.length - 4; at++) {
      for (int change = 1; change < 256; change++) {
        byte[] changed = carrier.clone();
        changed[at] ^= (byte) change;
        mend(changed);
        int place = at;
        assertThatThrownBy(() -> open(changed))
            .as("byte %d changed by %d", place, change)
            .isInstanceOfAny(
                CorruptCarrierException.class,
                // A changed key name asks for another key.
                KeyNotFoundException.class,
                WrongKeyException.class);
      }
      unmended[at] ^= 1;
      assertThatThrownBy(() -> open(unmended)).isInstanceOf(CorruptCarrierException.class);
      unmended[at] ^= 1;
    }
  }

  /** As above, for a row that a token wrapped. */
  @Test
  void every_single_byte_change_of_a_row_of_a_token_is_rejected() throws IOException {
    DataKey held = server.add(new SoftKeeper(new byte[32], () -> {}).key(TestKeys.GROUP));
    byte[] carrier = create(held).carrier().encode();
    assertThat(open(carrier).key(SSTableKeys.FIRST).bits()).isEqualTo(256);
    for (int at = 0; at < carrier.length - 4; at++) {
      for (int change = 1; change < 256; change++) {
        byte[] changed = carrier.clone();
        changed[at] ^= (byte) change;
        mend(changed);
        assertThatThrownBy(() -> open(changed))
            .as("byte %d changed by %d", at, change)
            .isInstanceOfAny(
                CorruptCarrierException.class, KeyNotFoundException.class, WrongKeyException.class);
      }
    }
  }

  @Test
  void the_canary_passes_a_key_that_a_token_holds() {
    AtomicInteger uses = new AtomicInteger();
    DataKey held = new SoftKeeper(new byte[32], uses::incrementAndGet).key(TestKeys.GROUP);
    KeyCanary.requireOpens(held, TestKeys.HKDF, PROVIDER);
    assertThat(uses).hasValue(2);
  }

  @Test
  void a_token_that_is_away_is_no_damage() throws IOException {
    AtomicBoolean down = new AtomicBoolean();
    DataKey held =
        server.add(
            new SoftKeeper(
                    new byte[32],
                    () -> {
                      if (down.get()) {
                        throw new KeyUnavailableException("away");
                      }
                    })
                .key(TestKeys.GROUP));
    SSTableKeys made = create(held);
    down.set(true);
    assertThatThrownBy(() -> open(made.carrier().encode()))
        .isInstanceOf(KeyUnavailableException.class);
    assertThatThrownBy(() -> create(held)).isInstanceOf(KeyUnavailableException.class);
    down.set(false);
    assertThat(probe(open(made.carrier().encode()), 0)).isEqualTo(probe(made, 0));
  }

  static void mend(byte[] carrier) {
    CRC32 crc = new CRC32();
    crc.update(carrier, 0, carrier.length - 4);
    java.nio.ByteBuffer.wrap(carrier).putInt(carrier.length - 4, (int) crc.getValue());
  }

  @Test
  void every_truncation_and_every_addition_is_rejected() {
    byte[] carrier = create(key).carrier().encode();
    for (int length = 0; length < carrier.length; length++) {
      byte[] cut = Arrays.copyOf(carrier, length);
      assertThatThrownBy(() -> Carrier.parse(cut)).isInstanceOf(CorruptCarrierException.class);
      if (length > 4) {
        mend(cut);
        assertThatThrownBy(() -> Carrier.parse(cut)).isInstanceOf(CorruptCarrierException.class);
      }
    }
    byte[] longer = Arrays.copyOf(carrier, carrier.length + 1);
    mend(longer);
    assertThatThrownBy(() -> Carrier.parse(longer)).isInstanceOf(CorruptCarrierException.class);
  }

  @Test
  void a_row_of_another_sstable_does_not_open() throws IOException {
    SSTableKeys one = create(key);
    SSTableKeys two = create(key);
    Carrier mixed = new Carrier(one.uid(), two.carrier().rows());
    assertThatThrownBy(() -> open(mixed.encode()))
        .isInstanceOf(CorruptCarrierException.class)
        .hasMessageContaining(one.uid().toString());
  }

  @Test
  void another_key_under_the_same_id_is_no_corruption() {
    byte[] carrier = create(key).carrier().encode();
    server.add(TestKeys.key("current", 256, 99));
    assertThatThrownBy(() -> open(carrier)).isInstanceOf(WrongKeyException.class);
  }

  @Test
  void a_missing_key_is_no_corruption() {
    byte[] carrier = create(TestKeys.key("gone", 256, 5)).carrier().encode();
    assertThatThrownBy(() -> open(carrier)).isInstanceOf(KeyNotFoundException.class);
  }

  @Test
  void a_weaker_key_does_not_wrap_a_stronger_one() {
    DataKey weak = TestKeys.key("weak", 128, 3);
    assertThatThrownBy(
            () ->
                WrappedKey.seal(
                    SSTableUid.random(SALTS),
                    0,
                    WrappedKey.Purpose.SSTABLE,
                    new byte[32],
                    weak,
                    SALTS,
                    PROVIDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("128");
  }

  /** docs/RULES.md R3. */
  @Test
  void a_current_key_that_is_wiped_meanwhile_is_asked_for_again() throws IOException {
    DataKey wiped = TestKeys.key("wiped", 256, 4);
    wiped.retire();
    java.util.Iterator<DataKey> answers = java.util.List.of(wiped, key).iterator();
    SSTableKeys made = SSTableKeys.create(answers::next, SALTS, TestKeys.HKDF, PROVIDER);
    assertThat(made.carrier().rows().get(0).wrappedBy()).isEqualTo(key.reference());
  }

  @Test
  void closing_wipes() throws IOException {
    SSTableKeys made = create(key);
    DataKey first = made.key(SSTableKeys.FIRST);
    made.close();
    assertThat(first.isWiped()).isTrue();
  }

  /** A lost key loses the files that need it, and no other. */
  @Test
  void a_row_is_unwrapped_when_a_file_needs_it() throws IOException {
    SSTableKeys made = create(key);
    Carrier carrier =
        made.withAdded(() -> TestKeys.key("gone", 256, 5), SALTS, TestKeys.HKDF, PROVIDER)
            .carrier();
    try (SSTableKeys keys = SSTableKeys.open(carrier, server, TestKeys.HKDF, PROVIDER)) {
      assertThat(derive(keys, 0)).isEqualTo(derive(made, 0));
      assertThatThrownBy(() -> derive(keys, 1)).isInstanceOf(KeyNotFoundException.class);
      assertThat(derive(keys, 0)).isEqualTo(derive(made, 0));
    }
  }

  private static byte[] derive(SSTableKeys keys, int id) throws IOException {
    return keys.derive(id, KeyUse.PAGE, NONE, "a file", 0);
  }

  /** docs/RULES.md R3: only a writer keeps a data key, until it is done. */
  @Test
  void a_key_of_a_finished_sstable_is_wiped_as_soon_as_a_subkey_is_derived() throws IOException {
    SSTableKeys made = create(key);
    DataKey writers = made.key(0);
    derive(made, 0);
    assertThat(writers.isWiped()).isFalse();
    SSTableKeys again = open(made.carrier().encode());
    DataKey readers = again.key(0);
    assertThat(derive(again, 0)).isEqualTo(derive(made, 0));
    assertThat(readers.isWiped()).isTrue();
    assertThat(derive(again, 0)).isEqualTo(derive(made, 0));
    made.close();
    assertThat(writers.isWiped()).isTrue();
    assertThatThrownBy(() -> derive(made, 0)).isInstanceOf(IllegalStateException.class);
  }

  /** docs/RULES.md R13, R16: what was begun under a key that may not seal any more. */
  @Test
  void a_writer_wraps_its_key_under_the_current_one_and_needs_the_old_one_no_more(
      @TempDir Path directory) throws IOException {
    Path file = directory.resolve("Encryption.db");
    DataKey old = TestKeys.key("gone", 256, 5);
    SSTableKeys made = create(old);
    CarrierFile.write(file, made.carrier());
    byte[] before = derive(made, 0);
    SSTableKeys.Store store =
        carrier -> {
          CarrierFile.replace(file, carrier);
          return CarrierFile.read(file);
        };
    assertThat(made.rewrap(old, SALTS, store)).as("nothing to do").isFalse();
    old.retire();
    assertThat(made.rewrap(key, SALTS, store)).isTrue();
    assertThat(made.carrier().rows().get(0).wrappedBy()).isEqualTo(key.reference());
    assertThat(derive(made, 0)).isEqualTo(before);
    assertThat(derive(open(Files.readAllBytes(file)), 0)).isEqualTo(before);
    assertThatThrownBy(
            () ->
                made.rewrap(
                    server.add(TestKeys.key("next", 256, 8)),
                    SALTS,
                    ignored -> new Carrier(made.uid(), create(key).carrier().rows())))
        .isInstanceOf(IOException.class);
    assertThat(made.carrier().rows().get(0).wrappedBy()).isEqualTo(key.reference());
  }

  @Test
  void nothing_prints_a_key() throws IOException {
    SSTableKeys made = create(key);
    Set<String> texts = new HashSet<>(Set.of(made.toString(), made.key(0).toString()));
    made.carrier().rows().forEach(row -> texts.add(row.toString()));
    assertThat(texts)
        .allSatisfy(text -> assertThat(text).doesNotContain("[B@").hasSizeLessThan(400));
    assertThat(made.toString()).contains(new KeyReference(TestKeys.GROUP, "current", 0).keyId());
  }

  @Test
  void is_written_once_and_replaced_whole(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("Encryption.db");
    Path snapshot = directory.resolve("snapshot");
    SSTableKeys made = create(key);
    CarrierFile.write(file, made.carrier());
    assertThatThrownBy(() -> CarrierFile.write(file, made.carrier()))
        .isInstanceOf(FileAlreadyExistsException.class);
    Files.createLink(snapshot, file);
    byte[] before = Files.readAllBytes(file);
    FileTime second = FileTime.from(Instant.parse("2026-01-01T00:00:07Z"));
    Files.setLastModifiedTime(file, second);
    SSTableKeys more = made.withAdded(() -> key, SALTS, TestKeys.HKDF, PROVIDER);
    CarrierFile.replace(file, more.carrier());
    assertThat(CarrierFile.read(file).encode()).isEqualTo(more.carrier().encode());
    assertThat(Files.readAllBytes(snapshot)).as("a snapshot keeps its carrier").isEqualTo(before);
    assertThat(Files.getLastModifiedTime(file).toInstant())
        .as("as Cassandra's transaction logs have it, and yet another")
        .isBetween(second.toInstant(), second.toInstant().plusMillis(999))
        .isNotEqualTo(second.toInstant());
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(file, snapshot);
    }
  }

  @Test
  void a_file_of_any_size_takes_no_memory_before_its_size_was_checked(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("Encryption.db");
    try (var channel =
        java.nio.channels.FileChannel.open(
            file,
            java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.allocate(1), 1L << 40);
    }
    assertThatThrownBy(() -> CarrierFile.read(file))
        .isInstanceOf(CorruptCarrierException.class)
        .hasMessageContaining(file.toString());
  }
}
