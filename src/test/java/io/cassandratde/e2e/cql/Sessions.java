package io.cassandratde.e2e.cql;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Driver sessions with one node, patient enough for a busy machine. */
public final class Sessions {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Sessions() {}

  public static CqlSession open(String host, int port) {
    return builder(host, port).build();
  }

  /** Over TLS, as this role. */
  public static CqlSession open(
      String host, int port, SSLContext tls, String role, String password) {
    return builder(host, port).withSslContext(tls).withAuthCredentials(role, password).build();
  }

  private static CqlSessionBuilder builder(String host, int port) {
    InetSocketAddress node = new InetSocketAddress(host, port);
    return CqlSession.builder()
        .addContactPoint(node)
        .withLocalDatacenter("datacenter1")
        // Statements go to this node alone, also when it is one of several.
        .withNodeDistanceEvaluator(
            (other, datacenter) ->
                other.getEndPoint().resolve().equals(node) ? null : NodeDistance.IGNORED)
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, PATIENCE)
                .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build());
  }

  /** With all of these nodes, at QUORUM, and without any retry by the driver. */
  public static CqlSession quorum(List<String> hosts, int port) {
    return CqlSession.builder()
        .addContactPoints(hosts.stream().map(host -> new InetSocketAddress(host, port)).toList())
        .withLocalDatacenter("datacenter1")
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "QUORUM")
                .withClass(DefaultDriverOption.RETRY_POLICY_CLASS, NoRetries.class)
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, PATIENCE)
                .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build())
        .build();
  }

  public static boolean listens(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
