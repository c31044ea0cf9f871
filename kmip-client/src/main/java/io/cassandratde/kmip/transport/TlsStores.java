package io.cassandratde.kmip.transport;

import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.TlsSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The two stores of a group as they were when they were read. Both are read once, so that what
 * connections use and what is told of them is the same; every failure names the file and the option
 * to look at.
 */
public final class TlsStores {

  /** The options of the stores, less {@code _path}. */
  public static final String KEYSTORE = "keystore";

  public static final String TRUSTSTORE = "truststore";

  private final TlsSettings settings;
  private final SSLContext context;
  private final byte[] digest;
  private final List<Held> certificates;

  /** Only saves reading files that did not change. */
  private volatile List<Stamp> stamps;

  /**
   * A certificate that a store holds for its purpose: this client's own, or a trust anchor.
   *
   * @param store {@link #KEYSTORE} or {@link #TRUSTSTORE}
   * @param subject in the form of RFC 2253
   * @param serial in hexadecimal
   */
  public record Held(String store, String subject, String serial, Instant notAfter) {}

  private record Stamp(FileTime modified, long size, @Nullable Object fileKey) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
    }
  }

  private TlsStores(
      TlsSettings settings,
      SSLContext context,
      byte[] digest,
      List<Held> certificates,
      List<Stamp> stamps) {
    this.settings = settings;
    this.context = context;
    this.digest = digest;
    this.certificates = List.copyOf(certificates);
    this.stamps = stamps;
  }

  /**
   * Reads both.
   *
   * @throws KmipTlsException naming the store that cannot be used
   */
  public static TlsStores load(String group, TlsSettings tls) throws KmipTlsException {
    char[] keyPassword = tls.keystorePassword();
    char[] trustPassword = tls.truststorePassword();
    try {
      // Before the content: what changes in between is noticed at the next look.
      List<Stamp> stamps = stampsIfThere(tls);
      byte[] keyBytes = read(group, KEYSTORE, tls.keystore());
      KeyStore keys = keystore(group, tls, keyBytes, keyPassword);
      byte[] trustBytes = read(group, TRUSTSTORE, tls.truststore());
      KeyStore trusted =
          open(
              group,
              TRUSTSTORE,
              tls.truststore(),
              trustBytes,
              tls.truststoreType(),
              trustPassword,
              tls.truststorePasswordSource());
      List<Held> certificates = new ArrayList<>();
      certificates.addAll(held(group, KEYSTORE, tls.keystore(), keys));
      certificates.addAll(held(group, TRUSTSTORE, tls.truststore(), trusted));
      return new TlsStores(
          tls,
          context(group, tls, keys, keyPassword, trusted),
          digest(keyBytes, trustBytes),
          certificates,
          stamps);
    } finally {
      Arrays.fill(keyPassword, '\0');
      Arrays.fill(trustPassword, '\0');
    }
  }

  private static SSLContext context(
      String group, TlsSettings tls, KeyStore keys, char[] keyPassword, KeyStore trusted)
      throws KmipTlsException {
    try {
      KeyManagerFactory keyManagers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(keys, keyPassword);
      TrustManagerFactory trustManagers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trustManagers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new KmipTlsException(
          "KMIP group '%s': the private key in %s cannot be used with %s; give the key the store's password (%s)"
              .formatted(group, tls.keystore(), tls.keystorePasswordSource(), e.getMessage()),
          e);
    }
  }

  SSLContext context() {
    return context;
  }

  /** Who the client is: the subjects of all certificates that have a private key. */
  public String subject() {
    return certificates.stream()
        .filter(held -> held.store().equals(KEYSTORE))
        .map(Held::subject)
        .collect(Collectors.joining(" | "));
  }

  public List<Held> certificates() {
    return certificates;
  }

  /** Whether other stores hold the very same bytes. */
  public boolean sameContent(TlsStores other) {
    return MessageDigest.isEqual(digest, other.digest);
  }

  /**
   * Whether the files hold something else by now. Reads them only when their time, size or inode is
   * another.
   *
   * @throws IOException a file cannot be read now
   */
  public boolean isOutdated() throws IOException {
    List<Stamp> now;
    byte[] there;
    try {
      now = stamps(settings);
      if (now.equals(stamps)) {
        return false;
      }
      there =
          digest(
              Files.readAllBytes(settings.keystore()), Files.readAllBytes(settings.truststore()));
    } catch (IOException e) {
      throw new IOException("a TLS store cannot be read: " + e, e);
    }
    if (!MessageDigest.isEqual(there, digest)) {
      return true;
    }
    stamps = now;
    return false;
  }

  private static List<Stamp> stamps(TlsSettings tls) throws IOException {
    return List.of(Stamp.of(tls.keystore()), Stamp.of(tls.truststore()));
  }

  /** A file that is not there is told of where it is read. */
  private static List<Stamp> stampsIfThere(TlsSettings tls) {
    try {
      return stamps(tls);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static byte[] digest(byte[] keys, byte[] trusted) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] first = digest.digest(keys);
      digest.update(first);
      return digest.digest(trusted);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] read(String group, String option, Path file) throws KmipTlsException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new KmipTlsException(
          "KMIP group '%s': %s_path %s does not exist or cannot be read by this user"
              .formatted(group, option, file),
          e);
    }
  }

  static KeyStore keystore(String group, TlsSettings tls, char[] password) throws KmipTlsException {
    return keystore(group, tls, read(group, KEYSTORE, tls.keystore()), password);
  }

  private static KeyStore keystore(String group, TlsSettings tls, byte[] bytes, char[] password)
      throws KmipTlsException {
    return open(
        group,
        KEYSTORE,
        tls.keystore(),
        bytes,
        tls.keystoreType(),
        password,
        tls.keystorePasswordSource());
  }

  private static KeyStore open(
      String group,
      String option,
      Path file,
      byte[] bytes,
      String type,
      char[] password,
      String source)
      throws KmipTlsException {
    try {
      KeyStore store = KeyStore.getInstance(type);
      store.load(new ByteArrayInputStream(bytes), password);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new KmipTlsException(
          "KMIP group '%s': %s_path %s does not open as %s with %s (%s); correct the password or %s_type"
              .formatted(group, option, file, type, source, e.getMessage(), option),
          e);
    }
  }

  /**
   * What the store is for. One without it fails at the first handshake, with a message that helps
   * nobody.
   */
  private static List<Held> held(String group, String option, Path file, KeyStore store)
      throws KmipTlsException {
    boolean privateKey = option.equals(KEYSTORE);
    boolean any = false;
    List<Held> held = new ArrayList<>();
    try {
      for (String alias : Collections.list(store.aliases())) {
        if (privateKey ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
          any = true;
          Certificate certificate = store.getCertificate(alias);
          if (certificate instanceof X509Certificate x509) {
            held.add(
                new Held(
                    option,
                    x509.getSubjectX500Principal().getName(),
                    x509.getSerialNumber().toString(16),
                    x509.getNotAfter().toInstant()));
          }
        }
      }
    } catch (GeneralSecurityException e) {
      throw new KmipTlsException(
          "KMIP group '%s': %s_path %s cannot be listed (%s)"
              .formatted(group, option, file, e.getMessage()),
          e);
    }
    if (!any) {
      throw new KmipTlsException(
          "KMIP group '%s': %s_path %s holds no %s"
              .formatted(group, option, file, privateKey ? "private key" : "trusted certificate"));
    }
    return held;
  }
}
