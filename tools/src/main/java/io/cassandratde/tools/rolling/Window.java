package io.cassandratde.tools.rolling;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * The time of day in which nodes may be given work.
 *
 * @param to may be earlier than {@code from}: then it is the next day's
 */
public record Window(LocalTime from, LocalTime to, ZoneId zone) {

  /**
   * Reads {@code 22:00-05:00}.
   *
   * @throws DateTimeException it is not of that form
   */
  public static Window parse(String text, ZoneId zone) {
    String[] ends = text.strip().split("\\s*-\\s*", -1);
    if (ends.length != 2) {
      throw new DateTimeException("'" + text + "' is not a time of day such as 22:00-05:00");
    }
    Window window = new Window(LocalTime.parse(ends[0]), LocalTime.parse(ends[1]), zone);
    if (window.from().equals(window.to())) {
      throw new DateTimeException("'" + text + "' has no length");
    }
    return window;
  }

  public boolean isOpen(Instant now) {
    LocalTime time = now.atZone(zone).toLocalTime();
    return from.isBefore(to)
        ? !time.isBefore(from) && time.isBefore(to)
        : !time.isBefore(from) || time.isBefore(to);
  }

  /** Until it opens; nothing while it is open. */
  public Duration untilOpen(Instant now) {
    if (isOpen(now)) {
      return Duration.ZERO;
    }
    ZonedDateTime here = now.atZone(zone);
    ZonedDateTime opens = here.with(from);
    return Duration.between(here, opens.isBefore(here) ? opens.plusDays(1) : opens);
  }

  @Override
  public String toString() {
    return from + "-" + to + " (" + zone + ")";
  }
}
