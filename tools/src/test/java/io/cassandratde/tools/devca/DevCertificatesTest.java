package io.cassandratde.tools.devca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevCertificatesTest {
  private static Path directory;
  private static DevStores stores;

  @BeforeAll
  static void create(@TempDir Path temporary) throws Exception {
    directory = temporary;
    stores =
        DevCertificates.create(
            directory.resolve("ca"),
            List.of("kmip.test", "::1"),
            new SecureRandom(),
            Instant.now());
  }

  @Test
  void both_chains_verify_against_the_trust_store() throws Exception {
    KeyStore trust = load(stores.trustStore());
    PKIXParameters parameters = new PKIXParameters(trust);
    parameters.setRevocationEnabled(false);
    for (Path store : List.of(stores.serverStore(), stores.clientStore())) {
      List<X509Certificate> leafOnly = List.of(leaf(store));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(leafOnly), parameters);
    }
  }

  @Test
  void the_client_suits_pykmip_one_cn_client_auth_and_p256() throws Exception {
    X509Certificate client = leaf(stores.clientStore());
    assertThat(client.getSubjectX500Principal().getName()).isEqualTo("CN=cassandra-tde");
    assertThat(client.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(
            ((ECPublicKey) client.getPublicKey()).getParams().getCurve().getField().getFieldSize())
        .isEqualTo(256);
  }

  @Test
  void the_server_answers_to_loopback_and_every_further_name() throws Exception {
    assertThat(leaf(stores.serverStore()).getSubjectAlternativeNames())
        .extracting(san -> String.valueOf(san.get(1)))
        .containsExactly("localhost", "127.0.0.1", "kmip.test", "0:0:0:0:0:0:0:1");
  }

  @Test
  void secrets_are_for_their_owner_only_and_passwords_differ() throws Exception {
    for (String name :
        List.of(
            "server.p12",
            "server.p12.password",
            "client.p12",
            "client.p12.password",
            "truststore.p12",
            "truststore.p12.password",
            "server-key.pem",
            "client-key.pem")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(stores.directory().resolve(name))))
          .as(name)
          .isEqualTo("rw-------");
    }
    Set<String> passwords =
        Set.of(
            new String(stores.password(stores.serverStore())),
            new String(stores.password(stores.clientStore())),
            new String(stores.password(stores.trustStore())));
    assertThat(passwords).hasSize(3).allMatch(p -> p.length() >= 32);
    try (Stream<Path> files = Files.list(stores.directory())) {
      assertThat(files).noneMatch(p -> p.getFileName().toString().startsWith("ca-key"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void mutual_tls_works_in_the_jdk(String protocol) throws Exception {
    assertThat(handshake(protocol, "localhost", true)).isEqualTo("CN=cassandra-tde");
  }

  @Test
  void another_host_name_is_refused() {
    assertThatThrownBy(() -> handshake("TLSv1.3", "elsewhere.test", true))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("elsewhere.test");
  }

  @Test
  void a_part_of_the_files_is_not_taken_for_all() throws Exception {
    Path part = directory.resolve("part");
    DevStores made = DevCertificates.create(part, List.of(), new SecureRandom(), Instant.now());
    assertThat(made.present()).isTrue();
    Files.delete(made.passwordFile(made.clientStore()));
    assertThatThrownBy(made::present)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("client.p12.password");
    assertThat(new DevStores(directory.resolve("empty")).present()).isFalse();
  }

  /** The client's name as the server saw it. */
  private static String handshake(String protocol, String host, boolean verify) throws Exception {
    SSLContext server = context(stores.serverStore());
    SSLContext client = context(stores.clientStore());
    try (SSLServerSocket listener =
        (SSLServerSocket)
            server
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setNeedClientAuth(true);
      CompletableFuture<String> seen =
          CompletableFuture.supplyAsync(
              () -> {
                try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                  accepted.startHandshake();
                  accepted.getOutputStream().write(1);
                  return accepted.getSession().getPeerPrincipal().getName();
                } catch (IOException e) {
                  return "refused";
                }
              });
      try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
          SSLSocket socket =
              (SSLSocket)
                  client
                      .getSocketFactory()
                      .createSocket(plain, host, listener.getLocalPort(), true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        if (verify) {
          parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getInputStream().read()).isEqualTo(1);
      }
      return seen.get();
    }
  }

  private static SSLContext context(Path store) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(load(store), stores.password(store));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(load(stores.trustStore()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
    return context;
  }

  private static X509Certificate leaf(Path store) throws Exception {
    return (X509Certificate) load(store).getCertificate("key");
  }

  private static KeyStore load(Path store) throws Exception {
    KeyStore loaded = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      loaded.load(in, stores.password(store));
    }
    return loaded;
  }
}
