package io.cassandratde.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against SoftHSM2, a token that is not ours. */
@Timeout(120)
class Pkcs11KeyProviderTest {

  private static final byte[] AAD = "row".getBytes(StandardCharsets.US_ASCII);

  private final SoftToken token;
  private final Pkcs11Tokens tokens;
  private final Pkcs11KeyProvider provider;
  private final byte[] material = new byte[32];
  private final byte[] nonce = new byte[12];
  private final List<char[]> pins = new ArrayList<>();
  private String pin = SoftToken.PIN;

  Pkcs11KeyProviderTest() throws Exception {
    token = SoftToken.unused();
    token.makeKey("a", 256);
    tokens = new Pkcs11Tokens(settings("a", null), this::pin);
    provider = new Pkcs11KeyProvider(tokens);
    new SecureRandom().nextBytes(material);
    new SecureRandom().nextBytes(nonce);
  }

  private char[] pin(String name) {
    assertThat(name).isEqualTo("hsm");
    char[] one = pin.toCharArray();
    pins.add(one);
    return one;
  }

  private Map<String, Pkcs11Settings> settings(String primary, @Nullable String secondary)
      throws Exception {
    return Map.of(
        "hsm", new Pkcs11Settings("hsm", SoftToken.LIBRARY, token.slot(), 0, primary, secondary));
  }

  private static KeySpec spec(int bits) {
    return KeySpec.pkcs11("hsm", CipherSpec.aes(bits));
  }

  private HeldKey current() {
    return (HeldKey) provider.current(spec(256), null).key();
  }

  private HeldKey byId(KeyReference reference) {
    return (HeldKey) provider.byId(spec(256), reference);
  }

  @Test
  void the_primary_key_seals_and_opens_in_the_token_by_its_reference() throws Exception {
    HeldKey key = current();
    assertThat(key.bits()).isEqualTo(256);
    assertThat(key.reference().groupTag()).isEqualTo(spec(256).groupTag());
    byte[] sealed = key.seal(nonce, AAD, material);
    assertThat(sealed).hasSize(48);
    assertThat(byId(key.reference()).open(nonce, AAD, sealed)).isEqualTo(material);
    KeyReference asNamed = new KeyReference(key.reference().groupTag(), key.reference().keyId(), 0);
    assertThat(byId(asNamed).reference()).isEqualTo(key.reference());
    assertThatThrownBy(() -> key.open(nonce, new byte[1], sealed))
        .isInstanceOf(AEADBadTagException.class);
    assertThat(provider.current(spec(256), key.reference()).reason()).contains("primary_key a");
    assertThat(pins).isNotEmpty().allSatisfy(each -> assertThat(each).containsOnly('\0'));
  }

  @Test
  void keys_are_as_long_as_the_token_says_and_never_weaker_than_was_asked_for() throws Exception {
    for (int bits : new int[] {128, 192}) {
      token.makeKey("k" + bits, bits);
      tokens.use(settings("k" + bits, null), this::pin);
      assertThat(provider.current(spec(128), null).key().bits()).isEqualTo(bits);
      assertThatThrownBy(() -> provider.current(spec(256), null))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining(bits + " bits")
          .hasMessageContaining("secret_key_strength");
    }
  }

  @Test
  void a_secret_that_is_no_key_for_aes_is_a_wrong_label_and_no_outage() throws Exception {
    token.makeSecret("s");
    tokens.use(settings("s", null), this::pin);
    assertThatThrownBy(this::current)
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("key s of token hsm")
        .hasMessageContaining("what wraps keys is for AES");
  }

  @Test
  void a_label_that_names_another_key_by_now_makes_it_current_without_a_restart() throws Exception {
    HeldKey before = current();
    byte[] sealed = before.seal(nonce, AAD, material);
    token.makeKey("b", 256);
    tokens.use(settings("b", "a"), this::pin);
    HeldKey after = (HeldKey) provider.current(spec(256), before.reference()).key();
    assertThat(after.reference()).isNotEqualTo(before.reference());
    assertThat(before.open(nonce, AAD, sealed)).as("held since before").isEqualTo(material);
    assertThat(byId(before.reference()).open(nonce, AAD, sealed)).isEqualTo(material);
    token.deleteKey("a");
    tokens.use(settings("b", null), this::pin);
    assertThatThrownBy(() -> before.open(nonce, AAD, sealed))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("secondary_key");
    assertThatThrownBy(() -> byId(before.reference())).isInstanceOf(KeyNotFoundException.class);
    assertThat(after.open(nonce, AAD, after.seal(nonce, AAD, material))).isEqualTo(material);
  }

  @Test
  void a_key_that_was_made_anew_under_the_label_is_current_at_the_next_look() throws Exception {
    HeldKey before = current();
    token.deleteKey("a");
    assertThatThrownBy(() -> provider.current(spec(256), before.reference()))
        .isInstanceOfSatisfying(
            LastKeyEndedException.class,
            e -> assertThat(e.failure()).isInstanceOf(KeyNotFoundException.class));
    assertThatThrownBy(() -> provider.current(spec(256), null))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("no secret key of label a");
    assertThat(status().failuresInARow()).as("the token answers").isZero();
    token.makeKey("a", 256);
    assertThat(current().reference()).isNotEqualTo(before.reference());
  }

  /** Between two uses, so that the first thing anybody notices is that its handle is gone. */
  @Test
  void a_held_key_neither_seals_nor_opens_by_the_one_that_took_its_label() throws Exception {
    HeldKey sealing = current();
    byte[] sealed = sealing.seal(nonce, AAD, material);
    token.deleteKey("a");
    token.makeKey("a", 256);
    assertThatThrownBy(() -> sealing.seal(nonce, AAD, material))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining(sealing.reference().keyId());
    HeldKey opening = current();
    byte[] other = opening.seal(nonce, AAD, material);
    assertThat(other).isNotEqualTo(sealed);
    token.deleteKey("a");
    token.makeKey("a", 256);
    assertThatThrownBy(() -> opening.open(nonce, AAD, other))
        .as("no damage is told")
        .isInstanceOf(KeyNotFoundException.class);
  }

  @Test
  void a_refused_pin_is_tried_once_by_all_and_again_after_a_reload() throws Exception {
    pin = "99999999";
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(this::current)
          .isInstanceOf(KeyAccessDeniedException.class)
          .hasMessageContaining("refuses the PIN");
      assertThatThrownBy(() -> tokens.masterKeys("hsm").current())
          .isInstanceOf(KeyAccessDeniedException.class);
    }
    assertThat(pins).hasSize(1);
    assertThat(status().lastError()).contains("refuses the PIN");
    assertThat(status().failuresInARow()).isEqualTo(40);
    pin = SoftToken.PIN;
    tokens.use(settings("a", null), this::pin);
    assertThat(current().reference()).isEqualTo(tokens.masterKeys("hsm").current());
    assertThat(status().lastError()).isNull();
  }

  private HostStatus status() {
    assertThat(provider.hosts()).hasSize(1);
    return provider.hosts().get(0);
  }

  @Test
  void the_status_says_which_token_and_how_it_fares() throws Exception {
    assertThat(status().lastAnswer()).isNull();
    DataKey unused = current();
    assertThat(unused.isRetired()).isFalse();
    assertThat(status().group()).isEqualTo("hsm");
    assertThat(status().host()).contains("libsofthsm2.so, slot " + token.slot());
    assertThat(status().lastAnswer()).isNotNull();
    token.makeKey("a", 256);
    assertThatThrownBy(this::current)
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("two have one label");
    assertThat(status().lastError()).contains("two have one label");
  }

  @Test
  void what_the_configuration_does_not_name_is_refused_with_the_remedy() {
    assertThatThrownBy(() -> provider.check(KeySpec.pkcs11("other", CipherSpec.AES_256)))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("add it to pkcs11 in tde.yaml");
    assertThatThrownBy(() -> provider.check(KeySpec.kmip("hsm", null, CipherSpec.AES_256)))
        .isInstanceOf(KeyConfigException.class);
    KeyReference foreign = new KeyReference(spec(256).groupTag() + 1, "x", 0);
    assertThatThrownBy(() -> byId(foreign)).isInstanceOf(KeyConfigException.class);
    provider.check(spec(256));
    provider.checkKeyFile(spec(256));
    assertThat(pins).as("no token was asked").isEmpty();
    assertThat(spec(256).provider()).isEqualTo(ProviderKind.PKCS11);
  }
}
