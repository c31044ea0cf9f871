package io.cassandratde.kmip.devserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A throw-away CA with server and client stores, made once per JVM by the JDK's keytool and deleted
 * at its end. All stores are PKCS12 under {@link #password()}.
 */
public final class TestStores {
  private static final String PASSWORD = "test-stores";

  private static final class Holder {
    static final TestStores INSTANCE = new TestStores();
  }

  private final Path dir;
  private final List<List<String>> commands = new ArrayList<>();

  private TestStores() {
    try {
      dir = Files.createTempDirectory("tde-test-stores");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(dir)));
    authority("ca");
    authority("other-ca");
    signed("server", "ca", "CN=localhost", "serverAuth", "SAN=dns:localhost,ip:127.0.0.1,ip:::1");
    signed("elsewhere", "ca", "CN=elsewhere", "serverAuth", "SAN=dns:elsewhere.example");
    signed("client", "ca", "CN=node", "clientAuth");
    signed("other-client", "ca", "CN=stranger", "clientAuth");
    signed("foreign-client", "other-ca", "CN=node", "clientAuth");
    trust("truststore", "ca");
    trust("foreign-truststore", "other-ca");
    KeytoolBatch.run(commands);
  }

  public static TestStores get() {
    return Holder.INSTANCE;
  }

  public char[] password() {
    return PASSWORD.toCharArray();
  }

  /** The certificate of localhost, 127.0.0.1 and ::1. */
  public Path server() {
    return dir.resolve("server.p12");
  }

  /** A server certificate for another host name. */
  public Path serverElsewhere() {
    return dir.resolve("elsewhere.p12");
  }

  /** The client certificate of CN=node. */
  public Path client() {
    return dir.resolve("client.p12");
  }

  /** The client certificate of CN=stranger, of the same authority. */
  public Path otherClient() {
    return dir.resolve("other-client.p12");
  }

  /** A client certificate of an authority that the server does not trust. */
  public Path foreignClient() {
    return dir.resolve("foreign-client.p12");
  }

  public Path truststore() {
    return dir.resolve("truststore.p12");
  }

  /** Trusts another authority than the server's. */
  public Path foreignTruststore() {
    return dir.resolve("foreign-truststore.p12");
  }

  /** Ready settings for a server that trusts {@link #client()} and {@link #otherClient()}. */
  /** Mutual TLS, of either side, from one of these key stores and one of these trust stores. */
  public SSLContext context(Path keystore, Path truststore) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(load(keystore), password());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(load(truststore));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore load(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream stream = Files.newInputStream(file)) {
      store.load(stream, password());
    }
    return store;
  }

  public DevServerSettings serverSettings() {
    return DevServerSettings.of(server(), password(), truststore(), password());
  }

  private void authority(String name) {
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=tde test " + name,
        "-ext",
        "bc:c",
        "-validity",
        "30",
        "-keystore",
        store(name));
    keytool("-exportcert", "-rfc", "-alias", name, "-keystore", store(name), "-file", pem(name));
  }

  private void signed(
      String name, String authority, String subject, String usage, String... extensions) {
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        subject,
        "-validity",
        "30",
        "-keystore",
        store(name));
    String request = dir.resolve(name + ".csr").toString();
    keytool("-certreq", "-alias", name, "-keystore", store(name), "-file", request);
    List<String> sign =
        new ArrayList<>(
            List.of(
                "-gencert",
                "-rfc",
                "-alias",
                authority,
                "-keystore",
                store(authority),
                "-infile",
                request,
                "-outfile",
                pem(name),
                "-validity",
                "30",
                "-ext",
                "EKU=" + usage));
    for (String extension : extensions) {
      sign.add("-ext");
      sign.add(extension);
    }
    keytool(sign.toArray(String[]::new));
    importCertificate(authority, pem(authority), store(name));
    importCertificate(name, pem(name), store(name));
  }

  private void trust(String name, String authority) {
    importCertificate(authority, pem(authority), store(name));
  }

  private void importCertificate(String alias, String file, String keystore) {
    keytool("-importcert", "-noprompt", "-alias", alias, "-file", file, "-keystore", keystore);
  }

  private String store(String name) {
    return dir.resolve(name + ".p12").toString();
  }

  private String pem(String name) {
    return dir.resolve(name + ".pem").toString();
  }

  private void keytool(String... arguments) {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    commands.add(command);
  }

  private static void deleteTree(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("left behind: " + root + " (" + e.getMessage() + ")");
    }
  }
}
