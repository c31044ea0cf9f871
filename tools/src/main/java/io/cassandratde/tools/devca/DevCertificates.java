package io.cassandratde.tools.devca;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A throwaway authority with one server and one client certificate. The authority's key is never
 * written: nobody can issue a further certificate under it.
 *
 * <p>EC P-256, because PyKMIP offers no GCM suite with RSA; the client has extendedKeyUsage
 * clientAuth and exactly one CN, because PyKMIP takes that CN as the owner of keys. So the same
 * files serve both servers.
 */
public final class DevCertificates {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  private final SecureRandom random;
  private final Instant now;
  private final KeyPairGenerator generator;
  private final JcaX509ExtensionUtils extensions;

  private DevCertificates(SecureRandom random, Instant now) throws GeneralSecurityException {
    this.random = random;
    this.now = now;
    generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    extensions = new JcaX509ExtensionUtils();
  }

  /** A private key and its chain, leaf first. */
  public record Identity(KeyPair keys, List<X509Certificate> chain) {
    public X509Certificate certificate() {
      return chain.get(0);
    }

    @Override
    public String toString() {
      return "Identity[" + certificate().getSubjectX500Principal() + "]";
    }
  }

  /**
   * Makes everything and writes it into the directory, which is created when absent.
   *
   * @param names further host names and addresses of the server, besides localhost and 127.0.0.1
   */
  public static DevStores create(
      Path directory, List<String> names, SecureRandom random, Instant now)
      throws IOException, GeneralSecurityException {
    DevCertificates maker = new DevCertificates(random, now);
    try {
      Identity authority = maker.authority();
      Identity server = maker.issued("cassandra-tde dev server", authority, names);
      Identity client = maker.issued("cassandra-tde", authority, null);
      Files.createDirectories(directory);
      DevStores stores = new DevStores(directory);
      stores.write(authority.certificate(), server, client, random);
      return stores;
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign certificates", e);
    }
  }

  private Identity authority()
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair keys = generator.generateKeyPair();
    X500Name name = name("cassandra-tde DEVELOPMENT ONLY authority");
    X509v3CertificateBuilder builder = builder(name, name, keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        extensions.createSubjectKeyIdentifier(keys.getPublic()));
    return new Identity(keys, List.of(sign(builder, keys)));
  }

  /** A server certificate when it has names, else a client certificate. */
  private Identity issued(
      String commonName,
      Identity authority,
      @org.jspecify.annotations.Nullable List<String> serverNames)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair keys = generator.generateKeyPair();
    X500Name issuer =
        X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
    X509v3CertificateBuilder builder = builder(issuer, name(commonName), keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            serverNames == null ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        extensions.createAuthorityKeyIdentifier(authority.certificate()));
    if (serverNames != null) {
      builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(serverNames));
    }
    return new Identity(keys, List.of(sign(builder, authority.keys()), authority.certificate()));
  }

  private X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair keys) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, random).add(BigInteger.ONE),
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(now.plus(VALIDITY)),
        subject,
        keys.getPublic());
  }

  private X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA")
                    .setSecureRandom(random)
                    .build(signer.getPrivate())));
  }

  private static X500Name name(String commonName) {
    return new X500Name("CN=" + commonName);
  }

  private static GeneralNames alternativeNames(List<String> further) throws IOException {
    List<String> names = new ArrayList<>(List.of("localhost", "127.0.0.1"));
    further.stream().filter(n -> !names.contains(n)).forEach(names::add);
    List<GeneralName> all = new ArrayList<>();
    for (String name : names) {
      boolean address = ADDRESS.matcher(name).matches();
      all.add(
          address
              ? new GeneralName(GeneralName.iPAddress, InetAddress.getByName(name).getHostAddress())
              : new GeneralName(GeneralName.dNSName, name));
    }
    return new GeneralNames(all.toArray(GeneralName[]::new));
  }
}
