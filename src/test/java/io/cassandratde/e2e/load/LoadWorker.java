package io.cassandratde.e2e.load;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Writes and reads partitions that are its own, one statement after the other, so that it always
 * knows what must be there: per partition, the number of the last write of each row.
 */
public final class LoadWorker {

  /** At 6,000 bytes each, 108 MB in one partition. */
  private static final int WIDE_ROWS = 18_000;

  private static final int PARTITIONS = 300;
  private static final int ROWS = 200;
  private static final int TTL_SECONDS = 20;
  private static final int PAGE = 500;

  /** Time that a statement may take at most between its start and its effect, either way. */
  private static final Duration SLACK = Duration.ofSeconds(8);

  private final LoadTable table;
  private final String name;
  private final Random random;
  private final NavigableMap<String, NavigableMap<Integer, Integer>> model = new TreeMap<>();
  private final List<Expiring> expiring = new ArrayList<>();
  private Statements cql;
  private int version;
  private int wideRows;
  private long writes;
  private long reads;
  private long rowsRead;

  /** A row with a TTL, between these moments of {@link System#nanoTime()}. */
  private record Expiring(int ck, int version, long lives, long gone) {}

  private record Statements(
      CqlSession session,
      PreparedStatement insert,
      PreparedStatement expiring,
      PreparedStatement insertIfNotExists,
      PreparedStatement lwt,
      PreparedStatement delete,
      PreparedStatement deleteRange,
      PreparedStatement one,
      PreparedStatement all,
      PreparedStatement reversed,
      PreparedStatement slice,
      PreparedStatement byTag) {

    static Statements of(CqlSession session, String table) {
      String insert = "INSERT INTO " + table + " (pk, ck, version, v, tag) VALUES (?, ?, ?, ?, ?)";
      String select = "SELECT pk, ck, version, v, tag FROM " + table + " WHERE ";
      return new Statements(
          session,
          session.prepare(insert),
          session.prepare(insert + " USING TTL " + TTL_SECONDS),
          session.prepare(insert + " IF NOT EXISTS"),
          session.prepare(
              "UPDATE "
                  + table
                  + " SET version = ?, v = ?, tag = ? WHERE pk = ? AND ck = ? IF version = ?"),
          session.prepare("DELETE FROM " + table + " WHERE pk = ? AND ck = ?"),
          session.prepare("DELETE FROM " + table + " WHERE pk = ? AND ck >= ? AND ck < ?"),
          session.prepare(select + "pk = ? AND ck = ?"),
          session.prepare(select + "pk = ?"),
          session.prepare(select + "pk = ? ORDER BY ck DESC LIMIT 50"),
          session.prepare(select + "pk = ? AND ck >= ? AND ck < ?"),
          session.prepare(select + "tag = ?"));
    }
  }

  public LoadWorker(CqlSession session, LoadTable table, int number) {
    this.table = table;
    name = table.name() + number;
    random = new Random(name.hashCode());
    cql = Statements.of(session, table.full());
  }

  /** After a restart of the node. */
  public LoadWorker use(CqlSession session) {
    cql = Statements.of(session, table.full());
    return this;
  }

  public void runUntil(long end) {
    while (System.nanoTime() < end) {
      step();
    }
  }

  private void step() {
    growWide();
    String pk = anyPartition();
    int ck = random.nextInt(ROWS);
    switch (random.nextInt(12)) {
      case 0 -> lwt(ck);
      case 1 -> batch(ck);
      case 2 -> delete(pk, ck);
      case 3 -> expire(ck);
      case 4 -> checkOne(pk, ck);
      case 5 -> checkAll(pk);
      case 6 -> checkReversed(pk);
      case 7 -> checkSlice(pk, ck);
      case 8 -> checkTag(pk, ck);
      case 9 -> checkWide();
      default -> insert(pk, ck);
    }
    checkExpired();
  }

  private String anyPartition() {
    return name + "-" + random.nextInt(PARTITIONS);
  }

  private String wide() {
    return name + "-wide";
  }

  private NavigableMap<Integer, Integer> rows(String pk) {
    return model.computeIfAbsent(pk, key -> new TreeMap<>());
  }

  private Object[] content(String pk, int ck, int written) {
    return new Object[] {
      pk, ck, written, Content.value(pk, ck, written), Content.tag(pk, ck, written)
    };
  }

  private void insert(String pk, int ck) {
    version++;
    cql.session().execute(cql.insert().bind(content(pk, ck, version)));
    rows(pk).put(ck, version);
    writes++;
  }

  /**
   * A few rows a step, until the partition is as wide as it shall be; then they are written over.
   */
  private void growWide() {
    List<CompletableFuture<AsyncResultSet>> pending = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int ck = wideRows++ % WIDE_ROWS;
      version++;
      pending.add(
          cql.session()
              .executeAsync(cql.insert().bind(content(wide(), ck, version)))
              .toCompletableFuture());
      rows(wide()).put(ck, version);
      writes++;
    }
    pending.forEach(CompletableFuture::join);
  }

  /**
   * In a partition of their own: the node and the client give time stamps by clocks of their own.
   */
  private void lwt(int ck) {
    String pk = name + "-lwt";
    Integer there = rows(pk).get(ck);
    boolean right = random.nextInt(4) > 0;
    version++;
    boolean applied =
        cql.session()
            .execute(
                there == null
                    ? cql.insertIfNotExists().bind(content(pk, ck, version))
                    : cql.lwt()
                        .bind(
                            version,
                            Content.value(pk, ck, version),
                            Content.tag(pk, ck, version),
                            pk,
                            ck,
                            right ? there : -1))
            .wasApplied();
    require(applied == (there == null || right), "LWT on " + pk + "/" + ck + ": " + applied);
    if (applied) {
      rows(pk).put(ck, version);
    }
    writes++;
  }

  /** Logged, over several partitions. */
  private void batch(int ck) {
    var batch = BatchStatement.builder(BatchType.LOGGED);
    for (int i = 0; i < 4; i++) {
      String pk = name + "-" + (random.nextInt(PARTITIONS / 4) * 4 + i);
      version++;
      batch.addStatement(cql.insert().bind(content(pk, ck, version)));
      rows(pk).put(ck, version);
      writes++;
    }
    cql.session().execute(batch.build());
  }

  private void delete(String pk, int ck) {
    if (random.nextBoolean()) {
      cql.session().execute(cql.delete().bind(pk, ck));
      rows(pk).remove(ck);
    } else {
      cql.session().execute(cql.deleteRange().bind(pk, ck, ck + 10));
      rows(pk).subMap(ck, true, ck + 10, false).clear();
    }
    writes++;
  }

  private String expiringPartition() {
    return name + "-expiring";
  }

  private void expire(int ck) {
    // Keys that never come again, so that nothing else is there when the row is gone.
    int key = version * 1_000 + ck;
    version++;
    long before = System.nanoTime();
    cql.session().execute(cql.expiring().bind(content(expiringPartition(), key, version)));
    long ttl = Duration.ofSeconds(TTL_SECONDS).toNanos();
    expiring.add(
        new Expiring(
            key,
            version,
            before + ttl - SLACK.toNanos(),
            System.nanoTime() + ttl + SLACK.toNanos()));
    writes++;
  }

  private void checkExpired() {
    if (expiring.isEmpty() || random.nextInt(8) > 0) {
      return;
    }
    Expiring row = expiring.get(random.nextInt(expiring.size()));
    long before = System.nanoTime();
    List<Row> found = run(cql.one(), expiringPartition(), row.ck());
    if (before > row.gone()) {
      require(found.isEmpty(), "row " + row.ck() + " outlived its TTL");
      expiring.remove(row);
    } else if (System.nanoTime() < row.lives()) {
      requireRows(expiringPartition(), found, new TreeMap<>(Map.of(row.ck(), row.version())));
    }
  }

  private void checkOne(String pk, int ck) {
    requireRows(pk, run(cql.one(), pk, ck), rows(pk).subMap(ck, true, ck + 1, false));
  }

  private void checkAll(String pk) {
    requireRows(pk, run(cql.all(), pk), rows(pk));
  }

  private void checkReversed(String pk) {
    List<Row> found = run(cql.reversed(), pk);
    NavigableMap<Integer, Integer> last = new TreeMap<>();
    rows(pk).descendingMap().entrySet().stream()
        .limit(50)
        .forEach(row -> last.put(row.getKey(), row.getValue()));
    Collections.reverse(found);
    requireRows(pk, found, last);
  }

  private void checkSlice(String pk, int ck) {
    requireRows(pk, run(cql.slice(), pk, ck, ck + 30), rows(pk).subMap(ck, true, ck + 30, false));
  }

  private void checkTag(String pk, int ck) {
    String tag = Content.tag(pk, ck, 0);
    NavigableMap<Integer, Integer> expected = new TreeMap<>(rows(pk));
    expected.entrySet().removeIf(row -> !Content.tag(pk, row.getKey(), row.getValue()).equals(tag));
    requireRows(pk, run(cql.byTag(), tag), expected);
  }

  private void checkWide() {
    int ck = random.nextInt(WIDE_ROWS);
    if (random.nextInt(4) == 0) {
      checkReversed(wide());
    } else {
      checkSlice(wide(), ck);
    }
  }

  /** Every partition, row by row, and that there are no others. */
  public void checkAll() {
    model.keySet().forEach(this::checkAll);
    require(
        rows(wide()).isEmpty() || !run(cql.one(), wide(), rows(wide()).lastKey()).isEmpty(),
        "the last row of " + wide());
  }

  private List<Row> run(PreparedStatement statement, Object... values) {
    List<Row> found = new ArrayList<>();
    cql.session().execute(statement.bind(values).setPageSize(PAGE)).forEach(found::add);
    reads++;
    rowsRead += found.size();
    return found;
  }

  private void requireRows(String pk, List<Row> found, NavigableMap<Integer, Integer> expected) {
    List<Integer> keys = found.stream().map(row -> row.getInt("ck")).toList();
    List<Integer> wanted = List.copyOf(expected.keySet());
    // An index gives rows in the order of the ring, which is that of the key in one partition.
    require(keys.equals(wanted), "keys of " + pk + " are " + keys + " and should be " + wanted);
    Predicate<Row> right =
        row -> {
          int ck = row.getInt("ck");
          int written = expected.getOrDefault(ck, -1);
          return row.getInt("version") == written
              && Content.value(pk, ck, written).equals(row.getString("v"))
              && Content.tag(pk, ck, written).equals(row.getString("tag"));
        };
    found.stream()
        .filter(right.negate())
        .findFirst()
        .ifPresent(
            row -> {
              throw new AssertionError("wrong row " + pk + "/" + row.getFormattedContents());
            });
  }

  private void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(name + ": " + what);
    }
  }

  @Override
  public String toString() {
    return "%s: %d writes, %d reads of %d rows, %d rows in the widest partition"
        .formatted(name, writes, reads, rowsRead, rows(wide()).size());
  }
}
