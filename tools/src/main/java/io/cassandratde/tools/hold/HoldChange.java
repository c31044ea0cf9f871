package io.cassandratde.tools.hold;

import io.cassandratde.tools.cluster.BackupHold;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One key that a backup needs, as it is registered and as it shall be.
 *
 * @param before null: it is not registered
 */
public record HoldChange(@Nullable BackupHold before, BackupHold after) {

  /** What becomes of it. */
  public enum Kind {
    NEW,
    UNCHANGED,
    EXTENDED,
    SHORTENED,
    /** The same date, with another note or with the check value that was not known. */
    UPDATED,
    /** Another key has its id, by the check value. */
    ANOTHER_KEY;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Whether it takes protection away from what is registered. */
    public boolean weakens() {
      return this == SHORTENED || this == ANOTHER_KEY;
    }
  }

  /**
   * What to register.
   *
   * @param note null: the note that is there stays
   */
  static HoldChange of(
      List<BackupHold> registered, String name, HeldKey key, Instant until, @Nullable String note) {
    BackupHold before =
        registered.stream()
            .filter(
                hold ->
                    hold.name().equals(name)
                        && hold.group().equals(key.group())
                        && hold.keyId().equals(key.keyId()))
            .findFirst()
            .orElse(null);
    String oldNote = before == null ? "" : before.note();
    String oldCheck = before == null ? "" : before.checkValue();
    return new HoldChange(
        before,
        new BackupHold(
            name,
            key.group(),
            key.keyId(),
            key.checkValue().isEmpty() ? oldCheck : key.checkValue(),
            until,
            note == null ? oldNote : note,
            ""));
  }

  public Kind kind() {
    if (before == null) {
      return Kind.NEW;
    }
    if (!before.checkValue().isEmpty() && !before.checkValue().equals(after.checkValue())) {
      return Kind.ANOTHER_KEY;
    }
    if (!after.holdUntil().equals(before.holdUntil())) {
      return after.holdUntil().isAfter(before.holdUntil()) ? Kind.EXTENDED : Kind.SHORTENED;
    }
    boolean same =
        after.note().equals(before.note()) && after.checkValue().equals(before.checkValue());
    return same ? Kind.UNCHANGED : Kind.UPDATED;
  }
}
