package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.keys.replicated.ToldOnce;
import io.cassandratde.sstable.cassandra.control.ControlKeyspace;
import io.cassandratde.sstable.cassandra.control.ControlStatements;
import io.cassandratde.sstable.cassandra.hierarchy.MasterKeyVersion.State;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.cql3.UntypedResultSet.Row;
import org.apache.cassandra.db.ConsistencyLevel;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables {@code master_keys} and {@code master_key_reports}. A version is added and changed by
 * lightweight transactions; a report is its own node's, and is written and read by QUORUM.
 */
class MasterKeyRows {

  private static final Logger logger = LoggerFactory.getLogger(MasterKeyRows.class);
  private static final String VERSIONS = ControlKeyspace.MASTER_KEYS.fullName();
  private static final String REPORTS = ControlKeyspace.MASTER_KEY_REPORTS.fullName();

  private final ControlStatements statements;

  /** Those that were told. */
  private final ToldOnce faults = new ToldOnce();

  MasterKeyRows(ControlStatements statements) {
    this.statements = statements;
  }

  /**
   * All versions of all names, newest first within each; by a range, which a node that joins may
   * read too.
   */
  List<MasterKeyVersion> all() {
    return read(statements.execute("SELECT * FROM " + VERSIONS, ConsistencyLevel.QUORUM));
  }

  /**
   * The versions of a name, newest first. By SERIAL: which one is active decides what wraps, and an
   * activation may have ended without an answer.
   */
  List<MasterKeyVersion> of(String name) {
    return read(statements.decided("SELECT * FROM " + VERSIONS + " WHERE name = ?", name));
  }

  private List<MasterKeyVersion> read(UntypedResultSet rows) {
    List<MasterKeyVersion> versions = new ArrayList<>();
    for (Row row : rows) {
      String fault = fault(row);
      if (fault == null) {
        versions.add(version(row));
      } else if (faults.isFirst(fault)) {
        logger.warn("{}; it is left alone", fault);
      }
    }
    return versions;
  }

  /** What makes a row none that a node wrote; null: nothing. */
  static @Nullable String fault(Row row) {
    String of =
        "the row of master key '%s', version %d in %s"
            .formatted(row.getString("name"), row.getInt("version"), VERSIONS);
    for (String column :
        List.of(
            "group_tag",
            "key_id",
            "check_value",
            "state",
            "canary_id",
            "canary",
            "proposed_by",
            "proposed_at")) {
      if (!row.has(column)) {
        return of + " has no " + column + ", so no node wrote it: DELETE it";
      }
    }
    try {
      MasterKeyVersion version = version(row);
      var unused = version.binding();
      return version.canary().masterKey().equals(version.reference())
          ? null
          : of + " names another key than the one that wraps its canary: DELETE it";
    } catch (IllegalArgumentException e) {
      return of + " is no master key (" + e.getMessage() + "): DELETE it";
    }
  }

  private static MasterKeyVersion version(Row row) {
    try {
      return new MasterKeyVersion(
          row.getString("name"),
          row.getInt("version"),
          row.has("source") ? row.getString("source") : "",
          new KeyReference(
              row.getInt("group_tag"),
              row.getString("key_id"),
              Integer.parseUnsignedInt(row.getString("check_value"), 16)),
          State.valueOf(row.getString("state")),
          row.getUUID("canary_id"),
          WrappedKey.parse(ByteBufferUtil.getArray(row.getBytes("canary"))),
          row.getUUID("proposed_by"),
          row.getTimestamp("proposed_at").toInstant(),
          row.has("activated_at") ? row.getTimestamp("activated_at").toInstant() : null);
    } catch (DamagedWrapException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Adds a version that is not there; false: it is, whatever its key. */
  boolean add(MasterKeyVersion version) {
    Instant activated = version.activatedAt();
    return statements.applied(
        "INSERT INTO "
            + VERSIONS
            + " (name, version, source, group_tag, key_id, check_value, state, canary_id, canary,"
            + " proposed_by, proposed_at, activated_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) IF NOT EXISTS",
        version.name(),
        version.version(),
        version.source(),
        version.reference().groupTag(),
        version.reference().keyId(),
        DataKeyRows.hex(version.reference().checkValue()),
        version.state().name(),
        version.canaryId(),
        ByteBuffer.wrap(version.canary().bytes()),
        version.by(),
        Date.from(version.at()),
        activated == null ? null : Date.from(activated));
  }

  /** False: it is not proposed any more. */
  boolean activate(MasterKeyVersion proposed, Instant now) {
    return statements.applied(
        "UPDATE "
            + VERSIONS
            + " SET state = 'ACTIVE', activated_at = ? WHERE name = ? AND version = ?"
            + " IF state = 'PROPOSED' AND canary_id = ?",
        Date.from(now),
        proposed.name(),
        proposed.version(),
        proposed.canaryId());
  }

  /** False: it is not proposed any more. */
  boolean abort(MasterKeyVersion proposed) {
    return statements.applied(
        "UPDATE "
            + VERSIONS
            + " SET state = 'ABORTED' WHERE name = ? AND version = ?"
            + " IF state = 'PROPOSED' AND canary_id = ?",
        proposed.name(),
        proposed.version(),
        proposed.canaryId());
  }

  void report(MasterKeyVersion version, MasterKeyReport report, Instant now) {
    var unused =
        statements.execute(
            "INSERT INTO "
                + REPORTS
                + " (name, version, host_id, address, check_value, failure, reported_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
            ConsistencyLevel.QUORUM,
            version.name(),
            version.version(),
            report.host(),
            report.address(),
            report.checkValue(),
            report.failure(),
            Date.from(now));
  }

  List<MasterKeyReport> reports(MasterKeyVersion version) {
    List<MasterKeyReport> reports = new ArrayList<>();
    for (Row row :
        statements.execute(
            "SELECT * FROM " + REPORTS + " WHERE name = ? AND version = ?",
            ConsistencyLevel.QUORUM,
            version.name(),
            version.version())) {
      reports.add(
          new MasterKeyReport(
              row.getUUID("host_id"),
              text(row, "address"),
              text(row, "check_value"),
              text(row, "failure")));
    }
    return reports;
  }

  private static String text(Row row, String column) {
    return row.has(column) ? row.getString(column) : "";
  }
}
