package io.cassandratde.tools.shred;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.ssl.ProgrammaticSslEngineFactory;
import com.datastax.oss.driver.internal.core.loadbalancing.BasicLoadBalancingPolicy;
import com.datastax.oss.driver.internal.core.time.ServerSideTimestampGenerator;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.jmx.NodeConnection;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** By a CQL statement. Nothing else here needs a driver, so none is loaded before. */
public final class CqlDrop implements Drop {

  private static final Duration CONNECT = Duration.ofSeconds(30);

  /** Every node takes a snapshot first where auto_snapshot says so. */
  private static final Duration STATEMENT = Duration.ofMinutes(10);

  private final CqlAccess access;

  public CqlDrop(CqlAccess access) {
    this.access = access;
  }

  @Override
  public void keyspace(String name) throws CommandFailure {
    try (CqlSession session = open()) {
      var unused =
          session.execute(
              "DROP KEYSPACE IF EXISTS " + CqlIdentifier.fromInternal(name).asCql(false));
    } catch (DriverException e) {
      throw failure(name, e);
    }
  }

  private CqlSession open() throws CommandFailure {
    DriverConfigLoader config =
        DriverConfigLoader.programmaticBuilder()
            // Whichever data centre the contacts are in.
            .withClass(
                DefaultDriverOption.LOAD_BALANCING_POLICY_CLASS, BasicLoadBalancingPolicy.class)
            // The other generators want a native clock.
            .withClass(
                DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS, ServerSideTimestampGenerator.class)
            .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, CONNECT)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, CONNECT)
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, CONNECT)
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, STATEMENT)
            .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            .build();
    CqlSessionBuilder builder =
        CqlSession.builder().withConfigLoader(config).addContactPoints(access.contacts());
    if (access.user() != null && access.password() != null) {
      builder = builder.withAuthCredentials(access.user(), access.password());
    }
    if (access.tls()) {
      try {
        builder =
            builder.withSslEngineFactory(
                // The name that the operator gave, not one that DNS has for its address.
                new ProgrammaticSslEngineFactory(SSLContext.getDefault(), null, true, false));
      } catch (NoSuchAlgorithmException e) {
        throw new CommandFailure(
            ExitCode.TLS,
            "the javax.net.ssl settings for CQL cannot be used (--ssl-properties): "
                + e.getMessage(),
            e);
      }
    }
    return builder.build();
  }

  private CommandFailure failure(String name, DriverException thrown) {
    Throwable cause = thrown;
    if (thrown instanceof AllNodesFailedException all) {
      cause = all.getAllErrors().values().stream().flatMap(List::stream).findFirst().orElse(thrown);
    }
    String message = String.valueOf(cause.getMessage());
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof SSLException) {
        message = "TLS: " + NodeConnection.rootMessage(each) + " (--ssl-properties)";
      }
    }
    boolean refused =
        cause instanceof AuthenticationException || cause instanceof UnauthorizedException;
    return new CommandFailure(
        refused
            ? ExitCode.REFUSED
            : message.startsWith("TLS: ") ? ExitCode.TLS : ExitCode.UNREACHABLE,
        "keyspace %s may not be dropped, and no key was touched: CQL at %s: %s; --cql-contact, --cql-user and --cql-ssl say how to log in, or drop it yourself (--dropped)"
            .formatted(name, access.contacts(), message),
        thrown);
  }
}
