package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.crypto.X25519;
import io.cassandratde.keys.master.DamagedWrapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A sealed key opens with its recipient's private key, unchanged, and in no other way. */
class SealedKeyTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/sealed-key-v1.txt");

  private static List<String[]> all() throws IOException {
    return Files.readAllLines(VECTORS).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\\|", -1))
        .toList();
  }

  static List<String> vectors() throws IOException {
    return all().stream().map(fields -> String.join("|", fields)).toList();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static byte[] opened(byte[] bytes, byte[] privateKey) throws Exception {
    return SealedKey.parse(bytes).open(privateKey, byte[]::clone);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void is_what_the_vector_says_in_both_directions(String vector) throws Exception {
    String[] fields = vector.split("\\|", -1);
    byte[] own = hex(fields[1]);
    byte[] bytes = hex(fields[4]);
    SealedKey parsed = SealedKey.parse(bytes);
    DataKeyRow row = parsed.row();
    String[] says = fields[0].split(",", -1);
    assertThat(row.keyId()).hasToString(says[0]);
    assertThat(row.version()).isEqualTo(Integer.parseInt(says[1]));
    assertThat(row.line().master()).isEqualTo(says[3]);
    assertThat(row.line().namespace()).isEqualTo(says[4]);
    assertThat(opened(bytes, own)).isEqualTo(hex(fields[3]));
    assertThat(parsed.bytes()).isEqualTo(bytes);
    assertThat(SealedKey.seal(row, hex(fields[3]), X25519.publicKey(own), hex(fields[2])).bytes())
        .isEqualTo(bytes);
  }

  @Test
  void any_changed_byte_and_any_cut_is_found() throws Exception {
    assertThat(all()).hasSize(3);
    String[] fields = all().get(0);
    byte[] own = hex(fields[1]);
    byte[] good = hex(fields[4]);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertThatThrownBy(() -> opened(bad, own))
          .as("byte %d", i)
          .isInstanceOfAny(DamagedWrapException.class, IOException.class);
      byte[] cut = Arrays.copyOf(good, i);
      assertThatThrownBy(() -> SealedKey.parse(cut)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> SealedKey.parse(Arrays.copyOf(good, good.length + 1)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> SealedKey.parse(Arrays.copyOf(good, 1 << 20)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void what_is_sealed_for_one_key_does_not_open_as_another() throws Exception {
    DataKeyRow row = SealedKey.parse(hex(all().get(0)[4])).row();
    byte[] own = hex(all().get(0)[1]);
    byte[] recipient = X25519.publicKey(own);
    byte[] material = hex(all().get(0)[3]);
    DataKeyRow other =
        new DataKeyRow(
            new KeyLine(row.line().master(), "other", row.line().cipher()),
            row.version(),
            row.keyId(),
            row.checkValue(),
            row.state(),
            row.createdAt(),
            row.activeFrom(),
            row.changedAt());
    byte[] good = SealedKey.seal(row, material, recipient).bytes();
    byte[] copied = SealedKey.seal(other, hex("22".repeat(32)), recipient).bytes();
    System.arraycopy(good, good.length - 48, copied, copied.length - 48, 48);
    System.arraycopy(good, good.length - 80, copied, copied.length - 80, 32);
    assertThatThrownBy(() -> opened(copied, own)).hasMessageContaining("does not open");

    byte[] another = SealedKey.seal(row, hex("22".repeat(32)), recipient).bytes();
    assertThatThrownBy(() -> opened(another, own)).hasMessageContaining("check value");
    assertThatThrownBy(() -> opened(good, hex("11".repeat(32))))
        .isInstanceOf(DamagedWrapException.class)
        .hasMessageContaining("sealed to another key");
  }

  @Test
  void each_is_sealed_by_a_key_of_its_own_and_what_opened_is_wiped() throws Exception {
    String[] fields = all().get(0);
    SealedKey vector = SealedKey.parse(hex(fields[4]));
    byte[] recipient = X25519.publicKey(hex(fields[1]));
    SealedKey one = SealedKey.seal(vector.row(), hex(fields[3]), recipient);
    SealedKey two = SealedKey.seal(vector.row(), hex(fields[3]), recipient);
    assertThat(one.bytes()).as("the nonce is the same").isNotEqualTo(two.bytes());
    byte[] used = one.open(hex(fields[1]), it -> it);
    assertThat(used).isEqualTo(new byte[hex(fields[3]).length]);
  }

  @Test
  void another_format_or_version_is_told_as_such() throws Exception {
    byte[] good = hex(all().get(0)[4]);
    byte[] later = good.clone();
    later[7] = 2;
    assertThatThrownBy(() -> SealedKey.parse(later)).hasMessageContaining("version 2, not 1");
    byte[] other = good.clone();
    other[6] ^= 1;
    assertThatThrownBy(() -> SealedKey.parse(other)).hasMessageContaining("no sealed key");
  }

  /** Vectors of RFC 7748, sections 6.1 and 5.2. */
  @Test
  void keys_agree_as_the_rfc_says() throws Exception {
    byte[] alice = hex("51".repeat(32));
    byte[] bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    assertThat(X25519.publicKey(bob))
        .isEqualTo(hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    assertThat(X25519.agree(alice, X25519.publicKey(bob)))
        .isEqualTo(X25519.agree(bob, X25519.publicKey(alice)));
    byte[] scalar = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    byte[] point = hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    assertThat(X25519.agree(scalar, point))
        .isEqualTo(hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"));
  }

  /** All whose order is 8 or less, and what is written otherwise than it should be. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "00",
        ""
      })
  void nothing_is_sealed_to_a_key_with_which_all_agree_on_the_same(String publicKey)
      throws Exception {
    DataKeyRow row = SealedKey.parse(hex(all().get(0)[4])).row();
    assertThatThrownBy(() -> SealedKey.seal(row, new byte[32], hex(publicKey)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no data key is sealed to this key");
  }
}
