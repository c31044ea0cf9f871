package io.cassandratde.e2e.bench;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.cassandratde.e2e.kmip.DevServer;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Distribution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;

/**
 * What the inventory of a node and its operations on keys cost. Prints what docs/PERFORMANCE.md
 * tells of them; the arguments are in {@code scripts/bench}.
 */
public final class OperationsBench {

  private static final String INVENTORY = "io.cassandratde:type=KeyInventory";
  private static final String OPERATIONS = "io.cassandratde:type=KeyOperations";
  private static final int ROWS = 20;
  private static final int BODY = 500;
  private static final int WARMUPS = 6;
  private static final double MIB = 1048576.0;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Distribution distribution;
  private final Path config;
  private final CassandraNode node;
  private final Map<String, String> options;

  private OperationsBench(
      Distribution distribution, Path config, CassandraNode node, Map<String, String> options) {
    this.distribution = distribution;
    this.config = config;
    this.node = node;
    this.options = options;
  }

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("tde-bench");
    Distribution distribution = Distribution.built();
    try (DevServer kmip = DevServer.start(distribution, directory.resolve("kmip"))) {
      Path config = NodeBench.config(directory, kmip);
      try (CassandraNode node =
          NodeBench.node(directory, "encrypted", distribution.serverJar(), config, true)
              .useYaml(NodeBench.YAML.formatted("ebti") + "compaction_throughput: 0MiB/s\n")
              .start()) {
        new OperationsBench(
                distribution,
                config,
                node,
                NodeBench.options(Arrays.asList(args).subList(1, args.length)))
            .run(args[0]);
      }
    } finally {
      NodeBench.delete(directory);
    }
  }

  private int option(String name, int otherwise) {
    return NodeBench.number(options, name, otherwise);
  }

  private void run(String kind) throws IOException {
    node.execute(
        "CREATE KEYSPACE bench WITH replication ="
            + " {'class': 'SimpleStrategy', 'replication_factor': 1}");
    switch (kind) {
      case "inventory" -> inventory();
      case "rewrap" -> rewrap();
      case "rewrite" -> rewrite();
      default -> throw new IllegalArgumentException("no bench " + kind);
    }
  }

  private void create(String table) {
    node.execute(
        "CREATE TABLE bench."
            + table
            + " (id int PRIMARY KEY, body blob) WITH compaction ="
            + " {'class': 'SizeTieredCompactionStrategy', 'enabled': false} AND "
            + NodeBench.SEALED);
  }

  private void fill(String table, int sstables, int rows) {
    PreparedStatement insert =
        node.cql().prepare("INSERT INTO bench." + table + " (id, body) VALUES (?, ?)");
    for (int i = 0; i < sstables; i++) {
      int first = i * rows;
      var unused =
          Clients.run("load", 4, rows, row -> node.cql().execute(row(insert, first + row)));
      node.jmx().flush("bench", table);
    }
    int there = node.dataFiles("bench", table).size();
    if (there != sstables) {
      throw new IllegalStateException(there + " SSTables, not " + sstables);
    }
    NodeBench.say("loaded " + there + " SSTables");
  }

  private static BoundStatement row(PreparedStatement insert, int id) {
    byte[] body = new byte[BODY];
    new Random(id).nextBytes(body);
    return insert.bind(id, ByteBuffer.wrap(body));
  }

  private void inventory() throws IOException {
    int sstables = option("sstables", 200);
    create("read");
    fill("read", sstables, ROWS);
    Costs costs = new Costs(Map.of());
    for (int i = -WARMUPS; i < option("pairs", 10); i++) {
      boolean restFirst = i % 2 == 0;
      Map<String, Double> first = reads(i, sstables, !restFirst);
      Map<String, Double> second = reads(i, sstables, restFirst);
      if (i >= 0) {
        costs.add(restFirst ? new Costs.Both(first, second) : new Costs.Both(second, first));
      }
    }
    System.out.print(costs.table("at rest", "a refresh each second"));
    create("cloned");
    fill("cloned", 1, ROWS);
    int sets = option("sets", 10_000);
    cloneSets(node.tableDirectory("bench", "cloned"), sets);
    for (String which : List.of("first", "second", "third")) {
      long start = System.nanoTime();
      CompositeData report = (CompositeData) node.jmx().run(INVENTORY, "refresh");
      double millis = (System.nanoTime() - start) / 1e6;
      long files = uses(report, "cloned").mapToLong(use -> (Long) use.get("files")).sum();
      if (files != sets + 1) {
        throw new IllegalStateException(files + " SSTables in the inventory, not " + (sets + 1));
      }
      System.out.println(
          which
              + " refresh over "
              + sets
              + " cloned component sets: "
              + Math.round(millis)
              + " ms");
    }
  }

  /** Point reads, with or without another thread that has the disk read. */
  private Map<String, Double> reads(long seed, int sstables, boolean refreshes) {
    PreparedStatement read = node.cql().prepare("SELECT body FROM bench.read WHERE id = ?");
    int[] ids = new Random(seed).ints(option("reads", 4000), 0, sstables * ROWS).toArray();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      if (refreshes) {
        var unused =
            timer.scheduleAtFixedRate(
                () -> node.jmx().run(INVENTORY, "refresh"), 0, 1, TimeUnit.SECONDS);
      }
      return Clients.run(
          "point read",
          1,
          ids.length,
          i -> {
            if (node.cql().execute(read.bind(ids[i])).one() == null) {
              throw new IllegalStateException("row " + ids[i] + " is missing");
            }
          });
    } finally {
      timer.shutdownNow();
      Await.until("the end of the last refresh", LIMIT, timer::isTerminated);
    }
  }

  /** New files, not links: the inventory reads the same file once. */
  private static void cloneSets(Path directory, int count) throws IOException {
    List<Path> components;
    try (Stream<Path> files = Files.list(directory)) {
      components = files.filter(file -> file.getFileName().toString().contains("-ebti-")).toList();
    }
    for (int i = 0; i < count; i++) {
      for (Path component : components) {
        String name = component.getFileName().toString();
        Files.copy(
            component,
            directory.resolve(name.replaceFirst("-[^-]+-ebti-", "-" + (1_000_000 + i) + "-ebti-")));
      }
    }
    NodeBench.say("cloned " + count + " times " + components.size() + " components");
  }

  private static Stream<CompositeData> uses(CompositeData report, String table) {
    return Stream.of((CompositeData[]) report.get("uses"))
        .filter(use -> table.equals(use.get("table")) && "live".equals(use.get("place")));
  }

  private void rewrap() {
    int sstables = option("sstables", 1000);
    create("wrapped");
    fill("wrapped", sstables, 1);
    for (int i = 0; i < option("pairs", 3); i++) {
      CompositeData ended =
          await(
              node.jmx()
                  .run(OPERATIONS, "rewrap", "bench", revoked("wrapped"), new String[] {"bench"}));
      System.out.println(
          "rewrap of "
              + ended.get("SSTablesDone")
              + " SSTables: "
              + took(ended).toMillis()
              + " ms");
    }
  }

  /** Both write the same SSTables anew, one at a time. */
  private void rewrite() {
    int sstables = 4;
    create("written");
    fill("written", sstables, option("rows", 100_000) / sstables);
    Costs costs = new Costs(Map.of("rewrite (ms/MiB)", 1 / 0.9));
    for (int i = -1; i < option("pairs", 10); i++) {
      boolean stockFirst = i % 2 == 0;
      List<Double> both = new ArrayList<>();
      for (boolean stock : new boolean[] {stockFirst, !stockFirst}) {
        both.add(stock ? upgraded() : selected());
      }
      if (i >= 0) {
        costs.add(
            new Costs.Both(
                Map.of("rewrite (ms/MiB)", both.get(stockFirst ? 0 : 1)),
                Map.of("rewrite (ms/MiB)", both.get(stockFirst ? 1 : 0))));
      }
    }
    System.out.print(costs.table("upgradesstables -a", "selective"));
  }

  private double upgraded() {
    double size = size();
    long start = System.nanoTime();
    node.jmx().rewrite("bench", "written");
    return (System.nanoTime() - start) / 1e6 / size;
  }

  private double selected() {
    String old = revoked("written");
    double size = size();
    CompositeData ended =
        await(
            node.jmx().run(OPERATIONS, "rewrite", "bench", old, new String[] {"bench.written"}, 1));
    return took(ended).toNanos() / 1e6 / size;
  }

  private double size() {
    Object bytes =
        node.jmx()
            .attribute(
                "org.apache.cassandra.metrics:type=Table,keyspace=bench,scope=written,"
                    + "name=LiveDiskSpaceUsed",
                "Count");
    return (Long) bytes / MIB;
  }

  /** The key of a table, which seals nothing from now on. */
  private String revoked(String table) {
    CompositeData report = (CompositeData) node.jmx().run(INVENTORY, "refresh");
    String key =
        uses(report, table)
            .filter(use -> Boolean.TRUE.equals(use.get("current")))
            .map(use -> String.valueOf(use.get("keyId")))
            .findFirst()
            .orElseThrow();
    distribution.dsetool(config, "managekmip", "revoke", "bench", key).orFail();
    var unused = node.jmx().run("io.cassandratde:type=Keys", "refreshKeys");
    return key;
  }

  private CompositeData await(Object id) {
    Await.until("the end of operation " + id, LIMIT, () -> operation(id).get("ended") != null);
    CompositeData ended = operation(id);
    if (!"DONE".equals(ended.get("state"))) {
      throw new IllegalStateException(ended.toString());
    }
    return ended;
  }

  private CompositeData operation(Object id) {
    return Stream.of((CompositeData[]) node.jmx().attribute(OPERATIONS, "Operations"))
        .filter(operation -> id.equals(operation.get("id")))
        .findFirst()
        .orElseThrow();
  }

  private static Duration took(CompositeData ended) {
    return Duration.between(
        Instant.parse((String) ended.get("started")), Instant.parse((String) ended.get("ended")));
  }
}
