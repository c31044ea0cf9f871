package io.cassandratde.e2e.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;

/**
 * An address of 127.0.0.0/8 for one node. Linux answers on all of them, so a node keeps Cassandra's
 * usual ports and parallel runs on one machine don't meet: one of 16 million addresses, tried by
 * binding to both ports.
 */
final class Loopback {

  static final int STORAGE_PORT = 7000;
  static final int CQL_PORT = 9042;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Loopback() {}

  static String freeAddress() {
    for (int attempt = 0; attempt < 20; attempt++) {
      String address =
          "127.%d.%d.%d"
              .formatted(1 + RANDOM.nextInt(254), RANDOM.nextInt(256), 1 + RANDOM.nextInt(254));
      if (isFree(address, STORAGE_PORT) && isFree(address, CQL_PORT)) {
        return address;
      }
    }
    throw new IllegalStateException("no free address in 127.0.0.0/8 (is this Linux?)");
  }

  /**
   * Cassandra's local JMX listens on 127.0.0.1 whatever the node's address. The port is needed
   * before the node starts, and again when it restarts, so it is none of those that Linux gives to
   * whoever asks for any (from 32768 on, /proc/sys/net/ipv4/ip_local_port_range).
   */
  static int freeJmxPort() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = 10_000 + RANDOM.nextInt(20_000);
      if (isFree("127.0.0.1", port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between 10000 and 30000 on 127.0.0.1");
  }

  private static boolean isFree(String address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      return true;
    } catch (IOException inUse) {
      return false;
    }
  }
}
