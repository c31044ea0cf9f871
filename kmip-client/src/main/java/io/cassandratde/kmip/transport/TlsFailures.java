package io.cassandratde.kmip.transport;

import io.cassandratde.kmip.TlsSettings;
import java.io.EOFException;
import java.net.SocketException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** What the JDK's TLS errors mean to an operator. */
final class TlsFailures {
  /**
   * The alerts by which a server turns down a client's certificate or its absence (RFC 8446 section
   * 6.2). JSSE tells an alert by the text of its exception only.
   */
  private static final List<String> CERTIFICATE_ALERTS =
      List.of(
          "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "certificate_required",
          "unknown_ca",
          "access_denied",
          "handshake_failure");

  private TlsFailures() {}

  /** A peer that hangs up is an outage; one that objects, or is objected to, needs an operator. */
  static HostFailure.Kind handshakeKind(Exception e) {
    if (e instanceof RuntimeException) {
      return HostFailure.Kind.TLS; // JSSE: an unknown protocol or suite name
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketException || cause instanceof EOFException) {
        return HostFailure.Kind.UNREACHABLE;
      }
    }
    return e instanceof SSLException ? HostFailure.Kind.TLS : HostFailure.Kind.UNREACHABLE;
  }

  static boolean refusesCertificate(Exception e) {
    String text = text(e).toLowerCase(Locale.ROOT);
    return e instanceof SSLException
        && text.contains("alert")
        && CERTIFICATE_ALERTS.stream().anyMatch(text::contains);
  }

  /** What happened, in words that name the file or the setting to look at. */
  static String describe(Exception e, TlsSettings tls) {
    String text = text(e);
    if (caused(e, CertificateExpiredException.class)) {
      return "TLS: its certificate has expired";
    }
    if (caused(e, CertificateNotYetValidException.class)) {
      return "TLS: its certificate is not valid yet; compare the clocks";
    }
    if (text.contains("No name matching") || text.contains("subject alternative")) {
      return "TLS: its certificate is for another host name (%s)".formatted(text);
    }
    if (text.contains("PKIX")) {
      return "TLS: its certificate is not signed by an authority in truststore_path %s (%s)"
          .formatted(tls.truststore(), text);
    }
    if (text.contains("alert: handshake_failure")
        || text.contains("alert: protocol_version")
        || text.contains("No appropriate protocol")) {
      return "TLS: no protocol and cipher suite in common with %s (%s)"
          .formatted(tls.protocols(), text);
    }
    if (refusesCertificate(e)) {
      return "TLS: it does not accept the certificate in keystore_path %s (%s)"
          .formatted(tls.keystore(), text);
    }
    if (text.contains("Unsupported or unrecognized SSL message")) {
      return "TLS: what listens there does not speak TLS";
    }
    return "TLS: " + text;
  }

  private static boolean caused(Throwable e, Class<? extends Throwable> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  static String text(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
