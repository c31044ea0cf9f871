package io.cassandratde.tools.jmx;

import java.util.Set;
import javax.management.InstanceNotFoundException;

/** What kept us from a node's JMX, and what to do about it. */
final class JmxFailures {
  private static final String CHECK =
      "check host and JMX port (-p, or --hosts addr:jmxport), that the node runs, and firewalls;"
          + " JMX over TLS needs --ssl";

  /** For a node that is not this machine's. */
  static final String REMOTE =
      CHECK
          + "; stock Cassandra lets JMX listen on loopback only: run this command with --local on"
          + " each node not reached, or open JMX there (LOCAL_JMX=no in cassandra-env.sh, with"
          + " authentication)";

  private static final Set<String> LOOPBACK = Set.of("localhost", "::1", "0:0:0:0:0:0:0:1");

  private JmxFailures() {}

  static NodeUnreachableException silent(JmxAddress address, long seconds, Throwable cause) {
    return new NodeUnreachableException(
        "no answer from JMX at " + address + " within " + seconds + " s (--connect-timeout)",
        check(address),
        false,
        cause);
  }

  static NodeUnreachableException of(JmxAddress address, JmxAccess access, Throwable cause) {
    if (cause instanceof SecurityException) {
      return new NodeUnreachableException(
          "JMX at " + address + " refused the login: " + cause.getMessage(),
          access.user() == null
              ? "give a user with -u and the password's file with -pwf"
              : "check the user (-u) and the password (-pw, -pwf)",
          true,
          cause);
    }
    if (cause instanceof InstanceNotFoundException) {
      return new NodeUnreachableException(
          "JMX at " + address + " is not a Cassandra node, or one that still starts",
          "check host and JMX port (-p), or wait for the node",
          false,
          cause);
    }
    return new NodeUnreachableException(
        "no JMX at " + address + ": " + NodeConnection.rootMessage(cause),
        check(address),
        false,
        cause);
  }

  private static String check(JmxAddress address) {
    boolean here = address.host().startsWith("127.") || LOOPBACK.contains(address.host());
    return here ? CHECK : REMOTE;
  }
}
