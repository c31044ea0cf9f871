package io.cassandratde.tools.report;

import io.cassandratde.tools.output.Bytes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as the report sets them; times in UTC, since who reads it may be anywhere. */
final class Figures {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss", Locale.UK).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm", Locale.UK).withZone(ZoneOffset.UTC);

  private Figures() {}

  static String moment(@Nullable Instant at) {
    return at == null ? "never" : MOMENT.format(at);
  }

  static String time(Instant at) {
    return TIME.format(at);
  }

  static String bytes(long bytes) {
    return bytes < 1024 ? bytes + " B" : Bytes.print(bytes);
  }

  static String count(long number) {
    return String.format(Locale.UK, "%,d", number);
  }

  /** {@code 1 node}, {@code 2 nodes}. */
  static String count(long number, String what) {
    return count(number) + " " + what + (number == 1 ? "" : "s");
  }

  /** Shares that are not nothing never read as 0 %, nor those that are not all as 100 %. */
  static String share(double share) {
    if (share <= 0) {
      return "0";
    }
    if (share >= 1) {
      return "100";
    }
    if (share < 0.01) {
      return "<1";
    }
    return share > 0.99 ? ">99" : String.valueOf(Math.round(share * 100));
  }

  /** A coordinate. */
  static String at(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
