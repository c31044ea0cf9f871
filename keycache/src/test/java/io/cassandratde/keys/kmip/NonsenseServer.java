package io.cassandratde.keys.kmip;

import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.devserver.TestStores;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
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

  NonsenseServer() throws IOException {
    TestStores stores = TestStores.get();
    SSLContext context = stores.context(stores.server(), stores.truststore());
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
