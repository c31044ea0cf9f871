package io.cassandratde.kmip;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The stores and rules of mutual TLS. Passwords are copied in and out and never printed. */
public final class TlsSettings {
  /** What is offered unless configured otherwise. */
  public static final List<String> DEFAULT_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private final Path keystore;
  private final String keystoreType;
  private final char[] keystorePassword;
  private final Path truststore;
  private final String truststoreType;
  private final char[] truststorePassword;
  private final List<String> protocols;
  private final List<String> cipherSuites;
  private final boolean verifyHostname;
  private final String keystorePasswordSource;
  private final String truststorePasswordSource;

  /**
   * Everything spelt out.
   *
   * @param keystoreType {@code JKS} or {@code PKCS12}; the JDK reads either whichever is named
   * @param protocols empty for {@link #DEFAULT_PROTOCOLS}
   * @param cipherSuites empty for the JDK's choice
   */
  public TlsSettings(
      Path keystore,
      String keystoreType,
      char[] keystorePassword,
      Path truststore,
      String truststoreType,
      char[] truststorePassword,
      List<String> protocols,
      List<String> cipherSuites,
      boolean verifyHostname) {
    this(
        keystore,
        keystoreType,
        keystorePassword,
        truststore,
        truststoreType,
        truststorePassword,
        protocols,
        cipherSuites,
        verifyHostname,
        "keystore_password",
        "truststore_password");
  }

  private TlsSettings(
      Path keystore,
      String keystoreType,
      char[] keystorePassword,
      Path truststore,
      String truststoreType,
      char[] truststorePassword,
      List<String> protocols,
      List<String> cipherSuites,
      boolean verifyHostname,
      String keystorePasswordSource,
      String truststorePasswordSource) {
    this.keystorePasswordSource = keystorePasswordSource;
    this.truststorePasswordSource = truststorePasswordSource;
    this.keystore = keystore;
    this.keystoreType = keystoreType;
    this.keystorePassword = keystorePassword.clone();
    this.truststore = truststore;
    this.truststoreType = truststoreType;
    this.truststorePassword = truststorePassword.clone();
    this.protocols = protocols.isEmpty() ? DEFAULT_PROTOCOLS : List.copyOf(protocols);
    this.cipherSuites = List.copyOf(cipherSuites);
    this.verifyHostname = verifyHostname;
  }

  /** PKCS12 stores, default protocols and suites, host names verified. */
  public static TlsSettings pkcs12(
      Path keystore, char[] keystorePassword, Path truststore, char[] truststorePassword) {
    return new TlsSettings(
        keystore,
        "PKCS12",
        keystorePassword,
        truststore,
        "PKCS12",
        truststorePassword,
        List.of(),
        List.of(),
        true);
  }

  public TlsSettings withVerifyHostname(boolean verify) {
    return new TlsSettings(
        keystore,
        keystoreType,
        keystorePassword,
        truststore,
        truststoreType,
        truststorePassword,
        protocols,
        cipherSuites,
        verify,
        keystorePasswordSource,
        truststorePasswordSource);
  }

  public TlsSettings withProtocols(String... names) {
    return new TlsSettings(
        keystore,
        keystoreType,
        keystorePassword,
        truststore,
        truststoreType,
        truststorePassword,
        List.of(names),
        cipherSuites,
        verifyHostname,
        keystorePasswordSource,
        truststorePasswordSource);
  }

  /** For messages about a wrong password: where each one comes from, such as a file's name. */
  public TlsSettings withPasswordSources(String ofKeystore, String ofTruststore) {
    return new TlsSettings(
        keystore,
        keystoreType,
        keystorePassword,
        truststore,
        truststoreType,
        truststorePassword,
        protocols,
        cipherSuites,
        verifyHostname,
        ofKeystore,
        ofTruststore);
  }

  public Path keystore() {
    return keystore;
  }

  public String keystoreType() {
    return keystoreType;
  }

  /** A copy, which the caller wipes. */
  public char[] keystorePassword() {
    return keystorePassword.clone();
  }

  /** Never the password itself. */
  public String keystorePasswordSource() {
    return keystorePasswordSource;
  }

  public Path truststore() {
    return truststore;
  }

  public String truststoreType() {
    return truststoreType;
  }

  /** A copy, which the caller wipes. */
  public char[] truststorePassword() {
    return truststorePassword.clone();
  }

  /** Never the password itself. */
  public String truststorePasswordSource() {
    return truststorePasswordSource;
  }

  public List<String> protocols() {
    return protocols;
  }

  /** Empty: the JDK's own choice. */
  public List<String> cipherSuites() {
    return cipherSuites;
  }

  public boolean verifyHostname() {
    return verifyHostname;
  }

  /** By all that connections depend on, passwords included; not by where those come from. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TlsSettings that
        && keystore.equals(that.keystore)
        && keystoreType.equals(that.keystoreType)
        && Arrays.equals(keystorePassword, that.keystorePassword)
        && truststore.equals(that.truststore)
        && truststoreType.equals(that.truststoreType)
        && Arrays.equals(truststorePassword, that.truststorePassword)
        && protocols.equals(that.protocols)
        && cipherSuites.equals(that.cipherSuites)
        && verifyHostname == that.verifyHostname;
  }

  /** Tells nothing of the passwords. */
  @Override
  public int hashCode() {
    return Objects.hash(keystore, truststore, protocols, cipherSuites, verifyHostname);
  }

  @Override
  public String toString() {
    return "TlsSettings[keystore="
        + keystore
        + ", truststore="
        + truststore
        + ", protocols="
        + protocols
        + ", verifyHostname="
        + verifyHostname
        + "]";
  }
}
