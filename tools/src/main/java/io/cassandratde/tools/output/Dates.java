package io.cassandratde.tools.output;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dates as DSE prints and reads them, in the operator's own time zone. */
public final class Dates {
  private static final DateTimeFormatter PRINTED =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss zzz yyyy", Locale.US);

  /** DSE's {@code YYYY-MM-DD HH:MM:SS:T}, T being tenths of a second, which KMIP does not keep. */
  private static final Pattern READ =
      Pattern.compile("(\\d{4}-\\d{2}-\\d{2})[ T](\\d{2}:\\d{2}:\\d{2})(?:[:.]\\d{1,9})?");

  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  private static final Pattern PERIOD = Pattern.compile("(\\d{1,4})([dwy])");

  private static final DateTimeFormatter STRICT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private Dates() {}

  /** {@code n/a} when absent. */
  public static String print(@Nullable Instant instant, ZoneId zone) {
    return instant == null ? "n/a" : PRINTED.format(instant.atZone(zone));
  }

  /**
   * Reads DSE's form in the given zone, or ISO 8601 with an offset ({@code 2026-11-23T20:05:00Z}).
   *
   * @throws DateTimeException naming the accepted forms
   */
  public static Instant parse(String text, ZoneId zone) {
    String trimmed = text.strip();
    Matcher matcher = READ.matcher(trimmed);
    try {
      if (matcher.matches()) {
        return LocalDateTime.parse(matcher.group(1) + " " + matcher.group(2), STRICT)
            .atZone(zone)
            .toInstant();
      }
      return OffsetDateTime.parse(trimmed).toInstant();
    } catch (DateTimeException e) {
      throw new DateTimeException(
          "'"
              + text
              + "' is not a date; write YYYY-MM-DD HH:MM:SS:T (e.g. 2026-04-13 20:05:00:0, in the"
              + " zone "
              + zone
              + ") or 2026-04-13T20:05:00Z",
          e);
    }
  }

  /**
   * As {@link #parse}; of a day without a time, its end.
   *
   * @throws DateTimeException naming the accepted forms
   */
  public static Instant parseEnd(String text, ZoneId zone) {
    String trimmed = text.strip();
    if (!DAY.matcher(trimmed).matches()) {
      return parse(text, zone);
    }
    return LocalDate.parse(trimmed).plusDays(1).atStartOfDay(zone).toInstant();
  }

  /**
   * As {@link #parseEnd}, or a period from now on: {@code 90d}, {@code 12w}, {@code 7y}.
   *
   * @throws DateTimeException naming the accepted forms, or it does not lie ahead
   */
  public static Instant parseUntil(String text, Instant now, ZoneId zone) {
    Matcher period = PERIOD.matcher(text.strip());
    Instant until;
    if (period.matches()) {
      ZonedDateTime from = now.atZone(zone);
      long count = Long.parseLong(period.group(1));
      until =
          switch (period.group(2)) {
            case "d" -> from.plusDays(count).toInstant();
            case "w" -> from.plusWeeks(count).toInstant();
            default -> from.plusYears(count).toInstant();
          };
    } else {
      try {
        until = parseEnd(text, zone);
      } catch (DateTimeException e) {
        throw new DateTimeException(
            "'"
                + text
                + "' is no date and no period; write YYYY-MM-DD (that day included), a date with its"
                + " time such as 2027-04-13T20:05:00Z, or 90d, 12w, 7y",
            e);
      }
    }
    if (!until.isAfter(now)) {
      throw new DateTimeException("'" + text + "' does not lie ahead");
    }
    return until;
  }
}
