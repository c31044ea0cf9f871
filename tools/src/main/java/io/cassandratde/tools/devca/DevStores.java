package io.cassandratde.tools.devca;

import io.cassandratde.tools.devca.DevCertificates.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one development directory: PKCS12 stores for Java, PEM for PyKMIP and openssl, and
 * one random password file (mode 600) for each store.
 */
public final class DevStores {
  private static final Base64.Encoder PEM =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final Path directory;

  public DevStores(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  public Path directory() {
    return directory;
  }

  public Path serverStore() {
    return directory.resolve("server.p12");
  }

  public Path clientStore() {
    return directory.resolve("client.p12");
  }

  public Path trustStore() {
    return directory.resolve("truststore.p12");
  }

  public Path authority() {
    return directory.resolve("ca.pem");
  }

  public Path configuration() {
    return directory.resolve("tde.yaml");
  }

  public Path passwordFile(Path store) {
    return store.resolveSibling(store.getFileName() + ".password");
  }

  public char[] password(Path store) throws IOException {
    return Files.readString(passwordFile(store)).strip().toCharArray();
  }

  private List<Path> needed() {
    return Stream.of(serverStore(), clientStore(), trustStore())
        .flatMap(store -> Stream.of(store, passwordFile(store)))
        .toList();
  }

  /** True when all stores are there, false when none is. */
  public boolean present() throws IOException {
    List<Path> missing = needed().stream().filter(p -> !Files.exists(p)).toList();
    if (missing.size() == needed().size()) {
      return false;
    }
    if (!missing.isEmpty()) {
      throw new IOException(
          directory
              + " holds a part of the stores; missing: "
              + missing
              + ". Remove the directory");
    }
    return true;
  }

  void write(X509Certificate authority, Identity server, Identity client, SecureRandom random)
      throws IOException, GeneralSecurityException {
    store(serverStore(), server, random);
    store(clientStore(), client, random);
    KeyStore trust = emptyStore();
    trust.setCertificateEntry("ca", authority);
    store(trustStore(), trust, password(random));
    Files.writeString(authority(), pem("CERTIFICATE", authority.getEncoded()));
    pems("server", server);
    pems("client", client);
  }

  /**
   * A configuration that uses these stores: a node and the CLI run with it as it stands.
   *
   * @param address {@code host:port} of the server
   */
  public void writeConfiguration(String group, String address) throws IOException {
    String yaml =
        """
        # Made by "cassandra-tde kmip-dev-server": DEVELOPMENT ONLY.
        kmip_hosts:
          %s:
            hosts: "%s"
            keystore_path: "%s"
            keystore_type: pkcs12
            keystore_password: {file: "%s"}
            truststore_path: "%s"
            truststore_type: pkcs12
            truststore_password: {file: "%s"}
            # A laptop under load is slower than a key server: DSE's default is 1000.
            timeout: 5000
        """
            .formatted(
                group,
                address,
                quoted(clientStore()),
                quoted(passwordFile(clientStore())),
                quoted(trustStore()),
                quoted(passwordFile(trustStore())));
    Path temporary = directory.resolve("tde.yaml.new");
    Files.writeString(temporary, yaml);
    Files.move(temporary, configuration(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static String quoted(Path path) {
    return path.toString().replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private void store(Path file, Identity identity, SecureRandom random)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    String password = password(random);
    store.setKeyEntry(
        "key",
        identity.keys().getPrivate(),
        password.toCharArray(),
        identity.chain().toArray(Certificate[]::new));
    store(file, store, password);
  }

  private void store(Path file, KeyStore store, String password)
      throws IOException, GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, password.toCharArray());
    secret(file, bytes.toByteArray());
    secret(passwordFile(file), (password + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void pems(String name, Identity identity) throws IOException, GeneralSecurityException {
    StringBuilder chain = new StringBuilder();
    for (X509Certificate certificate : identity.chain()) {
      chain.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    Files.writeString(directory.resolve(name + ".pem"), chain);
    PrivateKey key = identity.keys().getPrivate();
    secret(
        directory.resolve(name + "-key.pem"),
        pem("PRIVATE KEY", key.getEncoded()).getBytes(StandardCharsets.US_ASCII));
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + PEM.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** Created with mode 600, never made so afterwards. */
  private static void secret(Path file, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, content, StandardOpenOption.TRUNCATE_EXISTING);
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static String password(SecureRandom random) {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
