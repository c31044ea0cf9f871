package io.cassandratde.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * Expected values were made by an independent implementation: Python's hmac and hashlib, with every
 * field as {@code struct.pack('>H', len(field)) + field}.
 */
class DataKeyTest {

  private static final byte[] NONE = new byte[0];
  private final byte[] material = countingBytes(32);
  private final DataKey key = DataKey.of(7, "id", material, new Hkdf());

  @Test
  void tags_of_groups_are_as_documented() {
    assertThat(GroupTag.of(ProviderKind.KMIP, "vault")).isEqualTo(0xcdc7e111);
    assertThat(GroupTag.of(ProviderKind.LOCAL, "local")).isEqualTo(0xe2549706);
  }

  @Test
  void check_value_and_derived_keys_are_as_documented() {
    assertThat(key.reference()).isEqualTo(new KeyReference(7, "id", 0xba905ced));
    assertThat(
            key.derive(KeyUse.CHUNK, new byte[16], "ctx".getBytes(StandardCharsets.US_ASCII), 32))
        .isEqualTo(
            HexFormat.of()
                .parseHex("92f6c2d032d4197dceadac9ebb506c90fe170f189b873787d357207c3f182152"));
  }

  @Test
  void every_use_salt_and_context_has_a_key_of_its_own() {
    byte[] chunk = key.derive(KeyUse.CHUNK, new byte[16], NONE, 32);
    assertThat(key.derive(KeyUse.WRAP, new byte[16], NONE, 32)).isNotEqualTo(chunk);
    assertThat(key.derive(KeyUse.CHUNK, countingBytes(16), NONE, 32)).isNotEqualTo(chunk);
    assertThat(key.derive(KeyUse.CHUNK, new byte[16], new byte[1], 32)).isNotEqualTo(chunk);
  }

  @Test
  void all_zeros_is_no_key() {
    assertThatThrownBy(() -> DataKey.of(7, "id", new byte[32], new Hkdf()))
        .hasMessageContaining("zeros");
    assertThatThrownBy(() -> DataKey.of(7, "id", new byte[31], new Hkdf()))
        .hasMessageContaining("31 bytes");
  }

  @Test
  void a_retired_key_is_wiped_when_the_last_lease_ends() {
    DataKey.Lease first = key.lease();
    DataKey.Lease second = key.lease();
    key.retire();
    first.close();
    first.close();
    assertThat(key.isWiped()).isFalse();
    assertThatCode(() -> second.key().derive(KeyUse.CHUNK, NONE, NONE, 32))
        .doesNotThrowAnyException();
    second.close();
    assertThat(key.isWiped()).isTrue();
    assertThatThrownBy(() -> key.derive(KeyUse.CHUNK, NONE, NONE, 32))
        .hasMessageContaining("wiped");
    assertThatThrownBy(key::lease).hasMessageContaining("wiped");
    assertThatThrownBy(second::key).hasMessageContaining("closed");
  }

  @Test
  void wiping_overwrites_the_material() throws ReflectiveOperationException {
    var field = key.getClass().getDeclaredField("material");
    field.setAccessible(true);
    assertThat((byte[]) field.get(key)).isEqualTo(material);
    key.retire();
    assertThat((byte[]) field.get(key)).containsOnly(0);
  }

  @Test
  void prints_no_material_and_compares_by_identity() {
    assertThat(key.toString())
        .contains("id")
        .doesNotContain(HexFormat.of().formatHex(material, 0, 4));
    assertThat(DataKey.of(7, "id", material, new Hkdf())).isNotEqualTo(key);
  }

  @Test
  void the_caller_keeps_its_own_array() {
    byte[] mine = material.clone();
    DataKey copy = DataKey.of(7, "id", mine, new Hkdf());
    mine[0] ^= 1;
    assertThat(copy.derive(KeyUse.CHUNK, NONE, NONE, 16))
        .isEqualTo(key.derive(KeyUse.CHUNK, NONE, NONE, 16));
  }

  @Test
  void causes_are_flattened_into_the_text_of_key_exceptions() {
    var outage =
        new KeyUnavailableException(
            "no key", new java.io.IOException("refused", new java.io.IOException("deep")));
    assertThat(outage).hasMessage("no key: refused: deep").hasNoCause();
    assertThat(outage.again()).isNotSameAs(outage).hasMessage(outage.getMessage());
  }

  private static byte[] countingBytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  /** Hands back what it gets, and counts. */
  private static final class Keeper implements HeldKey.Keeper {
    int uses;

    @Override
    public byte[] seal(KeyReference by, byte[] nonce, byte[] aad, byte[] plain) {
      uses++;
      return plain.clone();
    }

    @Override
    public byte[] open(KeyReference by, byte[] nonce, byte[] aad, byte[] sealed) {
      uses++;
      return sealed.clone();
    }
  }

  @Test
  void a_key_that_is_held_elsewhere_gives_nothing_out() throws Exception {
    Keeper keeper = new Keeper();
    HeldKey held = new HeldKey(key.reference(), 256, keeper);
    assertThatThrownBy(() -> held.derive(KeyUse.CHUNK, NONE, NONE, 32))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("never leaves its token")
        .hasMessageContaining("select that format");
    assertThatThrownBy(() -> held.<byte[]>wrap(byte[]::clone))
        .isInstanceOf(KeyConfigException.class);
    assertThat(held.open(NONE, NONE, held.seal(NONE, NONE, material))).isEqualTo(material);
    assertThat(held.toString()).contains("256 bits");
  }

  @Test
  void a_held_key_is_used_under_leases_as_any_other() {
    Keeper keeper = new Keeper();
    HeldKey held = new HeldKey(key.reference(), 256, keeper);
    DataKey.Lease lease = held.lease();
    held.retire();
    assertThat(held.seal(NONE, NONE, material)).isEqualTo(material);
    lease.close();
    assertThat(held.isWiped()).isTrue();
    assertThatThrownBy(() -> held.seal(NONE, NONE, material))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> held.open(NONE, NONE, material))
        .isInstanceOf(IllegalStateException.class);
    assertThat(keeper.uses).isEqualTo(1);
  }
}
