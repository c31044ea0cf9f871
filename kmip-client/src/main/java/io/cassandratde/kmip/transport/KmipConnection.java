package io.cassandratde.kmip.transport;

import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One TLS connection. Belongs to one thread at a time. */
final class KmipConnection implements AutoCloseable {
  private final KmipHost host;
  private final Socket raw;
  private final SSLSocket tls;
  private final TlsSettings settings;
  private final Watchdog watchdog;
  private final TtlvDecoder framing = new TtlvDecoder();

  /** When it last carried an answer, in the pool's nano time. */
  private long lastUsed;

  private boolean used;

  private final boolean judgedAfterHandshake;

  private KmipConnection(
      KmipHost host, TlsSettings settings, Socket raw, SSLSocket tls, Watchdog watchdog) {
    this.host = host;
    this.settings = settings;
    this.raw = raw;
    this.tls = tls;
    this.watchdog = watchdog;
    this.judgedAfterHandshake = tls.getSession().getProtocol().equals("TLSv1.3");
  }

  static KmipConnection open(
      KmipHost host, KmipSettings settings, SSLContext context, Watchdog watchdog, Deadline overall)
      throws HostFailure {
    Deadline deadline = overall.orAfter(settings.connectTimeout());
    Socket raw = new Socket();
    boolean handshaking = false;
    try (Watchdog.Guard guard = watchdog.watch(raw, deadline)) {
      raw.setTcpNoDelay(true);
      raw.setKeepAlive(true);
      raw.connect(
          new InetSocketAddress(Resolver.resolve(host.host(), deadline), host.port()),
          Math.max(1, deadline.remainingMillis()));
      handshaking = true;
      SSLSocket tls =
          (SSLSocket) context.getSocketFactory().createSocket(raw, host.host(), host.port(), true);
      tls.setSSLParameters(parameters(tls, settings));
      tls.startHandshake();
      return new KmipConnection(host, settings.tls(), raw, tls, watchdog);
    } catch (IOException | RuntimeException e) {
      // RuntimeException: an unknown protocol or suite name, an unresolvable address.
      closeQuietly(raw);
      HostFailure.Kind kind =
          deadline.hasPassed() || e instanceof InterruptedIOException
              ? HostFailure.Kind.TIMED_OUT
              : handshaking ? TlsFailures.handshakeKind(e) : HostFailure.Kind.UNREACHABLE;
      throw new HostFailure(kind, false, describe(kind, handshaking, settings, e));
    }
  }

  private static SSLParameters parameters(SSLSocket tls, KmipSettings settings) {
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setProtocols(settings.tls().protocols().toArray(String[]::new));
    if (!settings.tls().cipherSuites().isEmpty()) {
      parameters.setCipherSuites(settings.tls().cipherSuites().toArray(String[]::new));
    }
    if (settings.tls().verifyHostname()) {
      // RFC 6125 by the JDK: the same check that HTTPS makes.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    return parameters;
  }

  private static String describe(
      HostFailure.Kind kind, boolean handshaking, KmipSettings settings, Exception e) {
    if (kind == HostFailure.Kind.TIMED_OUT) {
      return "%s within %d ms"
          .formatted(
              handshaking ? "no TLS handshake" : "no connection",
              settings.connectTimeout().toMillis());
    }
    if (kind == HostFailure.Kind.TLS) {
      return TlsFailures.describe(e, settings.tls());
    }
    if (e instanceof UnknownHostException) {
      return "no address is known for this host name";
    }
    return handshaking
        ? "closed during the TLS handshake: " + TlsFailures.text(e) + hint(settings.tls())
        : TlsFailures.text(e);
  }

  /** A server's alert is lost when its reset overtakes it. */
  private static String hint(TlsSettings tls) {
    return " (it may not accept the certificate in keystore_path " + tls.keystore() + ")";
  }

  /**
   * Sends one message and reads its answer.
   *
   * @return the whole response message, its frame checked, nothing else
   */
  byte[] exchange(byte[] request, Deadline deadline) throws HostFailure {
    boolean sent = false;
    try (Watchdog.Guard guard = watchdog.watch(raw, deadline)) {
      sent = true; // From the first byte on, the server may act on it.
      tls.getOutputStream().write(request);
      tls.getOutputStream().flush();
      byte[] response = readMessage(tls.getInputStream());
      used = true;
      return response;
    } catch (TtlvException e) {
      throw HostFailure.malformed("the answer is not a KMIP response: " + TlsFailures.text(e));
    } catch (IOException e) {
      if (deadline.hasPassed()) {
        throw new HostFailure(
            HostFailure.Kind.TIMED_OUT, sent, "no complete answer within the time-out");
      }
      // In TLS 1.3 a server judges our certificate after our handshake: its verdict comes here, and
      // then it has read no request. Any other alert says nothing of what the server did before;
      // nor does this one in TLS 1.2, where the verdict belongs to the handshake.
      if (!used && judgedAfterHandshake && TlsFailures.refusesCertificate(e)) {
        throw new HostFailure(HostFailure.Kind.TLS, false, TlsFailures.describe(e, settings));
      }
      throw new HostFailure(
          HostFailure.Kind.BROKEN,
          sent,
          "the connection ended before the answer: "
              + TlsFailures.text(e)
              + (used ? "" : hint(settings)));
    }
  }

  private byte[] readMessage(InputStream in) throws IOException, TtlvException {
    byte[] header = in.readNBytes(TtlvDecoder.HEADER_BYTES);
    if (header.length < TtlvDecoder.HEADER_BYTES) {
      throw new EOFException("closed by " + host + " after " + header.length + " bytes");
    }
    int length = framing.bodyLength(header, Tag.RESPONSE_MESSAGE);
    // readNBytes grows with what arrives: a large announcement alone costs nothing.
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException(
          "closed by %s after %d of %d bytes".formatted(host, body.length, length));
    }
    byte[] message = ByteBuffer.allocate(header.length + body.length).put(header).put(body).array();
    Arrays.fill(body, (byte) 0); // It may hold a key.
    return message;
  }

  long lastUsed() {
    return lastUsed;
  }

  void usedAt(long nanoTime) {
    lastUsed = nanoTime;
  }

  /**
   * Whether bytes arrived that nobody asked for: a farewell, or an answer too many, which the next
   * request would take for its own. A late session ticket looks the same and costs one handshake.
   */
  boolean hasUnreadBytes() {
    try {
      return tls.getInputStream().available() > 0 || raw.getInputStream().available() > 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Closes the TCP connection at once; a TLS farewell could block on a dead peer. */
  @Override
  public void close() {
    closeQuietly(raw);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException ignored) {
      // Nothing is left to lose.
    }
  }
}
