package io.cassandratde.kmip.devserver;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A KMIP server over mutual TLS, one thread per connection. DEVELOPMENT ONLY: keys lie in clear in
 * memory and in the store file.
 *
 * <pre>{@code
 * try (KmipDevServer server = KmipDevServer.start(settings)) {
 *   connectTo("127.0.0.1", server.port());
 * }
 * }</pre>
 */
public final class KmipDevServer implements AutoCloseable {
  private final DevServerSettings settings;
  private final RequestProcessor processor;
  private final ObjectStore store;
  private final SSLServerSocket listener;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connectionNumber = new AtomicInteger();
  private volatile boolean closed;

  private KmipDevServer(DevServerSettings settings, ObjectStore store, SSLServerSocket listener) {
    this.settings = settings;
    this.store = store;
    this.processor = new RequestProcessor(settings, store);
    this.listener = listener;
  }

  /**
   * Starts listening; returns when connections are accepted.
   *
   * @throws IOException when a store cannot be read, its password is wrong, or the port is taken
   */
  public static KmipDevServer start(DevServerSettings settings) throws IOException {
    ObjectStore store =
        settings.replicaOf() == null
            ? ObjectStore.open(settings.storeFile())
            : settings.replicaOf().store;
    SSLServerSocket listener =
        (SSLServerSocket) tls(settings).getServerSocketFactory().createServerSocket();
    listener.setNeedClientAuth(true);
    listener.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    listener.setReuseAddress(true);
    try {
      listener.bind(
          new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()), 64);
    } catch (IOException e) {
      listener.close();
      throw new IOException(
          "cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage(), e);
    }
    KmipDevServer server = new KmipDevServer(settings, store, listener);
    settings
        .banner()
        .println(
            "DEVELOPMENT ONLY KMIP server on "
                + settings.host()
                + ":"
                + server.port()
                + ": keys are kept in clear"
                + (settings.storeFile() == null
                    ? " and lost when it stops."
                    : " in " + settings.storeFile() + ".")
                + " Never point a production cluster at it.");
    settings.banner().flush();
    Thread acceptor = new Thread(server::accept, "kmip-dev-server-" + server.port());
    acceptor.setDaemon(true);
    acceptor.start();
    return server;
  }

  /** The port listened on. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The settings' behaviour, to be changed while the server runs. */
  public DevServerBehaviour behaviour() {
    return settings.behaviour();
  }

  /** Closes every connection without notice; the server goes on listening. */
  public void dropConnections() {
    connections.forEach(Connection::close);
  }

  /** Stops listening and closes every connection. Objects in a store file are on disk already. */
  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      // Nothing is left to be done about a listener that cannot even be closed.
    }
    dropConnections();
  }

  /** Messages from this server to its only client. */
  ClientCalls clientCalls() {
    Connection only = connections.iterator().next();
    return new ClientCalls(only, store, settings);
  }

  private void accept() {
    while (!closed) {
      SSLSocket socket;
      try {
        socket = (SSLSocket) listener.accept();
      } catch (SocketException e) {
        return; // closed
      } catch (IOException e) {
        continue; // one client's trouble, e.g. too many open files
      }
      Connection connection = new Connection(socket, settings, processor, connections::remove);
      connections.add(connection);
      boolean refused =
          connections.size() > settings.maxConnections()
              || settings.behaviour().connectivity() == DevServerBehaviour.Connectivity.DROPPING;
      if (refused || closed) {
        connection.close();
        continue;
      }
      Thread thread =
          new Thread(
              connection::serve,
              "kmip-dev-server-" + port() + "-" + connectionNumber.incrementAndGet());
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static SSLContext tls(DevServerSettings settings) throws IOException {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(
          load(settings.keystore(), settings.keystorePassword()), settings.keystorePassword());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(load(settings.truststore(), settings.truststorePassword()));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), settings.random());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot set up TLS from " + settings.keystore() + ": " + e, e);
    }
  }

  private static KeyStore load(java.nio.file.Path file, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(file.toString().endsWith(".jks") ? "JKS" : "PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    } catch (IOException e) {
      throw new IOException("cannot read key store " + file + ": " + e.getMessage(), e);
    }
    return store;
  }
}
