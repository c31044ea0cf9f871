package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Three real nodes notice at once that their key was revoked, and end with exactly one new key,
 * which each of them had before it became Active (docs/RULES.md R14, R15): when all are up, when
 * one is down, and when they cannot tell each other. At the end, keys follow each other by rules.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
class OneCurrentKeyTest {

  private static final String KEYS = "io.cassandratde:type=Keys";
  private static final String CONTROL = "io.cassandratde:type=EncryptionControl";

  private final TestBed bed;
  private final Path config;
  private final List<CassandraNode> nodes = new ArrayList<>();

  OneCurrentKeyTest(TestBed bed) {
    this.bed = bed;
    config = bed.writeConfig("one-key.yaml", List.of(bed.devServer().group("dev")));
    CassandraNode seed = CassandraNode.prepare(bed.setup("one-key-a", config, true));
    nodes.add(seed);
    for (String name : List.of("b", "c")) {
      nodes.add(CassandraNode.joining(seed, bed.setup("one-key-" + name, config, true)));
    }
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).useYaml(EbtiFormatTest.YAML + tokens(i));
    }
  }

  private static String tokens(int node) {
    long step = Long.divideUnsigned(-1, 12);
    return "initial_token: "
        + String.join(
            ",",
            IntStream.range(0, 4)
                .mapToObj(turn -> String.valueOf(Long.MIN_VALUE + 1 + step * (3 * turn + node)))
                .toList())
        + "\n";
  }

  @Test
  void one_new_key_whoever_can_be_asked() throws IOException {
    try {
      nodes.forEach(CassandraNode::start);
      awaitAllUp();
      CassandraNode any = nodes.get(0);
      Ring ring = new Ring(List.copyOf(nodes));
      ring.define(
          "CREATE KEYSPACE one WITH replication = {'class': 'NetworkTopologyStrategy',"
              + " 'datacenter1': 3}");
      ring.define(
          "CREATE TABLE one.t "
              + Rows.COLUMNS
              + " WITH "
              + Encryption.lz4("dev", "one_key").options());
      Rows rows = new Rows("one.t").insert(any.cql(), 50);
      flush();
      String first = onlyKey(nodes);
      // Altering the schema would wait behind the flush that waits for this key.
      assertThat(nodes.stream().map(CassandraNode::log))
          .anyMatch(log -> log.contains("Key " + first + " of group dev is activated before all"));
      nodes.forEach(OneCurrentKeyTest::awaitKeyspace);

      // All are up.
      String second = replaced(rows, first, nodes);
      assertStage(second, hostIds(nodes));

      // One is down, and is not waited for.
      nodes.get(2).stop();
      List<CassandraNode> two = nodes.subList(0, 2);
      awaitDown(2, two);
      String third = replaced(rows, second, two);
      assertStage(third, hostIds(two));

      // No quorum of three: the key servers alone decide, and no flush is stuck.
      nodes.get(1).stop();
      List<CassandraNode> one = nodes.subList(0, 1);
      awaitDown(1, one);
      String fourth = replaced(rows, third, one);
      assertThat(any.log()).contains("Key " + fourth + " of group dev is activated before all");

      nodes.get(1).start();
      nodes.get(2).start();
      awaitAllUp();
      rows.insert(any.cql(), 20);
      flush();
      assertThat(onlyKey(nodes)).isEqualTo(fourth);
      any.nodetool("repair", "--full", "one").orFail();
      nodes.forEach(node -> rows.assertAllRead(node.cql()));

      followsByRules(rows);
    } finally {
      nodes.forEach(CassandraNode::close);
    }
  }

  /** One key for each period, which all nodes had before it sealed. */
  private void followsByRules(Rows rows) throws IOException {
    String without = Files.readString(config);
    String last = "key_cache_millis: " + KmipGroup.KEY_CACHE_MILLIS + "\n";
    assertThat(without).contains(last);
    Files.writeString(
        config,
        without.replace(
            last, last + "    rotation: [{key_namespace: one_key, period: 8s, prepublish: 5s}]\n"));
    final Set<String> before = beginnings().keySet();
    bed.dsetool(
            "reload",
            "--hosts",
            nodes.stream()
                .map(node -> "127.0.0.1:" + node.jmxPort())
                .collect(Collectors.joining(",")))
        .orFail();
    Map<String, Instant> made = new TreeMap<>();
    Await.until(
        "four keys that nobody asked for",
        () -> {
          rows.insert(nodes.get(0).cql(), 3);
          flush();
          made.putAll(beginnings());
          made.keySet().removeAll(before);
          return made.size() >= 4;
        });
    Files.writeString(config, without);
    List<Instant> times = made.values().stream().sorted().toList();
    for (int i = 1; i < times.size(); i++) {
      assertThat(Duration.between(times.get(i - 1), times.get(i)))
          .as("%s", made)
          .isPositive()
          .matches(between -> between.toMillis() % 8000 == 0);
    }
    nodes.forEach(node -> rows.assertAllRead(node.cql()));
    for (CassandraNode node : nodes) {
      assertThat(node.log()).doesNotContain("OVERDUE");
      made.keySet()
          .forEach(
              key ->
                  assertThat(node.log())
                      .doesNotContain("Key " + key + " of group dev is activated before all"));
    }
  }

  /** When each key of the namespace begins to seal. */
  private Map<String, Instant> beginnings() throws IOException {
    String listed =
        bed.dsetool("managekmip", "list", "dev", "namespace=one_key", "--format", "json")
            .orFail()
            .out();
    Map<String, Instant> beginnings = new TreeMap<>();
    for (JsonNode key : new ObjectMapper().readTree(listed).get("keys")) {
      beginnings.put(key.get("id").asText(), Instant.parse(key.get("activation_date").asText()));
    }
    return beginnings;
  }

  /** Revokes the key, has all these nodes notice at once; returns the one new key. */
  private String replaced(Rows rows, String old, List<CassandraNode> running) {
    bed.dsetool("managekmip", "revoke", "dev", old).orFail();
    CompletableFuture.allOf(
            running.stream()
                .map(node -> CompletableFuture.runAsync(() -> look(node)))
                .toArray(CompletableFuture[]::new))
        .join();
    rows.insert(running.get(0).cql(), 10);
    flush();
    String now = onlyKey(running);
    assertThat(now).isNotEqualTo(old);
    return now;
  }

  private static void look(CassandraNode node) {
    var unused = node.jmx().run(KEYS, "refreshKeys");
  }

  private void flush() {
    nodes.stream().filter(CassandraNode::isRunning).forEach(node -> node.jmx().flush("one"));
  }

  /** What seals on all of these nodes; and no other key of the namespace is usable or waiting. */
  private String onlyKey(List<CassandraNode> running) {
    TreeSet<String> current = new TreeSet<>();
    for (CassandraNode node : running) {
      for (Row row : node.execute("SELECT * FROM system_encryption.keys").all()) {
        if (row.getBoolean("current")) {
          current.add(Objects.requireNonNull(row.getString("key_id")));
        }
      }
    }
    assertThat(current).as("current keys of %s", running).hasSize(1);
    String listed =
        bed.dsetool("managekmip", "list", "dev", "namespace=one_key", "--format", "json")
            .orFail()
            .out();
    assertThat(listed.split("\"(Active|Pre-Active)\"", -1)).as(listed).hasSize(2);
    return current.first();
  }

  private static void awaitKeyspace(CassandraNode node) {
    Await.until(
        "encryption_control on " + node,
        () ->
            node.execute(
                        "SELECT table_name FROM system_schema.tables"
                            + " WHERE keyspace_name = 'encryption_control'")
                    .all()
                    .size()
                >= 3);
  }

  /** Published among exactly these hosts, all with the same check value. */
  private void assertStage(String key, List<String> hosts) {
    Await.until(
        "key " + key + " is current by all accounts",
        () -> stage(nodes.get(0), key).get("stage").equals("current"));
    CompositeData stage = stage(nodes.get(0), key);
    Map<String, String> reports = reports(stage);
    assertThat(reports.keySet()).as("%s", stage).containsAll(hosts);
    assertThat(new TreeSet<>(reports.values())).hasSize(1);
    assertThat((String[]) stage.get("awaited")).isEmpty();
    for (CassandraNode node : nodes) {
      assertThat(node.log())
          .doesNotContain("Key " + key + " of group dev is activated before all")
          .doesNotContain("new key " + key + " of group dev was not fetched");
    }
  }

  private static CompositeData stage(CassandraNode node, String key) {
    CompositeData[] stages = (CompositeData[]) node.jmx().attribute(CONTROL, "KeyStages");
    return Arrays.stream(stages)
        .filter(stage -> stage.get("keyId").equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError(key + " is not among " + Arrays.toString(stages)));
  }

  private static Map<String, String> reports(CompositeData stage) {
    TabularData rows = (TabularData) stage.get("reports");
    Map<String, String> reports = new TreeMap<>();
    for (Object row : rows.values()) {
      CompositeData report = (CompositeData) row;
      reports.put(String.valueOf(report.get("key")), String.valueOf(report.get("value")));
    }
    return reports;
  }

  private static List<String> hostIds(List<CassandraNode> running) {
    return running.stream()
        .map(node -> node.execute("SELECT host_id FROM system.local").one())
        .map(row -> String.valueOf(Objects.requireNonNull(row).getUuid(0)))
        .toList();
  }

  private void awaitAllUp() {
    awaitLive(nodes, nodes);
  }

  private void awaitDown(int node, List<CassandraNode> left) {
    Await.until(
        nodes.get(node) + " is down for all others",
        () -> left.stream().noneMatch(each -> live(each).contains(nodes.get(node).address())));
  }

  private static void awaitLive(List<CassandraNode> all, List<CassandraNode> lookers) {
    List<String> wanted = all.stream().map(CassandraNode::address).sorted().toList();
    Await.until(
        wanted + " are up",
        () ->
            lookers.stream()
                .allMatch(node -> live(node).stream().sorted().toList().equals(wanted)));
  }

  private static List<String> live(CassandraNode node) {
    Object live = node.jmx().attribute("org.apache.cassandra.db:type=StorageService", "LiveNodes");
    return Stream.of(live).flatMap(each -> ((List<?>) each).stream()).map(String::valueOf).toList();
  }
}
