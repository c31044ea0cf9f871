package io.cassandratde.sstable.format.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.sstable.format.KeySpecCodec;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsPartTest {

  private static final Provider PROVIDER = TestKeys.sunJce();
  private static final Salts SALTS = Salts.ofOperatingSystem();
  private static final KeySpec SPEC =
      new KeySpec(ProviderKind.KMIP, "test_group", "space", CipherSpec.AES_256, null, null);

  private final TestKeys server = new TestKeys();
  private final DataKey key = server.add(TestKeys.key("current", 256, 1));
  private final SSTableUid uid = SSTableUid.random(SALTS);

  private byte[] seal(byte[] plain) {
    return StatisticsPart.seal(
        uid, "STATS", SPEC, plain, () -> key, SALTS, TestKeys.HKDF, PROVIDER);
  }

  private StatisticsPart.Opened open(String name, byte[] sealed) throws IOException {
    return StatisticsPart.parse(sealed).open(name, server, TestKeys.HKDF, PROVIDER);
  }

  @Test
  void opens_by_itself_and_tells_whose_key_seals_it_again() throws IOException {
    for (int length : new int[] {0, 1, 5000}) {
      byte[] plain = new byte[length];
      new Random(length).nextBytes(plain);
      byte[] sealed = seal(plain);
      StatisticsPart part = StatisticsPart.parse(sealed);
      assertThat(part.uid()).isEqualTo(uid);
      assertThat(part.wrappedBy()).isEqualTo(key.reference());
      StatisticsPart.Opened opened = open("STATS", sealed);
      assertThat(opened.plain()).isEqualTo(plain);
      assertThat(opened.spec()).isEqualTo(SPEC);
      assertThat(seal(plain)).as("a data key of its own").isNotEqualTo(sealed);
    }
  }

  @Test
  void is_bound_to_what_it_is() {
    byte[] sealed = seal(new byte[10]);
    assertThatThrownBy(() -> open("HEADER", sealed)).isInstanceOf(CorruptCarrierException.class);
  }

  /** A key of a carrier, authentic as it is, is none of a part, and the other way round. */
  @Test
  void takes_no_key_that_is_wrapped_for_something_else() {
    SSTableKeys keys = SSTableKeys.create(() -> key, SALTS, TestKeys.HKDF, PROVIDER);
    byte[] sealed = seal(new byte[10]);
    byte[] carrier = keys.carrier().encode();
    byte[] changed = sealed.clone();
    int row = keys.carrier().rows().get(0).length();
    System.arraycopy(carrier, 26, changed, 24, row);
    assertThatThrownBy(() -> StatisticsPart.parse(changed))
        .isInstanceOf(CorruptCarrierException.class)
        .hasMessageContaining("which is not its own");
    byte[] foreign = carrier.clone();
    System.arraycopy(sealed, 24, foreign, 26, row);
    CarrierTest.mend(foreign);
    assertThatThrownBy(() -> Carrier.parse(foreign))
        .isInstanceOf(CorruptCarrierException.class)
        .hasMessageContaining("a key of Statistics.db");
  }

  @Test
  void rejects_every_change_of_one_byte_and_every_truncation() {
    byte[] sealed = seal(new byte[10]);
    for (int at = 0; at < sealed.length; at++) {
      for (int change = 1; change < 256; change += 1) {
        byte[] changed = sealed.clone();
        changed[at] ^= (byte) change;
        assertThatThrownBy(() -> open("STATS", changed))
            .isInstanceOfAny(CorruptCarrierException.class, KeyException.class);
      }
      byte[] cut = Arrays.copyOf(sealed, at);
      assertThatThrownBy(() -> open("STATS", cut)).isInstanceOf(CorruptCarrierException.class);
    }
  }

  @Test
  void every_key_spec_is_read_back_and_nothing_else_is_one() {
    List<KeySpec> specs =
        List.of(
            SPEC,
            KeySpec.kmip("g", null, CipherSpec.AES_128),
            KeySpec.local("/etc/keys/a key", CipherSpec.AES_192),
            new KeySpec(ProviderKind.KMIP, "größer", "n", CipherSpec.AES_256, "template", null));
    for (KeySpec spec : specs) {
      byte[] encoded = KeySpecCodec.encode(spec);
      assertThat(KeySpecCodec.decode(ByteBuffer.wrap(encoded))).isEqualTo(spec);
      for (int length = 0; length < encoded.length; length++) {
        byte[] cut = Arrays.copyOf(encoded, length);
        assertThatThrownBy(() -> KeySpecCodec.decode(ByteBuffer.wrap(cut)))
            .isInstanceOf(IllegalArgumentException.class);
      }
      byte[] longer = Arrays.copyOf(encoded, encoded.length + 1);
      assertThatThrownBy(() -> KeySpecCodec.decode(ByteBuffer.wrap(longer)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static List<StatisticsFile.Part> parts(byte[] sealed) {
    return List.of(
        StatisticsFile.Part.inClear(0, new byte[] {7, 8}),
        StatisticsFile.Part.sealed(2, sealed),
        StatisticsFile.Part.inClear(3, new byte[0]));
  }

  @Test
  void a_file_of_parts_is_read_back(@TempDir Path directory) throws IOException {
    byte[] file = StatisticsFile.encode(parts(seal(new byte[3])));
    List<StatisticsFile.Part> read =
        StatisticsFile.read(Files.write(directory.resolve("Statistics.db"), file));
    assertThat(read.stream().map(StatisticsFile.Part::type)).containsExactly(0, 2, 3);
    assertThat(read.get(0).inClear()).containsExactly(7, 8);
    assertThat(read.get(1).isSealed()).isTrue();
    assertThat(read.get(1).sealed().uid()).isEqualTo(uid);
    assertThat(read.get(2).inClear()).isEmpty();
    assertThat(StatisticsFile.encode(read)).isEqualTo(file);
  }

  /** The frame is no proof, and yet nothing but a frame may come out of it. */
  @Test
  void a_changed_frame_is_rejected() throws IOException {
    byte[] file = StatisticsFile.encode(parts(seal(new byte[3])));
    List<Integer> accepted = new ArrayList<>();
    for (int at = 0; at < file.length; at++) {
      byte[] changed = file.clone();
      changed[at] ^= 1;
      try {
        var unused = StatisticsFile.parse(changed);
        accepted.add(at);
      } catch (CorruptCarrierException rejected) {
        assertThat(rejected).hasMessageContaining("damaged or changed");
      }
      byte[] cut = Arrays.copyOf(file, at);
      assertThatThrownBy(() -> StatisticsFile.parse(cut))
          .isInstanceOf(CorruptCarrierException.class);
    }
    assertThat(accepted).isEmpty();
  }
}
