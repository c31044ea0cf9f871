package io.cassandratde.kmip;

/** Where one KMIP server listens. */
public record KmipHost(String host, int port) {
  /** The port IANA registered for KMIP over TLS. */
  public static final int DEFAULT_PORT = 5696;

  public KmipHost {
    if (host.isBlank() || port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "not a KMIP host: '" + host + "' port " + port + "; write host, host:port or [::1]:port");
    }
  }

  /** Reads {@code host}, {@code host:port}, {@code [::1]:port} or a bare IPv6 address. */
  public static KmipHost parse(String text) {
    String trimmed = text.trim();
    if (trimmed.startsWith("[")) {
      int close = trimmed.indexOf(']');
      String rest = close < 0 ? "" : trimmed.substring(close + 1);
      if (close < 0 || !(rest.isEmpty() || rest.startsWith(":"))) {
        throw malformed(text);
      }
      String host = trimmed.substring(1, close);
      return new KmipHost(host, rest.isEmpty() ? DEFAULT_PORT : port(rest.substring(1), text));
    }
    int colon = trimmed.indexOf(':');
    if (colon < 0 || trimmed.indexOf(':', colon + 1) >= 0) {
      return new KmipHost(trimmed, DEFAULT_PORT);
    }
    return new KmipHost(trimmed.substring(0, colon), port(trimmed.substring(colon + 1), text));
  }

  private static int port(String digits, String text) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "not a KMIP host: '" + text + "'; write host, host:port or [::1]:port");
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
