package io.cassandratde.kmip.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.kmip.hostile.HostileServer;
import io.cassandratde.kmip.hostile.Talk;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.Get;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is trusted, and what an operator reads when it goes wrong: the file and the option. */
@Timeout(120)
class TlsRulesTest {
  private static final TestStores STORES = TestStores.get();
  private static final String WRONG = "not-to-be-seen";

  private static TlsSettings tls(Path keystore, Path truststore) {
    return TlsSettings.pkcs12(keystore, STORES.password(), truststore, STORES.password());
  }

  private static KmipSettings settings(KmipHost host, TlsSettings tls) {
    return settings(List.of(host), tls);
  }

  private static KmipSettings settings(List<KmipHost> hosts, TlsSettings tls) {
    KmipSettings template = HostileServer.settings(hosts);
    return KmipSettings.of("test", hosts, tls)
        .withTimeouts(template.connectTimeout(), template.readTimeout(), template.deadline());
  }

  private static void assertRefused(HostileServer server, TlsSettings tls, String... messageParts)
      throws KmipException {
    try (KmipClient client = new KmipClient(settings(server.host(), tls))) {
      assertThatThrownBy(() -> client.call(new Get("key")))
          .isExactlyInstanceOf(KmipTlsException.class)
          .hasMessageContainingAll(messageParts)
          .hasMessageContaining(server.host().toString());
    }
  }

  @Test
  void should_refuse_a_certificate_for_another_host() throws KmipException {
    try (HostileServer server =
        new HostileServer(Talk::behave, STORES.serverElsewhere(), STORES.truststore())) {
      assertRefused(server, HostileServer.tls(), "certificate is for another host name");
      TlsSettings lax = HostileServer.tls().withVerifyHostname(false);
      try (KmipClient client = new KmipClient(settings(server.host(), lax))) {
        client.call(new Get("key")).close();
      }
    }
  }

  @Test
  void should_refuse_a_server_of_an_unknown_authority() throws KmipException {
    try (HostileServer server = new HostileServer(Talk::behave)) {
      assertRefused(
          server,
          tls(STORES.client(), STORES.foreignTruststore()),
          "truststore_path " + STORES.foreignTruststore());
      // Not a check of names that could be switched off with the host name's.
      assertRefused(
          server,
          tls(STORES.client(), STORES.foreignTruststore()).withVerifyHostname(false),
          "truststore_path");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void should_say_that_the_server_does_not_accept_our_certificate(String protocol)
      throws KmipException {
    try (HostileServer server =
            new HostileServer(Talk::behave, STORES.server(), STORES.foreignTruststore());
        HostileServer second = new HostileServer(Talk::behave)) {
      TlsSettings tls = HostileServer.tls().withProtocols(protocol);
      assertRefused(server, tls, "keystore_path " + STORES.client());
      // Nothing was read from us there: a Create may go on to the next host.
      KmipSettings both = settings(List.of(server.host(), second.host()), tls);
      try (KmipClient client = new KmipClient(both)) {
        client.call(new Create(Attributes.EMPTY));
        assertThat(second.received(OperationCode.CREATE)).isOne();
      }
    }
  }

  /**
   * In TLS 1.2 the verdict on our certificate belongs to the handshake: the same alert after a
   * request does not take the request back.
   */
  @Test
  void should_not_repeat_a_create_after_an_alert_that_came_behind_it() throws KmipException {
    HostileServer.Behaviour alerting =
        talk -> {
          talk.read();
          talk.refuseHandshakeAnew("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        };
    TlsSettings tls =
        new TlsSettings(
            STORES.client(),
            "PKCS12",
            STORES.password(),
            STORES.truststore(),
            "PKCS12",
            STORES.password(),
            List.of("TLSv1.2"),
            List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
            true);
    try (HostileServer server = new HostileServer(alerting);
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client =
            new KmipClient(
                KmipSettings.of("test", List.of(server.host(), second.host()), tls)
                    .withPin(ProtocolVersion.V1_0))) {
      assertThatThrownBy(() -> client.call(new Create(Attributes.EMPTY)))
          .isInstanceOf(KmipUnavailableException.class)
          .hasMessageContaining("handshake_failure")
          .hasMessageContaining("It may have been carried out");
      assertThat(server.received(OperationCode.CREATE)).isOne();
      assertThat(second.received(OperationCode.CREATE)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void should_speak_the_protocol_that_is_configured(String protocol) throws KmipException {
    AtomicReference<String> spoken = new AtomicReference<>();
    HostileServer.Behaviour noting =
        talk -> {
          spoken.set(talk.tlsProtocol());
          talk.behave();
        };
    try (HostileServer server = new HostileServer(noting);
        KmipClient client =
            new KmipClient(settings(server.host(), HostileServer.tls().withProtocols(protocol)))) {
      client.call(new Get("key")).close();
      assertThat(spoken).hasValue(protocol);
    }
  }

  @Test
  void should_name_a_protocol_that_does_not_exist() throws KmipException {
    try (HostileServer server = new HostileServer(Talk::behave)) {
      assertRefused(server, HostileServer.tls().withProtocols("TLSv1.9"), "TLSv1.9");
    }
  }

  @Test
  void should_name_the_file_if_a_password_is_wrong() {
    char[] wrong = WRONG.toCharArray();
    assertStoreRefused(
        TlsSettings.pkcs12(STORES.client(), wrong, STORES.truststore(), STORES.password()),
        "keystore_path " + STORES.client(),
        "keystore_password");
    assertStoreRefused(
        TlsSettings.pkcs12(STORES.client(), STORES.password(), STORES.truststore(), wrong),
        "truststore_path " + STORES.truststore(),
        "truststore_password");
    assertStoreRefused(
        TlsSettings.pkcs12(STORES.client(), wrong, STORES.truststore(), STORES.password())
            .withPasswordSources("keystore_password from /etc/store.password", "")
            .withVerifyHostname(true),
        "keystore_path " + STORES.client(),
        "with keystore_password from /etc/store.password (");
  }

  @Test
  void should_name_a_store_that_is_missing_or_no_store(@TempDir Path dir) throws IOException {
    Path missing = dir.resolve("missing.p12");
    assertStoreRefused(tls(missing, STORES.truststore()), "keystore_path " + missing, "not exist");
    assertStoreRefused(tls(STORES.client(), missing), "truststore_path " + missing);
    Path text = Files.writeString(dir.resolve("text.p12"), "-----BEGIN CERTIFICATE-----");
    assertStoreRefused(tls(text, STORES.truststore()), "keystore_path " + text);
    assertStoreRefused(tls(dir, STORES.truststore()), "keystore_path " + dir);
  }

  @Test
  void should_name_a_store_that_lacks_what_it_is_for() {
    assertStoreRefused(
        tls(STORES.truststore(), STORES.truststore()),
        "keystore_path " + STORES.truststore(),
        "holds no private key");
  }

  private static void assertStoreRefused(TlsSettings tls, String... messageParts) {
    assertThatThrownBy(() -> new KmipClient(settings(new KmipHost("localhost", 5696), tls)).close())
        .isExactlyInstanceOf(KmipTlsException.class)
        .hasMessageContaining("'test'")
        .hasMessageContainingAll(messageParts)
        .hasMessageNotContaining(WRONG);
  }
}
