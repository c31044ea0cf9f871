package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Bare messages over mutual TLS, so that the server is tested without the product's client. */
public final class RawClient implements AutoCloseable {
  private static final int READ_MILLIS = 60_000;

  private static final Map<Path, SSLContext> CONTEXTS = new ConcurrentHashMap<>();

  private final SSLSocket socket;
  private final DataInputStream in;

  public RawClient(int port) throws IOException {
    this(port, TestStores.get().client());
  }

  public RawClient(int port, Path keystore) throws IOException {
    TestStores stores = TestStores.get();
    socket =
        (SSLSocket)
            CONTEXTS
                .computeIfAbsent(keystore, store -> stores.context(store, stores.truststore()))
                .getSocketFactory()
                .createSocket("127.0.0.1", port);
    socket.setSoTimeout(READ_MILLIS);
    socket.setTcpNoDelay(true);
    socket.startHandshake();
    in = new DataInputStream(socket.getInputStream());
  }

  public TtlvItem exchange(TtlvItem request) throws IOException {
    send(request);
    return receive();
  }

  public void send(TtlvItem message) throws IOException {
    socket.getOutputStream().write(TtlvEncoder.encode(message));
    socket.getOutputStream().flush();
  }

  public TtlvItem receive() throws IOException {
    byte[] header = new byte[8];
    in.readFully(header);
    byte[] message = ByteBuffer.allocate(8 + ByteBuffer.wrap(header).getInt(4)).put(header).array();
    in.readFully(message, 8, message.length - 8);
    try {
      return new TtlvDecoder().decode(message);
    } catch (TtlvException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
