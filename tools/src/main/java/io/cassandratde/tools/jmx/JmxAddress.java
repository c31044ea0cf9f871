package io.cassandratde.tools.jmx;

import java.net.MalformedURLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.remote.JMXServiceURL;

/** Where one node's JMX listens. */
public record JmxAddress(String host, int port) {
  public static final int DEFAULT_PORT = 7199;

  private static final Pattern BRACKETED = Pattern.compile("\\[([^\\]]+)\\](?::(\\d{1,5}))?");
  private static final Pattern PLAIN = Pattern.compile("([^:]+)(?::(\\d{1,5}))?");

  /** {@code host}, {@code host:port}, {@code [v6]:port} or a bare IPv6 address. */
  public static JmxAddress parse(String text, int defaultPort) {
    String trimmed = text.strip();
    Matcher matcher = BRACKETED.matcher(trimmed);
    if (!matcher.matches()) {
      matcher = PLAIN.matcher(trimmed);
      if (!matcher.matches()) {
        if (trimmed.matches("[0-9a-fA-F:.]+(%\\w+)?")
            && (trimmed.contains("::") || trimmed.chars().filter(c -> c == ':').count() == 7)) {
          return new JmxAddress(trimmed, defaultPort);
        }
        throw new IllegalArgumentException("'" + text + "' is not host[:jmxport]");
      }
    }
    String port = matcher.group(2);
    int number = port == null ? defaultPort : Integer.parseInt(port);
    if (number < 1 || number > 65535) {
      throw new IllegalArgumentException("'" + text + "' has no port between 1 and 65535");
    }
    return new JmxAddress(matcher.group(1), number);
  }

  JMXServiceURL url() throws MalformedURLException {
    return new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + this + "/jmxrmi");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
