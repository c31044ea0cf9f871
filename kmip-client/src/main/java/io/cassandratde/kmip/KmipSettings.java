package io.cassandratde.kmip;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One KMIP group: its hosts in order of preference and how to talk to them.
 *
 * @param connectTimeout for the TCP connection and the TLS handshake together, per host
 * @param readTimeout for one complete response, however slowly its bytes arrive
 * @param deadline for one call over all hosts and retries
 * @param idleLimit after which a pooled connection is no longer used; servers close theirs after 25
 *     s to 3 min
 * @param pin the highest protocol version to use, or null for the highest both sides speak
 */
public record KmipSettings(
    String group,
    List<KmipHost> hosts,
    TlsSettings tls,
    @Nullable Credential credential,
    Duration connectTimeout,
    Duration readTimeout,
    Duration deadline,
    int maxConnectionsPerHost,
    Duration idleLimit,
    @Nullable ProtocolVersion pin) {
  private static final Duration MAX = Duration.ofHours(24);

  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
  public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(10);
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);
  public static final int DEFAULT_MAX_CONNECTIONS = 4;
  public static final Duration DEFAULT_IDLE_LIMIT = Duration.ofSeconds(20);

  public KmipSettings {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("KMIP group '" + group + "' has no hosts");
    }
    positive(connectTimeout, "connectTimeout");
    positive(readTimeout, "readTimeout");
    positive(deadline, "deadline");
    positive(idleLimit, "idleLimit");
    if (maxConnectionsPerHost < 1) {
      throw new IllegalArgumentException("maxConnectionsPerHost must be 1 or more");
    }
    if (pin != null && !ProtocolVersion.SUPPORTED.contains(pin)) {
      throw new IllegalArgumentException(
          "KMIP " + pin + " is not spoken here; use one of " + ProtocolVersion.SUPPORTED);
    }
  }

  private static void positive(Duration duration, String name) {
    if (duration.isNegative() || duration.isZero() || duration.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(name + " must be more than 0 and at most " + MAX);
    }
  }

  /** A group with every limit at its default. */
  public static KmipSettings of(String group, List<KmipHost> hosts, TlsSettings tls) {
    return new KmipSettings(
        group,
        hosts,
        tls,
        null,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_READ_TIMEOUT,
        DEFAULT_DEADLINE,
        DEFAULT_MAX_CONNECTIONS,
        DEFAULT_IDLE_LIMIT,
        null);
  }

  public KmipSettings withCredential(@Nullable Credential value) {
    return new KmipSettings(
        group,
        hosts,
        tls,
        value,
        connectTimeout,
        readTimeout,
        deadline,
        maxConnectionsPerHost,
        idleLimit,
        pin);
  }

  public KmipSettings withTimeouts(Duration connect, Duration read, Duration overall) {
    return new KmipSettings(
        group,
        hosts,
        tls,
        credential,
        connect,
        read,
        overall,
        maxConnectionsPerHost,
        idleLimit,
        pin);
  }

  public KmipSettings withPool(int maxConnections, Duration idle) {
    return new KmipSettings(
        group,
        hosts,
        tls,
        credential,
        connectTimeout,
        readTimeout,
        deadline,
        maxConnections,
        idle,
        pin);
  }

  public KmipSettings withPin(@Nullable ProtocolVersion highest) {
    return new KmipSettings(
        group,
        hosts,
        tls,
        credential,
        connectTimeout,
        readTimeout,
        deadline,
        maxConnectionsPerHost,
        idleLimit,
        highest);
  }
}
