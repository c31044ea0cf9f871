package io.cassandratde.e2e;

import com.datastax.oss.driver.api.core.CqlSession;
import io.cassandratde.e2e.cql.Sessions;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.load.SteadyLoad;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Three nodes that each have every row, with a table {@code rk.t}, commit logs and hints under the
 * key that is to be replaced, and {@code rk.other} under another.
 */
record RekeyRing(TestBed bed, String group, Path config, Ring ring) implements AutoCloseable {

  /**
   * A read that a replica does not answer is sent to another one after a time that Cassandra
   * measures as often as {@code read_request_timeout} says, and takes for half of that before. With
   * the minute of {@link CassandraNode#PATIENT} that is later than {@code
   * native_transport_timeout}: never.
   */
  static final String YAML =
      CassandraNode.PATIENT.replace("read_request_timeout: 60s", "read_request_timeout: 10s")
          + """
          sstable: {selected_format: ebti}
          auto_bootstrap: false
          """;

  /** More in flight than the driver takes on one connection would fail. */
  private static final int AT_ONCE = 500;

  static RekeyRing prepare(TestBed bed, String name, KmipGroup group) {
    Path config = bed.writeConfig(name + ".yaml", List.of(group));
    LogSealing logs = new LogSealing(group.name(), name + "_t");
    List<CassandraNode> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CassandraNode.Setup setup = bed.setup(name + i, config, true);
      CassandraNode node =
          i == 0 ? CassandraNode.prepare(setup) : CassandraNode.joining(nodes.get(0), setup);
      nodes.add(node.useYaml(YAML + Ring.tokens(i) + logs.commitLog() + logs.hints()));
    }
    return new RekeyRing(bed, group.name(), config, new Ring(List.copyOf(nodes)));
  }

  private String namespace(String table) {
    String name = String.valueOf(config.getFileName()).replace(".yaml", "");
    return name + "_" + table;
  }

  List<CassandraNode> all() {
    return ring.nodes();
  }

  void start() {
    ring.nodes().get(0).start();
    Together.run(ring.nodes().get(1)::start, ring.nodes().get(2)::start);
    ring.awaitEachSeesAll();
  }

  /** With these rows each, a multiple of {@link #AT_ONCE}; those of {@code rk.other}. */
  Rows createTables(int rows) {
    ring.define(
        "CREATE KEYSPACE rk WITH replication = {'class': 'SimpleStrategy', 'replication_factor':"
            + " 3}");
    createTable("t", "t");
    createTable("other", "other");
    CassandraNode first = all().get(0);
    Rows others = new Rows("rk.other");
    Rows replaced = new Rows("rk.t");
    for (int done = 0; done < rows; done += AT_ONCE) {
      others.insert(first.cql(), AT_ONCE);
      replaced.insert(first.cql(), AT_ONCE);
    }
    all().forEach(node -> node.jmx().flush("rk"));
    return others;
  }

  /** As it was before something was killed, also where that was not brought to its end. */
  void mend() {
    all().stream().filter(node -> !node.isRunning()).forEach(CassandraNode::start);
    ring.awaitEachSeesAll();
    if (keys("t").keyIds().size() > 1) {
      all().forEach(node -> node.jmx().rewrite("rk", "t"));
    }
  }

  /** Under load: reads of {@code rk.t} that a replica does not answer go to another one soon. */
  void awaitReadsMeasured() {
    String bean =
        "org.apache.cassandra.metrics:type=Table,keyspace=rk,scope=t,"
            + "name=SpeculativeSampleLatencyNanos";
    for (CassandraNode node : all()) {
      Await.until(
          node + " has measured its reads",
          () ->
              node.jmx().attribute(bean, "Value") instanceof Number nanos
                  && nanos.longValue() < Duration.ofSeconds(2).toNanos());
    }
  }

  /** In keyspace {@code rk}; under the key of another table. */
  void createTable(String table, String sealedAs) {
    ring.define(
        "CREATE TABLE rk."
            + table
            + " "
            + Rows.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND "
            + Encryption.lz4(group, namespace(sealedAs)).options());
  }

  /** Of the table's files on all nodes. */
  String onlyKey(String table) {
    return keys(table).onlyKeyId();
  }

  private SealedFiles keys(String table) {
    List<Path> files =
        all().stream().flatMap(node -> node.dataFiles("rk", table).stream()).toList();
    return SealedFiles.of(bed.distribution(), files.toArray(Path[]::new));
  }

  CqlSession quorum() {
    return Sessions.quorum(all().stream().map(CassandraNode::address).toList(), 9042);
  }

  SteadyLoad load(int firstId, int perSecond) {
    return new SteadyLoad(quorum(), "rk.t", firstId, perSecond);
  }

  String hosts() {
    return all().stream()
        .map(node -> "127.0.0.1:" + node.jmxPort())
        .collect(Collectors.joining(","));
  }

  List<String> arguments(Path directory, String key, String proof, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("rekey", "--group", group, "--key", key, "--hosts", hosts(), "--state"));
    arguments.add(directory.resolve("state.json").toString());
    arguments.add("--proof");
    arguments.add(directory.resolve(proof).toString());
    arguments.addAll(List.of(more));
    return arguments;
  }

  Ran rekey(Path directory, String key, String proof, String... more) {
    return bed.distribution()
        .cassandraTde(config, arguments(directory, key, proof, more).toArray(String[]::new));
  }

  @Override
  public void close() {
    ring.nodes().forEach(CassandraNode::close);
  }
}
