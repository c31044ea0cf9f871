package io.cassandratde.sstable.format.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CarriedBytesTest {

  private static final Provider PROVIDER = TestKeys.sunJce();
  private static final Salts SALTS = Salts.ofOperatingSystem();

  private final TestKeys server = new TestKeys();
  private final DataKey key = server.add(TestKeys.key("current", 256, 1));
  private final SSTableKeys keys = SSTableKeys.create(() -> key, SALTS, TestKeys.HKDF, PROVIDER);

  private byte[] seal(byte[] plain) throws IOException {
    return CarriedBytes.seal(keys, SSTableKeys.FIRST, "STATS", plain, SALTS, PROVIDER);
  }

  private byte[] open(String what, byte[] sealed) throws IOException {
    Carrier carrier = CarriedBytes.carrier(sealed);
    try (SSTableKeys found = SSTableKeys.open(carrier, server, TestKeys.HKDF, PROVIDER)) {
      return CarriedBytes.open(found, what, sealed, PROVIDER);
    }
  }

  @Test
  void opens_by_the_carrier_within() throws IOException {
    for (int length : new int[] {0, 1, 5000}) {
      byte[] plain = new byte[length];
      new Random(length).nextBytes(plain);
      byte[] sealed = seal(plain);
      assertThat(sealed).hasSize(CarriedBytes.sealedLength(keys.carrier(), length));
      assertThat(CarriedBytes.isSealed(sealed)).isTrue();
      assertThat(open("STATS", sealed)).isEqualTo(plain);
      assertThat(seal(plain)).as("a salt of its own").isNotEqualTo(sealed);
    }
  }

  @Test
  void are_bound_to_what_they_are() throws IOException {
    byte[] sealed = seal(new byte[10]);
    assertThatThrownBy(() -> open("HEADER", sealed)).isInstanceOf(CorruptCarrierException.class);
  }

  @Test
  void rejects_every_change_of_one_byte_and_every_truncation() throws IOException {
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
}
