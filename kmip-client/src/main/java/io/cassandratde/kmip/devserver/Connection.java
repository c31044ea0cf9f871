package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One client's connection: reads framed requests one after the other and writes the answers. */
final class Connection {
  private static final int HEADER_BYTES = 8;

  /** Far above any legal request to this server, far below what would hurt it. */
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private static final int HANDSHAKE_MILLIS = 10_000;

  private final SSLSocket socket;
  private final DevServerSettings settings;
  private final RequestProcessor processor;
  private final Consumer<Connection> atEnd;
  private final Object writing = new Object();

  /** Who waits for the client's answer to a message of ours. */
  private volatile @Nullable CompletableFuture<byte[]> awaited;

  Connection(
      SSLSocket socket,
      DevServerSettings settings,
      RequestProcessor processor,
      Consumer<Connection> atEnd) {
    this.socket = socket;
    this.settings = settings;
    this.processor = processor;
    this.atEnd = atEnd;
  }

  void serve() {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      socket.startHandshake();
      String client = commonName();
      socket.setSoTimeout(0);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        byte[] request = readMessage(in);
        CompletableFuture<byte[]> waiting = awaited;
        if (waiting != null && isResponse(request)) {
          awaited = null;
          waiting.complete(request);
          continue;
        }
        if (!mayAnswer()) {
          if (settings.behaviour().connectivity() == Connectivity.DROPPING) {
            return;
          }
          continue;
        }
        write(processor.answer(request, client));
      }
    } catch (IOException e) {
      // The client went away, presented no acceptable certificate or sent no KMIP: its own affair.
    } finally {
      atEnd.accept(this);
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Already gone.
    }
    atEnd.accept(this);
  }

  /** Sends a message of the server's own; the future holds the client's answer. */
  CompletableFuture<byte[]> call(byte[] message) throws IOException {
    CompletableFuture<byte[]> waiting = new CompletableFuture<>();
    awaited = waiting;
    write(message);
    return waiting;
  }

  private void write(byte[] message) throws IOException {
    synchronized (writing) {
      OutputStream out = socket.getOutputStream();
      out.write(message);
      out.flush();
    }
  }

  private static boolean isResponse(byte[] message) {
    return ByteBuffer.wrap(message).getInt() >>> 8 == Wire.tag("ResponseMessage");
  }

  private boolean mayAnswer() throws IOException {
    long delay = settings.behaviour().responseDelay().toMillis();
    if (delay > 0) {
      try {
        Thread.sleep(delay);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return settings.behaviour().connectivity() == Connectivity.NORMAL;
  }

  /** A message is a TTLV structure: tag 3 bytes, type 1, length 4 (KMIP 1.4, 9.1.1). */
  private static byte[] readMessage(DataInputStream in) throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    in.readFully(header);
    int length = ByteBuffer.wrap(header).getInt(4);
    if (length < 0 || length > MAX_MESSAGE_BYTES) {
      throw new EOFException("no KMIP message of " + (length & 0xffffffffL) + " bytes accepted");
    }
    byte[] message = new byte[HEADER_BYTES + length];
    System.arraycopy(header, 0, message, 0, HEADER_BYTES);
    in.readFully(message, HEADER_BYTES, length);
    return message;
  }

  private String commonName() throws SSLPeerUnverifiedException {
    X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    String name = certificate.getSubjectX500Principal().getName();
    try {
      for (Rdn rdn : new LdapName(name).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          return String.valueOf(rdn.getValue());
        }
      }
    } catch (InvalidNameException e) {
      // No name, no common name: the whole subject serves as the owner.
    }
    return name;
  }
}
