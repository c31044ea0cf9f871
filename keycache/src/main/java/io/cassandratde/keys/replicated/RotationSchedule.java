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
    DataKeyRow begun = begun(rows, policy, now);
    Due due = begun == null ? null : policy.due(begun.activeFrom(), now);
    Step timed =
        due == null
            ? Step.NONE
            : new Step(new Next(newest.version(), due.from(), due.reason()), due.overdueSince());
    String limit = policy.limit(sealed.apply(current));
    return limit == null
        ? timed
        : new Step(new Next(newest.version(), now, limit), timed.overdueSince());
  }

  /**
   * The newest key of the line, if it begins later than any that was made in time; else null. One
   * such key must not end the rotation until its time comes, on every node.
   */
  public static @Nullable DataKeyRow ahead(
      List<DataKeyRow> rows, RotationPolicy policy, Instant now) {
    DataKeyRow newest = newest(rows);
    return newest != null && policy.isAhead(newest.activeFrom(), now) ? newest : null;
  }

  /**
   * From which the next key is counted: the newest that is not {@link #ahead}. It may have been
   * ended already, by the node whose clock is ahead. Null: there is none, so perhaps it is this
   * node's clock that is behind, and nothing is due.
   */
  static @Nullable DataKeyRow begun(List<DataKeyRow> rows, RotationPolicy policy, Instant now) {
    DataKeyRow begun = null;
    for (DataKeyRow row : rows) {
      boolean was = row.state() != DataKeyState.PENDING && row.state() != DataKeyState.RETIRED;
      if (was
          && !policy.isAhead(row.activeFrom(), now)
          && (begun == null || row.version() > begun.version())) {
        begun = row;
      }
    }
    return begun;
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
