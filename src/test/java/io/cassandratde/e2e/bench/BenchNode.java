package io.cassandratde.e2e.bench;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.cassandratde.e2e.node.CassandraNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;

/** One of the two nodes, and the work that both are given. */
final class BenchNode {

  private static final int TAGS = 2000;
  private static final int PAGE = 1000;

  private static final String[] WORDS = {
    "account",
    "balance",
    "transfer",
    "invoice",
    "customer",
    "address",
    "street",
    "number",
    "payment",
    "pending",
    "settled",
    "refund",
    "currency",
    "amount",
    "reference",
    "branch"
  };

  private final CassandraNode node;
  private final Sizes sizes;
  private @Nullable Statements statements;
  private int written;

  /**
   * How much of everything.
   *
   * @param rows of the tables that are read
   * @param reads requests of one measurement
   * @param writes rows of one flush; four flushes make a compaction
   */
  record Sizes(int rows, int reads, int writes, int coldTables, int coldRows) {}

  private record Statements(
      PreparedStatement point,
      PreparedStatement scan,
      PreparedStatement indexed,
      PreparedStatement write) {}

  BenchNode(CassandraNode node, Sizes sizes) {
    this.node = node;
    this.sizes = sizes;
  }

  CassandraNode node() {
    return node;
  }

  /** Creates and fills the tables, the same on both nodes. */
  void load(String tableOptions) {
    node.execute(
        "CREATE KEYSPACE bench WITH replication ="
            + " {'class': 'SimpleStrategy', 'replication_factor': 1}");
    create("points", tableOptions);
    create("indexed", tableOptions);
    create("writes", tableOptions);
    node.execute("CREATE INDEX ON bench.indexed (tag) USING 'sai'");
    fill("points", sizes.rows());
    fill("indexed", sizes.rows() / 2);
    for (int i = 0; i < sizes.coldTables(); i++) {
      create("cold" + i, tableOptions);
      fill("cold" + i, sizes.coldRows());
    }
    prepare();
  }

  private void create(String table, String options) {
    node.execute(
        "CREATE TABLE bench."
            + table
            + " (id bigint, at int, tag text, body text, PRIMARY KEY (id, at)) WITH compaction ="
            + " {'class': 'SizeTieredCompactionStrategy', 'enabled': false} AND "
            + options);
  }

  private void fill(String table, int rows) {
    var unused = Clients.run("load", 4, rows, inserts(table, 0));
    node.jmx().flush("bench", table);
    node.jmx().compact("bench", table);
  }

  private IntConsumer inserts(String table, int from) {
    PreparedStatement insert =
        node.cql()
            .prepare("INSERT INTO bench." + table + " (id, at, tag, body) VALUES (?, ?, ?, ?)");
    return i -> node.cql().execute(row(insert, from + i));
  }

  private static BoundStatement row(PreparedStatement insert, int i) {
    Random random = new Random(i);
    StringBuilder body = new StringBuilder();
    while (body.length() < 400) {
      body.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
      body.append(Integer.toHexString(random.nextInt())).append(' ');
    }
    return insert.bind(id(i), i % 7, "tag-" + i % TAGS, body.toString());
  }

  private static long id(int i) {
    return i * 0x9E3779B97F4A7C15L;
  }

  /** After every start, since a session ends with its node. */
  void prepare() {
    var cql = node.cql();
    statements =
        new Statements(
            cql.prepare("SELECT body FROM bench.points WHERE id = ?"),
            cql.prepare("SELECT id, body FROM bench.points"),
            cql.prepare("SELECT id, body FROM bench.indexed WHERE tag = ? LIMIT 10"),
            cql.prepare("INSERT INTO bench.writes (id, at, tag, body) VALUES (?, ?, ?, ?)"));
  }

  private Statements statements() {
    Statements there = statements;
    if (there == null) {
      throw new IllegalStateException("not prepared: " + node);
    }
    return there;
  }

  Map<String, Double> pointReads(long seed) {
    PreparedStatement point = statements().point();
    int[] ids = new Random(seed).ints(sizes.reads(), 0, sizes.rows()).toArray();
    return Clients.run("point read", 1, ids.length, i -> read(point, ids[i]));
  }

  private void read(PreparedStatement statement, int i) {
    Row row = node.cql().execute(statement.bind(id(i))).one();
    if (row == null) {
      throw new IllegalStateException("row " + i + " is missing on " + node);
    }
  }

  Map<String, Double> scan() {
    long start = System.nanoTime();
    int rows = 0;
    for (Row row : node.cql().execute(statements().scan().bind().setPageSize(PAGE))) {
      rows += row.isNull(1) ? 0 : 1;
    }
    if (rows != sizes.rows()) {
      throw new IllegalStateException(rows + " rows instead of " + sizes.rows() + " on " + node);
    }
    return Map.of("range scan (us/row)", (System.nanoTime() - start) / 1e3 / rows);
  }

  Map<String, Double> indexQueries(long seed) {
    PreparedStatement indexed = statements().indexed();
    int[] tags = new Random(seed).ints(sizes.reads() / 8, 0, TAGS).toArray();
    return Clients.run(
        "SAI query",
        1,
        tags.length,
        i -> {
          if (node.cql().execute(indexed.bind("tag-" + tags[i])).one() == null) {
            throw new IllegalStateException("tag " + tags[i] + " is missing on " + node);
          }
        });
  }

  /** Writes and flushes four times, compacts the four SSTables, and empties the table. */
  Map<String, Double> writes() {
    PreparedStatement write = statements().write();
    int flushes = 4;
    int each = sizes.writes();
    Map<String, Double> sums = new LinkedHashMap<>();
    for (int flush = 0; flush < flushes; flush++) {
      int from = written;
      Clients.run("write", 1, each, i -> node.cql().execute(row(write, from + i)))
          .forEach((measure, cost) -> sums.merge(measure, cost / flushes, Double::sum));
      written += each;
      sums.merge(
          "flush (us/row)",
          micros(() -> node.jmx().flush("bench", "writes")) / each / flushes,
          Double::sum);
    }
    sums.put(
        "compaction (us/row)",
        micros(() -> node.jmx().compact("bench", "writes")) / each / flushes);
    node.execute("TRUNCATE bench.writes");
    return sums;
  }

  Map<String, Double> rewrite() {
    return Map.of(
        "upgradesstables (us/row)",
        micros(() -> node.jmx().rewrite("bench", "points")) / sizes.rows());
  }

  /** Reads a table for the first time since the node started and the page cache was emptied. */
  Map<String, Double> coldReads(int table) {
    PreparedStatement point =
        node.cql().prepare("SELECT body FROM bench.cold" + table + " WHERE id = ?");
    int[] ids = new Random(table).ints(sizes.coldRows() / 10, 0, sizes.coldRows()).toArray();
    return Clients.run("cold point read", 1, ids.length, i -> read(point, ids[i]));
  }

  private static double micros(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e3;
  }

  /** Memory after a collection, and the disk that the tables take, in MiB. */
  Map<String, Double> footprint() {
    var unused = node.jmx().run("java.lang:type=Memory", "gc");
    CompositeData heap =
        (CompositeData) node.jmx().attribute("java.lang:type=Memory", "HeapMemoryUsage");
    Map<String, Double> sizes = new LinkedHashMap<>();
    sizes.put("heap after GC (MiB)", mib((Long) heap.get("used")));
    sizes.put(
        "direct buffers (MiB)",
        mib((Long) node.jmx().attribute("java.nio:type=BufferPool,name=direct", "MemoryUsed")));
    try {
      String status = Files.readString(Path.of("/proc/" + node.pid() + "/status"));
      String kib = status.replaceAll("(?s).*RssAnon:\\s*(\\d+) kB.*", "$1");
      sizes.put("resident anonymous memory (MiB)", Long.parseLong(kib) / 1024.0);
      for (String table : new String[] {"points", "indexed"}) {
        try (Stream<Path> files = Files.walk(node.tableDirectory("bench", table))) {
          sizes.put(
              "disk, table " + table + " (MiB)",
              mib(
                  files
                      .filter(Files::isRegularFile)
                      .mapToLong(file -> file.toFile().length())
                      .sum()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sizes;
  }

  private static double mib(long bytes) {
    return bytes / 1048576.0;
  }
}
