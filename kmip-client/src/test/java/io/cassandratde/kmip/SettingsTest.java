package io.cassandratde.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final TlsSettings TLS =
      TlsSettings.pkcs12(
          Path.of("key.p12"), "hunter2".toCharArray(), Path.of("ca.p12"), "hunter3".toCharArray());

  @ParameterizedTest
  @CsvSource({
    "kmip1, kmip1, 5696, kmip1:5696",
    "' kmip1:5697 ', kmip1, 5697, kmip1:5697",
    "10.0.0.1:1, 10.0.0.1, 1, 10.0.0.1:1",
    "'[::1]:5697', ::1, 5697, '[::1]:5697'",
    "'[fe80::1]', fe80::1, 5696, '[fe80::1]:5696'",
    "fe80::1, fe80::1, 5696, '[fe80::1]:5696'",
  })
  void should_read_hosts_and_write_them_again(String text, String host, int port, String written) {
    KmipHost parsed = KmipHost.parse(text);
    assertThat(parsed).isEqualTo(new KmipHost(host, port)).hasToString(written);
    assertThat(KmipHost.parse(written)).isEqualTo(parsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":5696", "kmip1:", "kmip1:x", "kmip1:0", "kmip1:65536", "[::1", "[::1]x"})
  void should_refuse_what_is_no_host(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KmipHost.parse(text))
        .withMessageContaining("not a KMIP host");
  }

  @Test
  void should_order_versions() {
    assertThat(ProtocolVersion.SUPPORTED).isSortedAccordingTo(Comparator.reverseOrder()).hasSize(7);
    assertThat(ProtocolVersion.parse("1.4")).isEqualTo(ProtocolVersion.V1_4);
    assertThatIllegalArgumentException().isThrownBy(() -> ProtocolVersion.parse("3.0"));
  }

  @Test
  void should_refuse_limits_that_make_no_sense() {
    KmipSettings good = KmipSettings.of("g", List.of(KmipHost.parse("h")), TLS);
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KmipSettings.of("g", List.of(), TLS))
        .withMessageContaining("has no hosts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> good.withTimeouts(Duration.ZERO, second, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> good.withTimeouts(second, Duration.ofDays(400), second));
    assertThatIllegalArgumentException().isThrownBy(() -> good.withPool(0, second));
    assertThatIllegalArgumentException().isThrownBy(() -> good.withPin(new ProtocolVersion(3, 0)));
  }

  @Test
  void should_print_no_secret() {
    Credential credential = new Credential("node1", "hunter4".toCharArray());
    KmipSettings settings =
        KmipSettings.of("g", List.of(KmipHost.parse("h")), TLS).withCredential(credential);
    assertThat(settings.toString()).contains("node1", "key.p12").doesNotContain("hunter");
    assertThat(new SecretBytes(new byte[] {1, 2}).toString()).isEqualTo("SecretBytes[2 bytes]");
  }

  @Test
  void should_keep_its_own_copies_of_passwords() {
    char[] password = "hunter5".toCharArray();
    Credential credential = new Credential("node1", password);
    Arrays.fill(password, 'x');
    credential.password()[0] = 'y';
    assertThat(credential.password()).isEqualTo("hunter5".toCharArray());
  }

  @Test
  void should_wipe_key_material_in_place() {
    byte[] material = {1, 2, 3};
    SecretBytes secret = new SecretBytes(material);
    assertThat(secret.sameAs(new byte[] {1, 2, 3})).isTrue();
    secret.close();
    assertThat(material).containsOnly(0);
    assertThat(secret.sameAs(new byte[3])).isFalse();
    assertThatIllegalStateException().isThrownBy(secret::copy);
  }
}
