package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.jmx.JmxAccess;
import io.cassandratde.tools.jmx.JmxAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** nodetool's connection options, by nodetool's names. */
public final class JmxOptions {

  @Option(
      name = {"-h", "--host", "--contact"},
      title = "host[:jmxport]",
      description = "A node to ask for the others (default 127.0.0.1)")
  private @Nullable String contact;

  @Option(
      name = {"-p", "--port"},
      title = "jmxport",
      description = "JMX port where none is given (default 7199)")
  private int port = JmxAddress.DEFAULT_PORT;

  @Option(
      name = {"-u", "--username"},
      title = "user",
      description = "JMX user")
  private @Nullable String user;

  @Option(
      name = {"-pw", "--password"},
      title = "password",
      description = "JMX password; shows in the process list, so prefer -pwf or the prompt")
  private @Nullable String password;

  @Option(
      name = {"-pwf", "--password-file"},
      title = "file",
      description = "File with a line: user password")
  private @Nullable String passwordFile;

  @Option(
      name = {"--ssl"},
      description = "JMX over TLS, with the javax.net.ssl settings of --ssl-properties")
  private boolean tls;

  @Option(
      name = {"--ssl-properties"},
      title = "file",
      description = "nodetool's file (default ~/.cassandra/nodetool-ssl.properties)")
  private @Nullable String sslProperties;

  @Option(
      name = {"--connect-timeout"},
      title = "seconds",
      description = "How long to wait for one node's JMX (default 15)")
  private int connectSeconds = 15;

  @Nullable String contact() {
    return contact;
  }

  int port() {
    return port;
  }

  int connectSeconds() {
    return connectSeconds;
  }

  JmxAccess access(Session session) throws CommandFailure {
    if (tls) {
      readSslProperties();
    }
    try {
      return new JmxAccess(user, password(session.terminal()), tls);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.CONFIGURATION, "cannot read " + e.getMessage(), e);
    }
  }

  /** For all TLS of this process but that with key servers. */
  void readSslProperties() throws CommandFailure {
    Path file =
        sslProperties == null
            ? Path.of(System.getProperty("user.home"), ".cassandra", "nodetool-ssl.properties")
            : Path.of(sslProperties);
    try {
      if (sslProperties != null || Files.exists(file)) {
        JmxAccess.applySslProperties(file);
      }
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.CONFIGURATION, "cannot read " + e.getMessage(), e);
    }
  }

  private @Nullable String password(Terminal terminal) throws CommandFailure, IOException {
    if (user == null || password != null) {
      return password;
    }
    if (passwordFile != null) {
      String found = JmxAccess.passwordFrom(Files.readAllLines(Path.of(passwordFile)), user);
      if (found == null) {
        throw new CommandFailure(
            ExitCode.CONFIGURATION, passwordFile + " has no line for user '" + user + "'");
      }
      return found;
    }
    Terminal.Person person = terminal.person();
    char[] typed = person == null ? null : person.secret("Password: ");
    if (typed == null) {
      throw new CommandFailure(ExitCode.USAGE, "user '" + user + "' needs -pw or -pwf");
    }
    return new String(typed);
  }
}
