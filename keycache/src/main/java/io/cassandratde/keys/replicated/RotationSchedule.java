package io.cassandratde.keys.replicated;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * When the next key of a line is due. It begins a period after the newest one did, by that one's
 * row and not by when somebody looks: nodes whose clocks differ come to the same moment.
 */
public final class RotationSchedule {

  /** Nodes look by timer, so a key may be that late and nothing is wrong; less in short periods. */
  private static final Duration GRACE = Duration.ofHours(1);

  private RotationSchedule() {}

  /** What this node has sealed by a key. */
  public record Sealed(long bytes, long chunks) {
    public static final Sealed NOTHING = new Sealed(0, 0);
  }

  /**
   * A key to be made.
   *
   * @param after the version that it follows: whoever else makes it makes the same one
   */
  public record Next(int after, Instant activeFrom, String reason) {}

  /**
   * What is to be done.
   *
   * @param next null: nothing
   * @param overdueSince when the next key should have begun; null: it is not overdue
   */
  public record Step(@Nullable Next next, @Nullable Instant overdueSince) {
    static final Step NONE = new Step(null, null);
  }

  /**
   * At this moment.
   *
   * @param rows of one line
   * @param sealed by a key that seals now, on this node
   */
  public static Step at(
      List<DataKeyRow> rows,
      RotationPolicy policy,
      Function<DataKeyRow, Sealed> sealed,
      Instant now) {
    DataKeyRow current = KeyMaker.current(rows, now, null);
    DataKeyRow newest = newest(rows);
    if (current == null || newest == null) {
      // The first use makes the first key.
      return Step.NONE;
    }
    Step timed = timed(newest, policy, now);
    String limit = limit(sealed.apply(current), policy);
    return limit == null
        ? timed
        : new Step(new Next(newest.version(), now, limit), timed.overdueSince());
  }

  private static @Nullable DataKeyRow newest(List<DataKeyRow> rows) {
    DataKeyRow newest = null;
    for (DataKeyRow row : rows) {
      if (row.state() == DataKeyState.ACTIVE
          && (newest == null || row.version() > newest.version())) {
        newest = row;
      }
    }
    return newest;
  }

  private static Step timed(DataKeyRow newest, RotationPolicy policy, Instant now) {
    Duration period = policy.period();
    if (period == null) {
      return Step.NONE;
    }
    Instant due = newest.activeFrom().plus(period);
    if (now.isBefore(due.minus(policy.prepublish()))) {
      return Step.NONE;
    }
    String reason = "a period of " + period;
    if (now.isBefore(due)) {
      return new Step(new Next(newest.version(), due, reason), null);
    }
    // Periods that went by without a key are not made up for: one key, for the period of now.
    long missed = Duration.between(due, now).dividedBy(period);
    Instant from = due.plus(period.multipliedBy(missed));
    Duration grace = period.dividedBy(10).compareTo(GRACE) < 0 ? period.dividedBy(10) : GRACE;
    Instant overdue = now.isAfter(due.plus(grace)) ? due : null;
    return new Step(new Next(newest.version(), from, reason), overdue);
  }

  private static @Nullable String limit(Sealed sealed, RotationPolicy policy) {
    if (sealed.bytes() >= policy.maxBytes()) {
      return "this node sealed %d bytes by the key of before".formatted(sealed.bytes());
    }
    if (sealed.chunks() >= policy.maxChunks()) {
      return "this node sealed %d chunks by the key of before".formatted(sealed.chunks());
    }
    return null;
  }
}
