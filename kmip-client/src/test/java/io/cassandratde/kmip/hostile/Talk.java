package io.cassandratde.kmip.hostile;

import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One connection as the server sees it: plain until the first use of {@link #tls}. */
public final class Talk {
  private static final Duration FOREVER = Duration.ofMinutes(1);

  private final HostileServer server;
  private final Socket raw;
  private final InjectedSocket below;
  private @Nullable SSLSocket tls;

  Talk(HostileServer server, Socket raw) throws IOException {
    this.server = server;
    this.raw = raw;
    this.below = new InjectedSocket(raw);
  }

  /** The connection below TLS. */
  Socket raw() {
    return raw;
  }

  SSLSocket tls() throws IOException {
    SSLSocket socket = tls;
    if (socket == null) {
      socket = server.layerTls(below);
      socket.startHandshake();
      tls = socket;
    }
    return socket;
  }

  /** The version of TLS agreed upon. */
  public String tlsProtocol() throws IOException {
    return tls().getSession().getProtocol();
  }

  /** The next request, counted. */
  public Structure read() throws IOException {
    byte[] header = tls().getInputStream().readNBytes(TtlvDecoder.HEADER_BYTES);
    if (header.length < TtlvDecoder.HEADER_BYTES) {
      throw new EOFException();
    }
    int length = ByteBuffer.wrap(header).getInt(4);
    byte[] message = Arrays.copyOf(header, header.length + length);
    System.arraycopy(tls().getInputStream().readNBytes(length), 0, message, header.length, length);
    try {
      Structure request = (Structure) new TtlvDecoder().decode(message);
      server.count(Answers.operation(request));
      return request;
    } catch (TtlvException e) {
      throw new IllegalStateException(e);
    }
  }

  public void send(TtlvItem message) throws IOException {
    send(TtlvEncoder.encode(message));
  }

  void send(byte[] bytes) throws IOException {
    OutputStream out = tls().getOutputStream();
    out.write(bytes);
    out.flush();
  }

  /** Byte by byte; below a time-out each, above it together. */
  void drip(byte[] bytes, Duration pause) throws IOException {
    for (byte each : bytes) {
      send(new byte[] {each});
      pause(pause);
    }
  }

  void pause(Duration duration) throws IOException {
    server.hold(duration);
  }

  /** Neither answers nor hangs up. */
  void stall() throws IOException {
    server.hold(FOREVER);
  }

  /** TLS close_notify, and stays. */
  void halfClose() throws IOException {
    tls().shutdownOutput();
    stall();
  }

  /** A fatal TLS alert, bad_record_mac: as of a peer that read a record it cannot open. */
  void alert() throws IOException {
    byte[] record = new byte[5 + 64];
    record[0] = 0x17; // application data
    record[1] = 3;
    record[2] = 3;
    record[4] = 64;
    below.inject(record);
    if (tls().getInputStream().read() >= 0) {
      throw new IllegalStateException("the record was taken");
    }
  }

  /** TLS 1.2 only: asks for another handshake and refuses every cipher suite, by a fatal alert. */
  public void refuseHandshakeAnew(String suiteThatTheClientLacks) throws IOException {
    tls().setEnabledCipherSuites(new String[] {suiteThatTheClientLacks});
    tls().startHandshake();
    if (tls().getInputStream().read() >= 0) {
      throw new IllegalStateException("the client went on");
    }
  }

  /** A TCP reset. */
  void reset() throws IOException {
    raw.setSoLinger(true, 0);
    raw.close();
  }

  /** Answers as a good server does until the client hangs up. */
  public void behave() throws IOException {
    while (true) {
      Structure request = read();
      send(Answers.to(request));
    }
  }

  /** The first bytes of a response message that announces so many more. */
  static byte[] header(int length) {
    return ByteBuffer.allocate(TtlvDecoder.HEADER_BYTES)
        .putInt(Tag.RESPONSE_MESSAGE << 8 | 1)
        .putInt(length)
        .array();
  }
}
