package io.cassandratde.kmip.hostile;

import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.devserver.TestStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * A server on the loopback interface that does to each connection what the test tells it to, from
 * the first byte on. It counts what it was asked, and what it does can change at any time.
 */
public final class HostileServer implements AutoCloseable {
  /** What happens on one connection; it is closed when this returns or throws. */
  @FunctionalInterface
  public interface Behaviour {
    void serve(Talk talk) throws IOException;
  }

  private final ServerSocket listener;
  private final Thread acceptor;
  private final SSLContext context;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<Integer, AtomicInteger> requests = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile Behaviour behaviour;

  public HostileServer(Behaviour behaviour) {
    this(behaviour, TestStores.get().server(), TestStores.get().truststore());
  }

  /** With another certificate, or trusting other clients. */
  public HostileServer(Behaviour behaviour, Path keystore, Path truststore) {
    this.behaviour = behaviour;
    this.context = TestStores.get().context(keystore, truststore);
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    acceptor = start("hostile-accept", this::accept);
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void accept() {
    while (closed.getCount() > 0) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        start("hostile-serve", () -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      serveUnlessTlsFails(socket);
    } catch (IOException e) {
      // The client hung up, which is what most tests are about.
    } finally {
      open.remove(socket);
    }
  }

  private void serveUnlessTlsFails(Socket socket) throws IOException {
    try {
      behaviour.serve(new Talk(this, socket));
    } catch (SSLException e) {
      drain(socket); // A reset would overtake the alert that says why.
    }
  }

  private static void drain(Socket socket) {
    try {
      socket.shutdownOutput();
      socket.getInputStream().skipNBytes(Long.MAX_VALUE);
    } catch (IOException e) {
      // The client has hung up.
    }
  }

  /** From the next request on that asks for it. */
  public void become(Behaviour next) {
    behaviour = next;
  }

  SSLSocket layerTls(Socket socket) throws IOException {
    SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, null, false);
    tls.setUseClientMode(false);
    tls.setNeedClientAuth(true);
    return tls;
  }

  void count(int operation) {
    requests.computeIfAbsent(operation, code -> new AtomicInteger()).incrementAndGet();
  }

  /** How many requests for this operation arrived. */
  public int received(OperationCode operation) {
    AtomicInteger count = requests.get(operation.code());
    return count == null ? 0 : count.get();
  }

  /** How many connections were accepted since the start. */
  public int connections() {
    return connections.get();
  }

  public int openConnections() {
    return open.size();
  }

  /** Waits, at most until the server is closed. */
  void hold(Duration atMost) throws IOException {
    try {
      if (closed.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("the server was closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  public KmipHost host() {
    return new KmipHost("127.0.0.1", listener.getLocalPort());
  }

  /**
   * Settings of a client that trusts these servers, with time-outs that a busy machine does not
   * reach.
   */
  public static KmipSettings settings(HostileServer... servers) {
    return settings(Arrays.stream(servers).map(HostileServer::host).toList());
  }

  public static KmipSettings settings(List<KmipHost> hosts) {
    return KmipSettings.of("test", hosts, tls())
        .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(120));
  }

  public static TlsSettings tls() {
    TestStores stores = TestStores.get();
    return TlsSettings.pkcs12(
        stores.client(), stores.password(), stores.truststore(), stores.password());
  }

  /** A port on which nobody listens; {@link ClosedPort}. */
  public static KmipHost closedPort() {
    return new KmipHost("127.0.0.1", ClosedPort.reserve());
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      acceptor.join(); // It may just have accepted one more.
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
