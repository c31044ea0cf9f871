package io.cassandratde.tools.jmx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.server.RMIClientSocketFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.remote.JMXConnector;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import org.jspecify.annotations.Nullable;

/** How to log in, with nodetool's options: user, password, TLS. */
public record JmxAccess(@Nullable String user, @Nullable String password, boolean tls) {

  public static final JmxAccess OPEN = new JmxAccess(null, null, false);

  Map<String, Object> environment() {
    Map<String, Object> environment = new HashMap<>();
    if (user != null && password != null) {
      environment.put(JMXConnector.CREDENTIALS, new String[] {user, password});
    }
    if (tls) {
      RMIClientSocketFactory factory = new SslRMIClientSocketFactory();
      environment.put("com.sun.jndi.rmi.factory.socket", factory);
    }
    return environment;
  }

  /**
   * Takes over the {@code -Djavax.net.ssl.…} lines of nodetool's own {@code
   * ~/.cassandra/nodetool-ssl.properties}; read here, so that no password stands in the process
   * list.
   */
  public static void applySslProperties(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      String setting = line.strip();
      int equals = setting.indexOf('=');
      if (setting.startsWith("#") || equals < 0) {
        continue;
      }
      String name = setting.substring(0, equals).strip();
      System.setProperty(
          name.startsWith("-D") ? name.substring(2) : name, setting.substring(equals + 1).strip());
    }
  }

  /** The password of a user in a nodetool password file: one {@code user password} a line. */
  public static @Nullable String passwordFrom(List<String> lines, String user) {
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", 2);
      if (words.length == 2 && words[0].equals(user)) {
        return words[1];
      }
    }
    return null;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "JmxAccess[user=" + user + ", tls=" + tls + "]";
  }
}
