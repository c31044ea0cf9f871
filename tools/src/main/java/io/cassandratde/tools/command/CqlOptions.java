package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.jmx.JmxAccess;
import io.cassandratde.tools.shred.CqlAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How to reach CQL. A password is never on the command line, where others could read it. */
public final class CqlOptions {

  private static final String PASSWORD = "TDE_CQL_PASSWORD";

  @Option(
      name = {"--cql-contact"},
      title = "host[:port],…",
      description = "Nodes to drop the keyspace at, by CQL (default 127.0.0.1)")
  private String contact = "127.0.0.1";

  @Option(
      name = {"--cql-port"},
      title = "port",
      description = "CQL port where none is given (default 9042)")
  private int port = 9042;

  @Option(
      name = {"--cql-user"},
      title = "user",
      description =
          "CQL user; its password is in --cql-password-file or $" + PASSWORD + ", or asked")
  private @Nullable String user;

  @Option(
      name = {"--cql-password-file"},
      title = "file",
      description = "File with a line: user password")
  private @Nullable String passwordFile;

  @Option(
      name = {"--cql-ssl"},
      description = "CQL over TLS, with the javax.net.ssl settings of --ssl-properties")
  private boolean tls;

  boolean tls() {
    return tls;
  }

  CqlAccess access(Session session) throws CommandFailure {
    List<InetSocketAddress> contacts = new ArrayList<>();
    for (String each : contact.split(",", -1)) {
      contacts.add(address(each.strip()));
    }
    return new CqlAccess(contacts, user, password(session), tls);
  }

  /** {@code host}, {@code host:port}, {@code [v6]:port}, or a bare v6 address. */
  private InetSocketAddress address(String text) throws CommandFailure {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
    String host = hasPort ? text.substring(0, colon) : text;
    try {
      int number = hasPort ? Integer.parseInt(text.substring(colon + 1)) : port;
      if (!host.isEmpty()) {
        return new InetSocketAddress(host, number);
      }
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--cql-contact: '" + text + "' has no port", e);
    }
    throw new CommandFailure(ExitCode.USAGE, "--cql-contact: '" + text + "' names no host");
  }

  private @Nullable String password(Session session) throws CommandFailure {
    if (user == null) {
      return null;
    }
    if (passwordFile != null) {
      try {
        String found = JmxAccess.passwordFrom(Files.readAllLines(Path.of(passwordFile)), user);
        if (found != null) {
          return found;
        }
      } catch (IOException e) {
        throw new CommandFailure(ExitCode.CONFIGURATION, "cannot read " + e.getMessage(), e);
      }
      throw new CommandFailure(
          ExitCode.CONFIGURATION, passwordFile + " has no line for user '" + user + "'");
    }
    String given = session.environment().get(PASSWORD);
    if (given != null) {
      return given;
    }
    Terminal.Person person = session.terminal().person();
    char[] typed = person == null ? null : person.secret("CQL password: ");
    if (typed == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "CQL user '" + user + "' needs --cql-password-file or $" + PASSWORD);
    }
    return new String(typed);
  }
}
