package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.keys.KeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.cql3.UntypedResultSet.Row;
import org.apache.cassandra.db.ConsistencyLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which key each spec is to have next, and what each node says of it. One key per spec stands, by a
 * lightweight transaction; all else is written and read by QUORUM.
 */
class Publications {

  private static final String PROPOSALS = ControlKeyspace.KEY_PROPOSALS.fullName();
  private static final String REPORTS = ControlKeyspace.KEY_REPORTS.fullName();

  /** One partition, so that every node reads all proposals at the price of one. */
  private static final String PART = "keys";

  private static final String OF_SPEC = " WHERE part = '" + PART + "' AND spec = ?";

  private static final Logger logger = LoggerFactory.getLogger(Publications.class);

  private final ControlStatements statements;
  private final InstantSource clock;

  /** Those that were told. */
  private final Set<String> faults = ConcurrentHashMap.newKeySet();

  Publications(ControlStatements statements, InstantSource clock) {
    this.statements = statements;
    this.clock = clock;
  }

  List<Proposal> all() {
    List<Proposal> all = new ArrayList<>();
    for (Row row :
        statements.execute(
            "SELECT * FROM " + PROPOSALS + " WHERE part = '" + PART + "'",
            ConsistencyLevel.QUORUM)) {
      String fault = fault(row);
      if (fault == null) {
        all.add(proposal(row));
      } else if (faults.add(fault)) {
        logger.warn("{}; it is left alone", fault);
      }
    }
    return all;
  }

  /**
   * What makes a row none that a node wrote; null: nothing. Whoever may write to the keyspace must
   * not end the making of keys by one.
   */
  static @Nullable String fault(Row row) {
    String of = "the row of '" + row.getString("spec") + "' in " + PROPOSALS;
    for (String column : List.of("key_group", "bits", "key_id", "proposed_by", "proposed_at")) {
      if (!row.has(column)) {
        return of + " has no " + column + ", so no node wrote it: DELETE it";
      }
    }
    try {
      var unused = proposal(row).hint();
      return null;
    } catch (IllegalArgumentException e) {
      return of + " names no key spec (" + e.getMessage() + "): DELETE it";
    }
  }

  /**
   * The one of a spec.
   *
   * @throws ControlUnavailableException it cannot be read, or no node wrote it
   */
  @Nullable Proposal of(String spec) {
    UntypedResultSet rows =
        statements.execute("SELECT * FROM " + PROPOSALS + OF_SPEC, ConsistencyLevel.QUORUM, spec);
    if (rows.isEmpty()) {
      return null;
    }
    String fault = fault(rows.one());
    if (fault != null) {
      throw new ControlUnavailableException(fault);
    }
    return proposal(rows.one());
  }

  private static Proposal proposal(Row row) {
    return new Proposal(
        row.getString("spec"),
        row.getString("key_group"),
        row.has("namespace") ? row.getString("namespace") : null,
        row.getInt("bits"),
        row.getString("key_id"),
        row.getUUID("proposed_by"),
        row.getTimestamp("proposed_at").toInstant(),
        row.has("current_at") ? row.getTimestamp("current_at").toInstant() : null);
  }

  /**
   * Proposes a key; false: another node was first, whatever with.
   *
   * @param over the proposal whose place it takes
   */
  boolean propose(KeySpec spec, String keyId, @Nullable Proposal over) {
    Date now = Date.from(clock.instant());
    if (over == null) {
      return statements.applied(
          "INSERT INTO "
              + PROPOSALS
              + " (part, spec, key_group, namespace, bits, key_id, proposed_by, proposed_at)"
              + " VALUES ('"
              + PART
              + "', ?, ?, ?, ?, ?, ?, ?) IF NOT EXISTS",
          spec.toString(),
          spec.group(),
          spec.namespace(),
          spec.cipher().bits(),
          keyId,
          Cluster.self(),
          now);
    }
    return statements.applied(
        "UPDATE "
            + PROPOSALS
            + " SET key_id = ?, proposed_by = ?, proposed_at = ?, current_at = null"
            + OF_SPEC
            + " IF key_id = ?",
        keyId,
        Cluster.self(),
        now,
        spec.toString(),
        over.keyId());
  }

  /** A node seals with it. */
  void current(Proposal proposal) {
    var unused =
        statements.applied(
            "UPDATE " + PROPOSALS + " SET current_at = ?" + OF_SPEC + " IF key_id = ?",
            Date.from(clock.instant()),
            proposal.spec(),
            proposal.keyId());
  }

  void report(String spec, String keyId, KeyReport report) {
    Instant now = clock.instant();
    var unused =
        statements.execute(
            "INSERT INTO "
                + REPORTS
                + " (spec, key_id, host_id, check_value, failure, reported_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            ConsistencyLevel.QUORUM,
            spec,
            keyId,
            report.host(),
            report.checkValue(),
            report.failure(),
            Date.from(now));
  }

  List<KeyReport> reports(String spec, String keyId) {
    List<KeyReport> reports = new ArrayList<>();
    for (Row row :
        statements.execute(
            "SELECT * FROM " + REPORTS + " WHERE spec = ? AND key_id = ?",
            ConsistencyLevel.QUORUM,
            spec,
            keyId)) {
      reports.add(report(row));
    }
    return reports;
  }

  static KeyReport report(Row row) {
    return new KeyReport(row.getUUID("host_id"), text(row, "check_value"), text(row, "failure"));
  }

  private static String text(Row row, String column) {
    return row.has(column) ? row.getString(column) : "";
  }
}
