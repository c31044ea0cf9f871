package io.cassandratde.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.pkcs11.FailingToken.Deviation;
import java.security.AuthProvider;
import java.security.Security;
import java.util.Map;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A token that is away, fails, or comes back without the sessions and handles of before. */
@Timeout(120)
class TokenFaultsTest {

  private static final int GENERAL_ERROR = 0x5;

  private final SoftToken token;
  private final Pkcs11Settings settings;
  private final Pkcs11Tokens tokens;
  private final Pkcs11KeyProvider provider;
  private final KeySpec spec = KeySpec.pkcs11("hsm", CipherSpec.AES_256);
  private final byte[] nonce = new byte[12];
  private final byte[] aad = new byte[3];
  private final byte[] material = new byte[32];

  TokenFaultsTest() throws Exception {
    token = SoftToken.unused();
    token.makeKey("a", 256);
    settings = new Pkcs11Settings("hsm", FailingToken.library(), token.slot(), 0, "a", null);
    tokens = new Pkcs11Tokens(Map.of("hsm", settings), name -> SoftToken.PIN.toCharArray());
    provider = new Pkcs11KeyProvider(tokens);
  }

  @AfterEach
  void works() throws Exception {
    FailingToken.works();
  }

  private HeldKey key() {
    return (HeldKey) provider.current(spec, null).key();
  }

  /** CKR_GENERAL_ERROR, _FUNCTION_FAILED, _DEVICE_ERROR, _DEVICE_REMOVED, _TOKEN_NOT_PRESENT. */
  @ParameterizedTest
  @ValueSource(ints = {GENERAL_ERROR, 0x6, 0x30, 0x32, 0xE0})
  void a_token_that_was_away_is_an_outage_and_works_on_when_it_is_back(int code) throws Exception {
    HeldKey key = key();
    byte[] sealed = key.seal(nonce, aad, material);
    FailingToken.away(code);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> key.open(nonce, aad, sealed))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessageContaining("token hsm");
      assertThatThrownBy(() -> key.seal(nonce, aad, material))
          .isInstanceOf(KeyUnavailableException.class);
      assertThatThrownBy(() -> provider.current(spec, key.reference()))
          .isInstanceOf(KeyUnavailableException.class);
    }
    assertThat(provider.hosts().get(0).failuresInARow()).isEqualTo(9);
    FailingToken.works();
    assertThat(key.open(nonce, aad, sealed)).isEqualTo(material);
    assertThat(key().reference()).isEqualTo(key.reference());
    assertThat(provider.hosts().get(0).lastError()).isNull();
  }

  /** The JDK tells a token's general error at decryption as a wrong tag. */
  @Test
  void a_token_that_fails_to_decrypt_tells_no_damage() throws Exception {
    HeldKey key = key();
    byte[] sealed = key.seal(nonce, aad, material);
    FailingToken.decryptsNot(GENERAL_ERROR);
    assertThatThrownBy(() -> key.open(nonce, aad, sealed))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("nor shows that it works");
    FailingToken.works();
    assertThat(key.open(nonce, aad, sealed)).isEqualTo(material);
    assertThatThrownBy(() -> key.open(nonce, new byte[4], sealed))
        .as("a token that works tells damage")
        .isInstanceOf(AEADBadTagException.class);
  }

  private static void assertRefused(ThrowingCallable sealing, Deviation how) {
    assertThatThrownBy(sealing)
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("token hsm")
        .hasMessageContaining("by key a, so nothing is sealed there")
        .hasMessageContaining("CKM_AES_GCM")
        .hasMessageContaining(
            switch (how) {
              case NONCE -> "does not seal by the nonce that it is given";
              case AAD -> "does not authenticate additional data";
              case SHORT -> "makes 44 bytes of 32 and a tag of 16";
              case TAG -> "opens what has another tag";
            });
  }

  @ParameterizedTest
  @EnumSource(Deviation.class)
  void a_key_seals_nothing_before_it_has_shown_that_it_seals_as_it_should(Deviation how)
      throws Exception {
    HeldKey key = key();
    byte[] sealed = key.seal(nonce, aad, material);
    FailingToken.deviates(how);
    assertThat(key.seal(new byte[12], aad, material)).as("proved once").isNotEmpty();

    tokens.use(Map.of("hsm", settings), name -> SoftToken.PIN.toCharArray());
    assertRefused(this::key, how);
    assertRefused(() -> key.seal(nonce, aad, material), how);
    assertRefused(() -> tokens.masterKeys("hsm").current(), how);
    KeyBinding binding = new KeyBinding("prod", "", CipherSpec.AES_256, UUID.randomUUID(), 1);
    assertRefused(() -> tokens.masterKeys("hsm").wrap(key.reference(), material, binding), how);
    HeldKey opening = (HeldKey) provider.byId(spec, key.reference());
    if (how == Deviation.NONCE || how == Deviation.TAG) {
      assertThat(opening.open(nonce, aad, sealed)).as("sealed before").isEqualTo(material);
    } else {
      assertRefused(() -> opening.open(nonce, aad, sealed), how); // and is not told as damaged
    }
    FailingToken.works();
    assertThat(key.open(nonce, aad, key().seal(nonce, aad, material))).isEqualTo(material);
  }

  @Test
  void a_token_that_was_opened_anew_proves_its_keys_again() throws Exception {
    HeldKey key = key();
    FailingToken.away(GENERAL_ERROR);
    assertThatThrownBy(() -> key.seal(nonce, aad, material))
        .isInstanceOf(KeyUnavailableException.class);
    FailingToken.deviates(Deviation.NONCE);
    assertRefused(() -> key.seal(nonce, aad, material), Deviation.NONCE);
  }

  @Test
  void a_token_that_fails_while_it_is_proved_is_an_outage() throws Exception {
    FailingToken.decryptsNot(GENERAL_ERROR);
    assertThatThrownBy(this::key)
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("what it sealed a moment ago");
    FailingToken.works();
    assertThat(key().bits()).isEqualTo(256);
  }

  @Test
  void somebody_else_in_the_process_may_log_the_token_out() throws Exception {
    HeldKey key = key();
    byte[] sealed = key.seal(nonce, aad, material);
    AuthProvider other =
        (AuthProvider) Security.getProvider("SunPKCS11").configure(settings.configuration());
    other.logout();
    assertThat(key.open(nonce, aad, sealed)).isEqualTo(material);
    other.logout();
    assertThat(key().reference()).isEqualTo(key.reference());
  }
}
