package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.DataKeyState;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.replicated.KeyTable;
import io.cassandratde.keys.replicated.KeyWrap;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.sstable.cassandra.control.Cluster;
import io.cassandratde.sstable.cassandra.control.ControlKeyspace;
import io.cassandratde.sstable.cassandra.control.ControlStatements;
import io.cassandratde.sstable.cassandra.control.ControlUnavailableException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.cql3.UntypedResultSet.Row;
import org.apache.cassandra.db.ConsistencyLevel;
import org.apache.cassandra.utils.TimeUUID;
import org.jspecify.annotations.Nullable;

/**
 * The table of data keys in {@code encryption_control}. Rows of {@code data_keys} are changed by
 * lightweight transactions; wraps are only added, by QUORUM.
 *
 * <p>A line is read by SERIAL: what seals is decided by it, and a node whose transaction ended
 * without an answer must see next what became of it. The rest is read by QUORUM, which shows all
 * that anybody was told of: transactions are committed by QUORUM.
 */
final class CqlKeyTable implements KeyTable {

  private static final String KEYS = ControlKeyspace.DATA_KEYS.fullName();
  private static final String WRAPS = ControlKeyspace.DATA_KEY_WRAPS.fullName();
  private static final String OF_LINE = " WHERE master = ? AND namespace = ? AND bits = ?";
  private static final String OF_VERSION = OF_LINE + " AND version = ?";

  /** In a millisecond. */
  private static final int TENTHS_OF_MICROS = 10_000;

  private final ControlStatements statements;
  private final ActiveMasters masters;
  private final Surroundings surroundings;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final DataKeyRows rows = new DataKeyRows();

  /** Which master key wraps. */
  interface ActiveMasters {
    MasterKeyVersion active(String name, MasterKeys source);
  }

  /**
   * Of the node.
   *
   * @param askable whether it can ask others
   * @param there whether it knows the tables
   * @param joining whether it can read ranges only
   */
  record Surroundings(BooleanSupplier askable, BooleanSupplier there, BooleanSupplier joining) {
    static final Surroundings OF_NODE =
        new Surroundings(
            Cluster::isAskable,
            () -> ControlKeyspace.exists(ControlKeyspace.HIERARCHY),
            Cluster::isJoining);
  }

  CqlKeyTable(
      ControlStatements statements,
      ActiveMasters masters,
      Surroundings surroundings,
      InstantSource clock) {
    this.clock = clock;
    this.statements = statements;
    this.masters = masters;
    this.surroundings = surroundings;
  }

  @Override
  public void requireThere() {
    if (!surroundings.there().getAsBoolean()) {
      throw new KeyConfigException(
          "keyspace "
              + ControlKeyspace.NAME
              + " has no tables of data keys yet: nodes that have replicated_keys in their tde.yaml"
              + " create them within seconds of their start; then give the statement again");
    }
  }

  @Override
  public List<DataKeyRow> line(KeyLine line) {
    return asked(
        () ->
            surroundings.joining().getAsBoolean()
                ? allNow().stream().filter(row -> row.line().equals(line)).toList()
                : rows.keys(
                    statements.decided(
                        "SELECT * FROM " + KEYS + OF_LINE,
                        line.master(),
                        line.namespace(),
                        line.cipher().bits())));
  }

  @Override
  public List<DataKeyRow> all() {
    return asked(this::allNow);
  }

  private List<DataKeyRow> allNow() {
    return rows.keys(statements.execute("SELECT * FROM " + KEYS, ConsistencyLevel.QUORUM));
  }

  @Override
  public @Nullable StoredKey byId(UUID keyId) {
    return asked(() -> find(keyId)).orElse(null);
  }

  private Optional<StoredKey> find(UUID keyId) {
    List<Row> wraps = wraps(keyId);
    if (wraps.isEmpty()) {
      return Optional.empty();
    }
    DataKeyRow row = named(wraps.get(0));
    if (row == null || !row.keyId().equals(keyId)) {
      row = allNow().stream().filter(each -> each.keyId().equals(keyId)).findFirst().orElse(null);
      if (row != null) {
        rows.tellMisled(row);
      }
    }
    return row == null ? Optional.empty() : Optional.of(new StoredKey(row, rows.wraps(wraps)));
  }

  /** The row that the static columns of wraps lead to: the short way, for who wrote them right. */
  private @Nullable DataKeyRow named(Row wrap) {
    return DataKeyRows.namesLine(wrap) ? row(DataKeyRows.line(wrap), wrap.getInt("version")) : null;
  }

  private List<Row> wraps(UUID keyId) {
    String all = "SELECT * FROM " + WRAPS;
    if (!surroundings.joining().getAsBoolean()) {
      return list(statements.execute(all + " WHERE key_id = ?", ConsistencyLevel.QUORUM, keyId));
    }
    return list(statements.execute(all, ConsistencyLevel.QUORUM)).stream()
        .filter(row -> row.getUUID("key_id").equals(keyId))
        .toList();
  }

  private @Nullable DataKeyRow row(KeyLine line, int version) {
    if (surroundings.joining().getAsBoolean()) {
      return allNow().stream()
          .filter(row -> row.line().equals(line) && row.version() == version)
          .findFirst()
          .orElse(null);
    }
    List<DataKeyRow> found =
        rows.keys(
            statements.execute(
                "SELECT * FROM " + KEYS + OF_VERSION,
                ConsistencyLevel.QUORUM,
                line.master(),
                line.namespace(),
                line.cipher().bits(),
                version));
    return found.isEmpty() ? null : found.get(0);
  }

  @Override
  public List<StoredKey> allWithWraps() {
    return asked(
        () -> {
          Map<UUID, List<Row>> wraps =
              list(statements.execute("SELECT * FROM " + WRAPS, ConsistencyLevel.QUORUM)).stream()
                  .collect(Collectors.groupingBy(row -> row.getUUID("key_id")));
          return allNow().stream()
              .map(
                  row -> new StoredKey(row, rows.wraps(wraps.getOrDefault(row.keyId(), List.of()))))
              .toList();
        });
  }

  @Override
  public boolean add(DataKeyRow row) {
    KeyLine line = row.line();
    return asked(
        () -> {
          UntypedResultSet answer =
              statements.execute(
                  "INSERT INTO "
                      + KEYS
                      + " (master, namespace, bits, version, key_id, status, check_value,"
                      + " created_at, active_from, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      + " IF NOT EXISTS",
                  ConsistencyLevel.QUORUM,
                  line.master(),
                  line.namespace(),
                  line.cipher().bits(),
                  row.version(),
                  row.keyId(),
                  row.state().name(),
                  DataKeyRows.hex(row.checkValue()),
                  Date.from(row.createdAt()),
                  Date.from(row.activeFrom()),
                  Date.from(row.changedAt()));
          boolean applied = answer.one().getBoolean("[applied]");
          String fault = applied ? null : DataKeyRows.fault(answer.one());
          if (fault != null) {
            throw new KeyConfigException(fault); // it would be in the way for good
          }
          return applied;
        });
  }

  @Override
  public boolean change(DataKeyRow row, DataKeyRow to) {
    KeyLine line = row.line();
    return asked(
        () ->
            statements.applied(
                "UPDATE "
                    + KEYS
                    + " SET status = ?, active_from = ?, changed_at = ?"
                    + OF_VERSION
                    + " IF key_id = ? AND status = ?",
                to.state().name(),
                Date.from(to.activeFrom()),
                Date.from(to.changedAt()),
                line.master(),
                line.namespace(),
                line.cipher().bits(),
                row.version(),
                row.keyId(),
                row.state().name()));
  }

  /**
   * Rows never replace rows, for no two have the same time of wrapping; and the one that is added
   * is the newest by the wraps that are there, if the clocks of nodes differ. The static columns
   * are written with each, so that they lead to the row again.
   */
  @Override
  public void addWrap(DataKeyRow row, WrappedKey wrapped) {
    KeyLine line = row.line();
    var unused =
        asked(
            () -> {
              long now = clock.millis();
              for (KeyWrap there : rows.wraps(wraps(row.keyId()))) {
                now = Math.max(now, there.wrappedAt().toEpochMilli() + 1);
              }
              return statements.execute(
                  "INSERT INTO "
                      + WRAPS
                      + " (key_id, wrapped_at, master, namespace, bits, version, check_value,"
                      + " created_at, wrapped, master_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  ConsistencyLevel.QUORUM,
                  row.keyId(),
                  TimeUUID.Generator.atUnixMillis(now, random.nextInt(TENTHS_OF_MICROS)),
                  line.master(),
                  line.namespace(),
                  line.cipher().bits(),
                  row.version(),
                  DataKeyRows.hex(row.checkValue()),
                  Date.from(row.createdAt()),
                  ByteBuffer.wrap(wrapped.bytes()),
                  wrapped.masterKey().keyId());
            });
  }

  @Override
  public boolean remove(DataKeyRow row, Instant now) {
    boolean removed =
        row.state() == DataKeyState.REMOVED || change(row, row.in(DataKeyState.REMOVED, now));
    if (removed) {
      var unused =
          asked(
              () ->
                  statements.execute(
                      "DELETE FROM " + WRAPS + " WHERE key_id = ?",
                      ConsistencyLevel.QUORUM,
                      row.keyId()));
    }
    return removed;
  }

  @Override
  public void removeWraps(DataKeyRow row, Instant before) {
    var unused =
        asked(
            () ->
                statements.execute(
                    "DELETE FROM " + WRAPS + " WHERE key_id = ? AND wrapped_at < minTimeuuid(?)",
                    ConsistencyLevel.QUORUM,
                    row.keyId(),
                    Date.from(before)));
  }

  @Override
  public KeyReference activeMaster(String name, MasterKeys source) {
    return asked(() -> masters.active(name, source).reference());
  }

  /** A failure is an outage of the table, never an answer about a key. */
  private <T> T asked(ControlStatements.Work<T> work) {
    if (!surroundings.askable().getAsBoolean()) {
      throw KeyUnavailableException.nobodyAsked(
          "the table of data keys cannot be asked before this node takes part in the cluster");
    }
    if (!surroundings.there().getAsBoolean()) {
      throw KeyUnavailableException.nobodyAsked(
          "this node knows no table of data keys in keyspace " + ControlKeyspace.NAME + " yet");
    }
    try {
      return work.run();
    } catch (ControlUnavailableException e) {
      throw KeyUnavailableException.nobodyAsked(
          "the table of data keys cannot be asked now: " + e.getMessage());
    }
  }

  private static List<Row> list(UntypedResultSet rows) {
    return new ArrayList<>(StreamSupport.stream(rows.spliterator(), false).toList());
  }
}
