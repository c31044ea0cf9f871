package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Bare messages over mutual TLS, so that the server is tested without the product's client. */
public final class RawClient implements AutoCloseable {
  private static final int READ_MILLIS = 20_000;

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
            context(keystore, stores.truststore(), stores.password())
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

  private static SSLContext context(Path keystore, Path truststore, char[] password)
      throws IOException {
    SSLContext known = CONTEXTS.get(keystore);
    if (known != null) {
      return known;
    }
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(load(keystore, password), password);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(load(truststore, password));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      CONTEXTS.put(keystore, context);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static KeyStore load(Path file, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream stream = Files.newInputStream(file)) {
      store.load(stream, password);
    }
    return store;
  }
}
