package io.cassandratde.keys.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory as Cassandra 5.0 writes them: a number with its unit. */
final class Sizes {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(B|KiB|MiB|GiB)");

  private Sizes() {}

  static long parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no amount of memory like 512KiB, 64MiB or 2GiB");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "B" -> amount;
      case "KiB" -> amount << 10;
      case "MiB" -> amount << 20;
      default -> amount << 30;
    };
  }

  /** The same, within a bound. */
  static long parseUpTo(long most, String text) {
    long bytes = parse(text);
    if (bytes > most) {
      throw new IllegalArgumentException("'" + text + "' is more than " + (most >> 30) + "GiB");
    }
    return bytes;
  }
}
