package io.cassandratde.e2e.kmip;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority, one server and one client, as PKCS12 for Java and as PEM for Python. EC
 * P-256, since PyKMIP offers no GCM suite with RSA; the client has exactly one CN, which PyKMIP
 * takes for the owner of its keys.
 */
public record Stores(Path directory) {

  public static final String PASSWORD = "store-password";

  public static Stores create(Path directory) {
    return create(directory, "e2e CA", Duration.ofDays(7));
  }

  /**
   * With an authority of this name of its own.
   *
   * @param validity of all certificates, from now on
   */
  public static Stores create(Path directory, String name, Duration validity) {
    return create(directory, name, validity, "127.0.0.1");
  }

  /** With a server at this address. */
  public static Stores create(Path directory, String name, Duration validity, String address) {
    try {
      Files.createDirectories(directory);
      KeyPair authority = keyPair();
      Signer signer = new Signer(name, authority, validity);
      X509Certificate ca = signer.sign(name, authority, null, address);
      KeyPair server = keyPair();
      X509Certificate serverCertificate =
          signer.sign("localhost", server, KeyPurposeId.id_kp_serverAuth, address);
      KeyPair client = keyPair();
      X509Certificate clientCertificate =
          signer.sign("cassandra-node", client, KeyPurposeId.id_kp_clientAuth, address);
      Stores stores = new Stores(directory);
      pem(stores.caPem(), "CERTIFICATE", ca.getEncoded());
      pem(stores.serverPem(), "CERTIFICATE", serverCertificate.getEncoded());
      pem(stores.serverKeyPem(), "PRIVATE KEY", server.getPrivate().getEncoded());
      pem(stores.clientPem(), "CERTIFICATE", clientCertificate.getEncoded());
      pem(stores.clientKeyPem(), "PRIVATE KEY", client.getPrivate().getEncoded());
      store(stores.keystore(), client.getPrivate(), clientCertificate, ca);
      store(stores.internodeKeystore(), server.getPrivate(), serverCertificate, ca);
      store(stores.truststore(), null, ca);
      return stores;
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy, in which client and server trust the authority of the others besides. */
  public Stores alsoTrusting(Stores others, Path copy) {
    try {
      Files.createDirectories(copy);
      for (Path file : files()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
      Stores both = new Stores(copy);
      Files.writeString(both.caPem(), Files.readString(caPem()) + Files.readString(others.caPem()));
      KeyStore trusted = load(truststore());
      trusted.setCertificateEntry("other", load(others.truststore()).getCertificate("ca"));
      save(trusted, both.truststore());
      return both;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.toList();
    }
  }

  Path caPem() {
    return directory.resolve("ca.pem");
  }

  Path serverPem() {
    return directory.resolve("server.pem");
  }

  Path serverKeyPem() {
    return directory.resolve("server-key.pem");
  }

  Path clientPem() {
    return directory.resolve("client.pem");
  }

  Path clientKeyPem() {
    return directory.resolve("client-key.pem");
  }

  public Path keystore() {
    return directory.resolve("client.p12");
  }

  /** For Cassandra's server_encryption_options. */
  public Path internodeKeystore() {
    return directory.resolve("server.p12");
  }

  public Path truststore() {
    return directory.resolve("truststore.p12");
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** Signs in the name of an authority. */
  private record Signer(String issuer, KeyPair issuerKeys, Duration validity) {

    X509Certificate sign(
        String subject, KeyPair subjectKeys, @Nullable KeyPurposeId purpose, String address)
        throws OperatorCreationException, CertIOException, GeneralSecurityException {
      Instant now = Instant.now();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              BigInteger.valueOf(System.nanoTime()),
              Date.from(now.minus(Duration.ofHours(1))),
              Date.from(now.plus(validity)),
              new X500Name("CN=" + subject),
              subjectKeys.getPublic());
      if (purpose == null) {
        extend(builder, Extension.basicConstraints, new BasicConstraints(true));
      } else {
        extend(builder, Extension.extendedKeyUsage, new ExtendedKeyUsage(purpose));
        extend(
            builder,
            Extension.subjectAlternativeName,
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.dNSName, "localhost"),
                  new GeneralName(GeneralName.iPAddress, address)
                }));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
    }
  }

  private static void extend(
      JcaX509v3CertificateBuilder builder, ASN1ObjectIdentifier extension, ASN1Encodable value)
      throws CertIOException {
    builder.addExtension(extension, extension.equals(Extension.basicConstraints), value);
  }

  private static void pem(Path file, String type, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }

  private static void store(Path file, @Nullable PrivateKey key, Certificate... chain)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (key == null) {
      store.setCertificateEntry("ca", chain[0]);
    } else {
      store.setKeyEntry("client", key, PASSWORD.toCharArray(), chain);
    }
    save(store, file);
  }

  private static KeyStore load(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static void save(KeyStore store, Path file) throws GeneralSecurityException, IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
