package io.cassandratde.kmip.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Loopback ports that refuse connections as long as this JVM lives: bound, so that nobody else can
 * get them, and not listened on. A port that was found free and let go may be anybody's by the time
 * it is used.
 */
public final class ClosedPort {
  private static final Queue<Socket> BOUND = new ConcurrentLinkedQueue<>();

  private ClosedPort() {}

  public static int reserve() {
    try {
      Socket socket = new Socket();
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      BOUND.add(socket);
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
