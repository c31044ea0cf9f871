package io.cassandratde.keys.kmip;

import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.devserver.TestStores;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A TLS server with a good certificate that answers everything with a web page, as a misplaced
 * proxy does.
 */
final class NonsenseServer implements AutoCloseable {

  private final SSLServerSocket listener;
  private final AtomicInteger connections = new AtomicInteger();

  NonsenseServer() throws IOException, GeneralSecurityException {
    TestStores stores = TestStores.get();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(stores.server())) {
      keys.load(in, stores.password());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, stores.password());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 8, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "nonsense");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (SSLSocket socket = (SSLSocket) listener.accept()) {
        connections.incrementAndGet();
        int first = socket.getInputStream().read();
        if (first >= 0) {
          socket
              .getOutputStream()
              .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      } catch (IOException e) {
        // The client hung up, or the test is over.
      }
    }
  }

  KmipHost host() {
    return new KmipHost("127.0.0.1", listener.getLocalPort());
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
