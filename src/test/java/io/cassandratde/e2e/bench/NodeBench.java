package io.cassandratde.e2e.bench;

import io.cassandratde.e2e.kmip.DevServer;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A stock node with {@code bti} and one with {@code ebti} side by side, given the same work in
 * turns; of the two only one works at a time. Prints the tables of docs/PERFORMANCE.md.
 *
 * <p>Arguments as {@code name=value}: {@code pairs} (10), {@code rows} (100000), {@code reads}
 * (4000), {@code writes} (5000), {@code provider} (ACCP or SunJCE), {@code log} (plain, or
 * encrypted against LZ4), {@code only} (some of point,scan,sai,write,upgrade,cold), {@code tables}
 * (encrypted, or plain: then nothing is, and the ratios are what the two nodes differ by else).
 */
public final class NodeBench {

  /** docs/DESIGN.md, Budgets; time is the inverse of 0.9 times the bytes per second. */
  private static final Map<String, Double> BUDGETS = new HashMap<>();

  static {
    for (String measure : List.of("p50 (us)", "p99 (us)")) {
      BUDGETS.put("point read, " + measure, 1.05);
      BUDGETS.put("cold point read, " + measure, 1.05);
      BUDGETS.put("write, " + measure, 1.03);
      BUDGETS.put("SAI query, " + measure, 1.10);
    }
    BUDGETS.put("range scan (us/row)", 1.10);
    BUDGETS.put("upgradesstables (us/row)", 1 / 0.9);
    BUDGETS.put("disk, table points (MiB)", 1.01);
  }

  /** As a server runs: with the optimising compiler, G1 and without assertions. */
  private static final List<String> JVM =
      List.of(
          "-da",
          "-Xms1G",
          "-Xmx1G",
          "-XX:TieredStopAtLevel=4",
          "-XX:-UseSerialGC",
          "-XX:+UseG1GC",
          "-XX:MaxDirectMemorySize=1G");

  static final String YAML =
      """
      commitlog_sync: periodic
      commitlog_sync_period: 10s
      storage_compatibility_mode: NONE
      auto_snapshot: false
      disk_failure_policy: stop
      sstable:
        selected_format: %s
      """;

  private static final String PLAIN = "compression = {'class': 'LZ4Compressor'}";

  static final String SEALED =
      "compression = {'class': 'EncryptingLZ4Compressor', 'key_provider':"
          + " 'KmipKeyProviderFactory', 'kmip_host': 'bench'}";

  private static final int WARMUPS = 6;

  private final BenchNode stock;
  private final BenchNode encrypted;
  private final Costs costs = new Costs(BUDGETS);
  private final int pairs;
  private final Set<String> only;
  private final String tables;

  private NodeBench(
      BenchNode stock, BenchNode encrypted, int pairs, Set<String> only, String tables) {
    this.stock = stock;
    this.encrypted = encrypted;
    this.pairs = pairs;
    this.only = only;
    this.tables = tables;
  }

  public static void main(String[] args) throws IOException {
    Map<String, String> options = options(List.of(args));
    int pairs = number(options, "pairs", 10);
    int rows = number(options, "rows", 100_000);
    BenchNode.Sizes sizes =
        new BenchNode.Sizes(
            rows, number(options, "reads", 4000), number(options, "writes", 5000), pairs, rows / 5);
    Set<String> only =
        Set.of(options.getOrDefault("only", "point,scan,sai,write,upgrade,cold").split(","));
    String tables = options.getOrDefault("tables", "encrypted").equals("plain") ? PLAIN : SEALED;
    boolean corretto = options.getOrDefault("provider", "ACCP").equals("ACCP");
    boolean log = options.getOrDefault("log", "plain").equals("encrypted");
    Path directory = Files.createTempDirectory("tde-bench");
    Distribution distribution = Distribution.built();
    try (DevServer kmip = DevServer.start(distribution, directory.resolve("kmip"))) {
      Path config = config(directory, kmip);
      String key = "key_provider: KmipKeyProviderFactory, kmip_host: bench";
      try (CassandraNode plain =
              node(directory, "stock", Path.of("no-jar"), config, corretto)
                  .useYaml(YAML.formatted("bti") + (log ? logs("LZ4Compressor", "") : ""));
          CassandraNode sealed =
              node(directory, "encrypted", distribution.serverJar(), config, corretto)
                  .useYaml(
                      YAML.formatted("ebti") + (log ? logs("EncryptingLZ4Compressor", key) : ""))) {
        new NodeBench(
                new BenchNode(plain, sizes), new BenchNode(sealed, sizes), pairs, only, tables)
            .run();
      }
    } finally {
      delete(directory);
    }
  }

  static Map<String, String> options(List<String> args) {
    Map<String, String> options = new HashMap<>();
    for (String arg : args) {
      String[] parts = arg.split("=", 2);
      if (parts.length != 2) {
        throw new IllegalArgumentException("name=value expected: " + arg);
      }
      options.put(parts[0], parts[1]);
    }
    return options;
  }

  /** Of the group {@code bench}. */
  static Path config(Path directory, DevServer kmip) throws IOException {
    Path config = directory.resolve("tde.yaml");
    Files.writeString(config, "kmip_hosts:\n" + kmip.group("bench").yaml());
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    return config;
  }

  static CassandraNode node(Path directory, String name, Path jar, Path config, boolean corretto) {
    return CassandraNode.prepare(
            new CassandraNode.Setup(directory.resolve(name), jar, config, corretto, ""))
        .useJvmOptions(JVM);
  }

  private static String logs(String compressor, String parameters) {
    return "commitlog_compression:\n  - class_name: "
        + compressor
        + (parameters.isEmpty() ? "\n" : "\n    parameters: [{" + parameters + "}]\n");
  }

  private void run() {
    stock.node().start();
    encrypted.node().start();
    stock.load(PLAIN);
    encrypted.load(tables);
    say("loaded");
    for (int pair = 0; pair < pairs; pair++) {
      boolean stockFirst = pair % 2 == 0;
      restart(stockFirst);
      for (int i = 0; i < WARMUPS; i++) {
        work(-1L - i).forEach(measure -> bothOf(measure, stockFirst));
      }
      work(pair).forEach(measure -> costs.add(bothOf(measure, stockFirst)));
      if (only.contains("cold")) {
        int table = pair;
        costs.add(bothOf(node -> node.coldReads(table), stockFirst));
      }
      say("pair " + (pair + 1) + " of " + pairs);
    }
    costs.add(bothOf(BenchNode::footprint, true));
    System.out.print(costs.table("stock", "encrypted"));
  }

  private List<Function<BenchNode, Map<String, Double>>> work(long seed) {
    Map<String, Function<BenchNode, Map<String, Double>>> all = new LinkedHashMap<>();
    all.put("point", node -> node.pointReads(seed));
    all.put("scan", BenchNode::scan);
    all.put("sai", node -> node.indexQueries(seed));
    all.put("write", BenchNode::writes);
    all.put("upgrade", BenchNode::rewrite);
    all.keySet().retainAll(only);
    return List.copyOf(all.values());
  }

  private Costs.Both bothOf(Function<BenchNode, Map<String, Double>> measure, boolean stockFirst) {
    if (stockFirst) {
      Map<String, Double> first = measure.apply(stock);
      return new Costs.Both(first, measure.apply(encrypted));
    }
    Map<String, Double> first = measure.apply(encrypted);
    return new Costs.Both(measure.apply(stock), first);
  }

  /**
   * What a process happens to be (the order in which code was compiled, where memory lies) stays
   * with it for its life, and is five percent in either direction: so each pair has processes of
   * its own, and an empty page cache.
   */
  private void restart(boolean stockFirst) {
    for (BenchNode each : stockFirst ? List.of(stock, encrypted) : List.of(encrypted, stock)) {
      each.node().stop();
      forget(each.node().directory());
      each.node().start();
      each.prepare();
    }
  }

  /** Has the kernel drop the files' pages; they are clean and, with the node down, not mapped. */
  private static void forget(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      new ProcessBuilder("sync").start().waitFor();
      for (Path file : files.filter(path -> path.toString().endsWith(".db")).toList()) {
        new ProcessBuilder("dd", "if=" + file, "iflag=nocache", "count=0", "status=none")
            .start()
            .waitFor();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static int number(Map<String, String> options, String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, String.valueOf(otherwise)));
  }

  static void say(String message) {
    System.err.println(message);
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
