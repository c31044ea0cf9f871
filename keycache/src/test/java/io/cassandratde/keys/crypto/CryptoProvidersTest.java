package io.cassandratde.keys.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyConfigException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import javax.crypto.MacSpi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CryptoProvidersTest {

  /** Claims both algorithms; its HMAC says nothing but zeros. */
  public static final class Broken extends Provider {
    private static final long serialVersionUID = 1L;

    public Broken() {
      super("Broken", "1", "wrong answers");
      Provider jdk = Security.getProvider("SunJCE");
      Service gcm = jdk.getService("Cipher", "AES/GCM/NoPadding");
      putService(
          new Service(this, "Cipher", "AES/GCM/NoPadding", gcm.getClassName(), null, null) {
            @Override
            public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
              return gcm.newInstance(parameter);
            }
          });
      put("Mac.HmacSHA256", ZeroMac.class.getName());
    }
  }

  /** See {@link Broken}. */
  public static final class ZeroMac extends MacSpi {
    @Override
    protected int engineGetMacLength() {
      return 32;
    }

    @Override
    protected void engineInit(
        java.security.Key key, java.security.spec.AlgorithmParameterSpec params) {}

    @Override
    protected void engineUpdate(byte input) {}

    @Override
    protected void engineUpdate(byte[] input, int offset, int len) {}

    @Override
    protected byte[] engineDoFinal() {
      return new byte[32];
    }

    @Override
    protected void engineReset() {}
  }

  @Test
  void the_jdks_provider_stands_in_when_corretto_is_not_on_the_class_path() {
    assertThat(CryptoProviders.choose(null).getName()).isEqualTo("SunJCE");
  }

  @Test
  void a_configured_provider_is_taken_by_name() {
    assertThat(CryptoProviders.choose("SunJCE").getName()).isEqualTo("SunJCE");
  }

  @Test
  void a_configured_provider_that_is_absent_is_an_error_and_never_replaced() {
    assertThatThrownBy(() -> CryptoProviders.choose("BCFIPS"))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("BCFIPS")
        .hasMessageContaining("class path");
    assertThatThrownBy(() -> CryptoProviders.choose("AmazonCorrettoCryptoProvider"))
        .isInstanceOf(KeyConfigException.class);
    assertThatThrownBy(() -> CryptoProviders.choose("java.lang.String"))
        .isInstanceOf(KeyConfigException.class);
  }

  @Test
  void a_provider_without_the_algorithms_or_with_wrong_answers_fails_its_self_test() {
    assertThatThrownBy(() -> CryptoProviders.choose("SUN"))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("self-test");
    assertThatThrownBy(() -> CryptoProviders.choose(Broken.class.getName()))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("HmacSHA256 gives a wrong answer");
  }
}
