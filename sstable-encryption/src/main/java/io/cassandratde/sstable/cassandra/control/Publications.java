package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.keys.KeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.cql3.UntypedResultSet.Row;
import org.apache.cassandra.db.ConsistencyLevel;
import org.jspecify.annotations.Nullable;

/**
 * Which key each spec is to have next, and what each node says of it. One key per spec stands, by a
 * lightweight transaction; all else is written and read by QUORUM.
 */
final class Publications {

  private static final String PROPOSALS = ControlKeyspace.KEY_PROPOSALS.fullName();
  private static final String REPORTS = ControlKeyspace.KEY_REPORTS.fullName();

  /** One partition, so that every node reads all proposals at the price of one. */
  private static final String PART = "keys";

  private static final String OF_SPEC = " WHERE part = '" + PART + "' AND spec = ?";

  private final ControlStatements statements;
  private final InstantSource clock;

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
      all.add(proposal(row));
    }
    return all;
  }

  @Nullable Proposal of(String spec) {
    UntypedResultSet rows =
        statements.execute("SELECT * FROM " + PROPOSALS + OF_SPEC, ConsistencyLevel.QUORUM, spec);
    return rows.isEmpty() ? null : proposal(rows.one());
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
      UUID host = row.getUUID("host_id");
      reports.add(new KeyReport(host, row.getString("check_value"), row.getString("failure")));
    }
    return reports;
  }
}
