package io.cassandratde.keys.replicated;

import io.cassandratde.keys.rotation.Due;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** When the next key of a line is due, by the rows of the line. */
public final class RotationSchedule {

  private RotationSchedule() {}

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
    Due due = policy.due(newest.activeFrom(), now);
    Step timed =
        due == null
            ? Step.NONE
            : new Step(new Next(newest.version(), due.from(), due.reason()), due.overdueSince());
    String limit = policy.limit(sealed.apply(current));
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
}
