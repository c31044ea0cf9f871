package io.cassandratde.e2e.kmip;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before a key server at an address of its own, so that a server can go away for a node and
 * come back under the address that the node knows. Shut, it ends every connection at once.
 */
public final class Gate implements AutoCloseable {

  private final ServerSocket listening;
  private volatile InetSocketAddress server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean open = true;

  /** Before the server at {@code host:port}; open. */
  public Gate(String address) {
    server = socketAddress(address);
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon("gate", this::accept);
  }

  private static InetSocketAddress socketAddress(String address) {
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /** Stands before another server from now on; ends every connection with the one of before. */
  public void leadTo(String address) {
    server = socketAddress(address);
    shut();
    open();
  }

  public String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  public void open() {
    open = true;
  }

  public void shut() {
    open = false;
    sockets.forEach(Gate::end);
    sockets.clear();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        if (open) {
          Socket behind = new Socket(server.getAddress(), server.getPort());
          sockets.add(client);
          sockets.add(behind);
          daemon("gate-to-server", () -> copy(client, behind));
          daemon("gate-to-client", () -> copy(behind, client));
        } else {
          end(client);
        }
      } catch (IOException closedOrRefused) {
        // The client sees its connection end.
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException ended) {
      // As the other side shall see it.
    } finally {
      end(from);
      end(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException ended) {
      // It is.
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    shut();
    listening.close();
  }
}
