package io.cassandratde.e2e.bench;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import io.cassandratde.e2e.kmip.DevServer;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Distribution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the ways to have keys cost a node: at its start with many SSTables, and while it reads and
 * writes. Prints what docs/PERFORMANCE.md tells of them; the arguments are in {@code
 * scripts/bench}.
 */
public final class HierarchyBench {

  private static final Pattern AT_HAND =
      Pattern.compile("All (\\d+) keys that (\\d+) files name are at hand \\((\\d+) ms\\)");

  private static final int BODY = 500;
  private static final int WARMUPS = 4;

  private final CassandraNode node;
  private final Map<String, String> options;

  private HierarchyBench(CassandraNode node, Map<String, String> options) {
    this.node = node;
    this.options = options;
  }

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("tde-bench");
    Distribution distribution = Distribution.built();
    try (DevServer kmip = DevServer.start(distribution, directory.resolve("kmip"))) {
      Path config = Providers.config(directory, distribution, kmip);
      try (CassandraNode node =
          NodeBench.node(directory, "encrypted", distribution.serverJar(), config, true)
              .useYaml(NodeBench.YAML.formatted("ebti"))
              .start()) {
        HierarchyBench bench =
            new HierarchyBench(
                node, NodeBench.options(Arrays.asList(args).subList(1, args.length)));
        node.execute(
            "CREATE KEYSPACE bench WITH replication ="
                + " {'class': 'SimpleStrategy', 'replication_factor': 1}");
        switch (args[0]) {
          case "start" -> bench.starts();
          case "steady" -> bench.steady();
          default -> throw new IllegalArgumentException("no bench " + args[0]);
        }
      }
    } finally {
      NodeBench.delete(directory);
    }
  }

  private int option(String name, int otherwise) {
    return NodeBench.number(options, name, otherwise);
  }

  /** Those that {@code only} names, or all. */
  private Map<String, String> tables() {
    Map<String, String> tables = new LinkedHashMap<>(Providers.tables());
    String only = options.get("only");
    if (only != null) {
      tables.keySet().retainAll(Set.of(only.replace('_', ' ').split(";")));
    }
    return tables;
  }

  private static String name(String provider) {
    return provider.replaceAll("\\W+", "_");
  }

  /** The tables of data keys come with the node, some seconds after it serves. */
  private void create(String table, String tableOptions) {
    String create =
        "CREATE TABLE IF NOT EXISTS bench."
            + table
            + " (id int PRIMARY KEY, body blob) WITH compaction ="
            + " {'class': 'SizeTieredCompactionStrategy', 'enabled': false} AND "
            + tableOptions;
    Await.until(
        "table " + table,
        () -> {
          try {
            node.execute(create);
            return true;
          } catch (InvalidConfigurationInQueryException notYet) {
            NodeBench.say(String.valueOf(notYet.getMessage()));
            return false;
          }
        });
  }

  private void insert(String table, int first, int rows) {
    PreparedStatement insert =
        node.cql().prepare("INSERT INTO bench." + table + " (id, body) VALUES (?, ?)");
    byte[] body = new byte[BODY];
    for (int i = first; i < first + rows; i++) {
      new Random(i).nextBytes(body);
      node.cql().execute(insert.bind(i, ByteBuffer.wrap(body)));
    }
  }

  /**
   * Starts with nothing but so many SSTables of one provider's keys each time; what is the same
   * without keys goes first. The SSTables are copies of a few, with a carrier each.
   */
  private void starts() throws IOException {
    int sstables = option("sstables", 10_000);
    int namespaces = option("namespaces", 20);
    Map<String, String> tables = tables();
    for (Map.Entry<String, String> table : tables.entrySet()) {
      String name = name(table.getKey());
      create(name, table.getValue());
      for (int i = 0; i < namespaces; i++) {
        if (i > 0 && !table.getKey().equals(Providers.NONE)) {
          node.execute(
              "ALTER TABLE bench."
                  + name
                  + " WITH "
                  + table.getValue().replace("}", ", 'key_namespace': 'ns" + i + "'}"));
        }
        insert(name, i, 1);
        node.jmx().flush("bench", name);
      }
      NodeBench.say(name + ": " + node.dataFiles("bench", name).size() + " SSTables");
    }
    node.stop();
    System.out.println(
        "| provider | SSTables | start to CQL (s) | files read and keys fetched before (s) | keys |");
    System.out.println("|---|---|---|---|---|");
    for (int round = 0; round < option("rounds", 2); round++) {
      for (String provider : tables.keySet()) {
        started(provider, sstables);
      }
    }
    node.start();
  }

  private void started(String provider, int sstables) throws IOException {
    Path directory = node.tableDirectory("bench", name(provider));
    List<Path> copies = copies(directory, sstables);
    int before = node.log().length();
    long start = System.nanoTime();
    node.start();
    double seconds = (System.nanoTime() - start) / 1e9;
    String log = node.log();
    Matcher atHand = AT_HAND.matcher(log.substring(Math.min(before, log.length())));
    boolean found = atHand.find();
    int there = node.dataFiles("bench", name(provider)).size();
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %.1f | %.2f | %s |%n",
        provider,
        there,
        seconds,
        found ? Long.parseLong(atHand.group(3)) / 1e3 : Double.NaN,
        found ? atHand.group(1) : "?");
    node.stop();
    for (Path copy : copies) {
      Files.delete(copy);
    }
  }

  /** New files, of new generations, in turns of what is there. */
  private static List<Path> copies(Path directory, int count) throws IOException {
    Map<String, List<Path>> sets = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().contains("-ebti-")).toList()) {
        String name = file.getFileName().toString();
        String id = name.replaceFirst("-ebti-.*", "");
        sets.computeIfAbsent(id, any -> new ArrayList<>()).add(file);
      }
    }
    List<List<Path>> all = new ArrayList<>(sets.values());
    List<Path> made = new ArrayList<>();
    for (int i = 0; i < count - all.size(); i++) {
      for (Path component : all.get(i % all.size())) {
        String name = component.getFileName().toString();
        Path copy =
            directory.resolve(name.replaceFirst("-[^-]+-ebti-", "-" + (1_000_000 + i) + "-ebti-"));
        Files.copy(component, copy);
        made.add(copy);
      }
    }
    return made;
  }

  /** Reads and writes of one node, table by table in turns. */
  private void steady() {
    Map<String, String> tables = tables();
    tables.remove(Providers.NONE);
    int rows = option("rows", 20_000);
    Map<String, Costs> costs = new LinkedHashMap<>();
    for (Map.Entry<String, String> table : tables.entrySet()) {
      create(name(table.getKey()), table.getValue());
      create(name(table.getKey()) + "_w", table.getValue());
      insert(name(table.getKey()), 0, rows);
      node.jmx().flush("bench", name(table.getKey()));
      node.jmx().compact("bench", name(table.getKey()));
      costs.put(table.getKey(), new Costs(Map.of()));
    }
    List<String> turns = new ArrayList<>(tables.keySet());
    for (int i = -WARMUPS; i < option("pairs", 20); i++) {
      Collections.shuffle(turns, new Random(i));
      Map<String, Map<String, Double>> all = new LinkedHashMap<>();
      for (String provider : turns) {
        all.put(provider, turn(name(provider), i, rows));
      }
      if (i >= 0) {
        Map<String, Double> kmip = all.getOrDefault(Providers.KMIP, Map.of());
        costs.forEach(
            (provider, its) -> its.add(new Costs.Both(kmip, all.getOrDefault(provider, Map.of()))));
      }
      NodeBench.say("turn " + (i + 1));
    }
    costs.remove(Providers.KMIP);
    costs.forEach((provider, its) -> System.out.print(its.table(Providers.KMIP, provider)));
  }

  private Map<String, Double> turn(String table, int seed, int rows) {
    PreparedStatement read =
        node.cql().prepare("SELECT body FROM bench." + table + " WHERE id = ?");
    int[] ids = new Random(seed).ints(option("reads", 2000), 0, rows).toArray();
    Map<String, Double> its =
        new LinkedHashMap<>(
            Clients.run(
                "point read",
                1,
                ids.length,
                i -> {
                  if (node.cql().execute(read.bind(ids[i])).one() == null) {
                    throw new IllegalStateException("row " + ids[i] + " is missing");
                  }
                }));
    PreparedStatement insert =
        node.cql().prepare("INSERT INTO bench." + table + "_w (id, body) VALUES (?, ?)");
    byte[] body = new byte[BODY];
    new Random(seed).nextBytes(body);
    int writes = option("writes", 2000);
    its.putAll(
        Clients.run(
            "write", 1, writes, i -> node.cql().execute(insert.bind(i, ByteBuffer.wrap(body)))));
    long start = System.nanoTime();
    node.jmx().flush("bench", table + "_w");
    its.put("flush (us/row)", (System.nanoTime() - start) / 1e3 / writes);
    node.execute("TRUNCATE bench." + table + "_w");
    return its;
  }
}
