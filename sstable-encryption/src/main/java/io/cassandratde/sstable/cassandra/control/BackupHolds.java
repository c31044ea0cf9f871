package io.cassandratde.sstable.cassandra.control;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.db.ConsistencyLevel;

/**
 * Keys that backups elsewhere need (docs/RULES.md R25). Written and read by QUORUM: whoever
 * destroys a key sees what was registered before, whichever node either of them asked.
 */
final class BackupHolds {

  private static final String TABLE = ControlKeyspace.BACKUP_HOLDS.fullName();
  private static final Pattern CHECK_VALUE = Pattern.compile("([0-9a-f]{8})?");

  private final ControlKeyspace keyspace;
  private final ControlStatements statements;
  private final InstantSource clock;

  BackupHolds(ControlKeyspace keyspace, ControlStatements statements, InstantSource clock) {
    this.keyspace = keyspace;
    this.statements = statements;
    this.clock = clock;
  }

  void hold(
      String name, String group, String keyId, String checkValue, String holdUntil, String note) {
    requireText("name", name);
    requireText("group", group);
    requireText("keyId", keyId);
    if (!CHECK_VALUE.matcher(checkValue).matches()) {
      throw new IllegalArgumentException(
          "checkValue: eight hexadecimal digits or empty, not " + checkValue);
    }
    Date until = Date.from(end(holdUntil));
    keyspace.create();
    var unused =
        statements.execute(
            "INSERT INTO "
                + TABLE
                + " (name, key_group, key_id, check_value, hold_until, note, registered_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
            ConsistencyLevel.QUORUM,
            name,
            group,
            keyId,
            checkValue,
            until,
            note,
            Date.from(clock.instant()));
  }

  List<BackupHold> all() {
    List<BackupHold> holds = new ArrayList<>();
    if (!keyspace.has(ControlKeyspace.BACKUP_HOLDS)) {
      return holds;
    }
    for (UntypedResultSet.Row row :
        statements.execute("SELECT * FROM " + TABLE, ConsistencyLevel.QUORUM)) {
      holds.add(
          new BackupHold(
              row.getString("name"),
              row.getString("key_group"),
              row.getString("key_id"),
              row.getString("check_value"),
              row.getTimestamp("hold_until").toInstant(),
              row.getString("note"),
              row.getTimestamp("registered_at").toInstant()));
    }
    return holds;
  }

  boolean release(String name) {
    requireText("name", name);
    if (!keyspace.has(ControlKeyspace.BACKUP_HOLDS)) {
      return false;
    }
    String ofName = " FROM " + TABLE + " WHERE name = ?";
    boolean any =
        !statements.execute("SELECT key_id" + ofName, ConsistencyLevel.QUORUM, name).isEmpty();
    if (any) {
      var unused = statements.execute("DELETE" + ofName, ConsistencyLevel.QUORUM, name);
    }
    return any;
  }

  private static void requireText(String what, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(what + " is empty");
    }
  }

  /** A date without a time means the whole of that day. */
  static Instant end(String holdUntil) {
    try {
      return holdUntil.contains("T")
          ? OffsetDateTime.parse(holdUntil).toInstant()
          : LocalDate.parse(holdUntil).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "holdUntil: a date as 2027-01-31, or an instant as 2027-01-31T12:00:00Z, not "
              + holdUntil,
          e);
    }
  }
}
