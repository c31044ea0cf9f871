package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.datastax.oss.driver.api.core.cql.Row;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** Which keys a node's files need, as its operator asks it: by SELECT and over JMX. */
@SharedNode
class InventoryTest {

  private static final String BEAN = "io.cassandratde:type=KeyInventory";
  private static final String KEYSPACE = "inventory";

  private final TestBed bed;
  private final CassandraNode node;

  InventoryTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void a_node_says_who_still_needs_a_revoked_key_as_its_files_do() throws IOException {
    bed.keyspace(KEYSPACE);
    Encryption encryption = Encryption.lz4("dev", KEYSPACE);
    for (String table : List.of("plain", "mixed", "sealed")) {
      node.execute("CREATE TABLE " + KEYSPACE + "." + table + " " + Rows.COLUMNS);
    }
    fill("plain");
    fill("mixed");
    for (String table : List.of("mixed", "sealed")) {
      node.execute("ALTER TABLE " + KEYSPACE + "." + table + " WITH " + encryption.options());
      fill(table);
    }
    String old = bed.sealed(KEYSPACE, "sealed").onlyKeyId();
    List.of("plain", "mixed", "sealed")
        .forEach(table -> node.jmx().snapshot("kept", KEYSPACE, table));
    bed.dsetool("managekmip", "revoke", "dev", old).orFail();
    Pattern line = Pattern.compile(encryption.currentKeyLine(old));
    Await.until("a new current key", () -> line.matcher(node.log()).find());
    node.jmx().rewrite(KEYSPACE, "sealed");
    Await.until("old files to go", () -> !bed.sealed(KEYSPACE, "sealed").keyIds().contains(old));
    String fresh = bed.sealed(KEYSPACE, "sealed").onlyKeyId();

    CompositeData report = refresh();

    assertThat(List.of((CompositeData[]) report.get("uses")))
        .filteredOn(use -> old.equals(use.get("keyId")))
        .extracting(
            use -> use.get("place"),
            use -> use.get("keyspace"),
            use -> use.get("table"),
            use -> use.get("snapshot"),
            use -> use.get("files"),
            use -> use.get("current"))
        .containsExactlyInAnyOrder(
            tuple("live", KEYSPACE, "mixed", "", 1L, false),
            tuple("snapshot", KEYSPACE, "mixed", "kept", 1L, false),
            tuple("snapshot", KEYSPACE, "sealed", "kept", 1L, false));
    assertThat(List.of((CompositeData[]) report.get("openItems")))
        .extracting(item -> String.valueOf(item.get("path")))
        .noneMatch(path -> path.contains("/" + KEYSPACE + "/"));
    assertThat(rows("key_uses WHERE key_group = 'dev' AND key_id = '" + old + "'"))
        .extracting(row -> row.getString("place"), row -> row.getString("table_name"))
        .containsExactlyInAnyOrder(
            tuple("live", "mixed"), tuple("snapshot", "mixed"), tuple("snapshot", "sealed"));
    assertThat(key(old))
        .satisfies(
            row -> {
              assertThat(row.getBoolean("current")).isFalse();
              assertThat(row.getLong("live_files")).isEqualTo(1);
              assertThat(row.getLong("snapshot_files")).isEqualTo(2);
              assertThat(row.getLong("snapshot_bytes")).isPositive();
              assertThat(row.getLong("live_compacting")).isZero();
            });
    assertThat(key(fresh).getBoolean("current")).isTrue();
    assertThat(rows("tables WHERE keyspace_name = '" + KEYSPACE + "'"))
        .extracting(
            row -> row.getString("table_name"),
            row -> row.getString("state"),
            row -> row.getString("protected_by"),
            row -> row.getLong("plaintext_sstables"),
            row -> row.getLong("plaintext_copies"))
        .containsExactlyInAnyOrder(
            tuple("plain", "plaintext", null, 1L, 1L),
            tuple("mixed", "mixed", "compression", 1L, 1L),
            tuple("sealed", "encrypted", "compression", 0L, 0L));
    assertThat(keysByFile())
        .as("what the raw files say")
        .isEqualTo(
            keysByFile(
                SealedFiles.of(
                    bed.distribution(),
                    Stream.of("plain", "mixed", "sealed")
                        .flatMap(table -> node.dataFiles(KEYSPACE, table).stream())
                        .toArray(Path[]::new))));
    assertThat(rows("kmip_hosts WHERE key_group = 'dev'"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getString("host")).isEqualTo(bed.devServer().address());
              assertThat(row.getBoolean("healthy")).isTrue();
              assertThat(row.getInstant("last_success")).isNotNull();
              assertThat(row.getDouble("latency_millis")).isPositive();
            });
    assertThat(node.jmx().names("org.apache.cassandra.metrics:type=TdeInventory,*")).hasSize(7);
    theCommandTellsTheSame(old);
    plant(old);
  }

  /** {@code inventory} as a process, against what {@code sstablekeys} reads from the raw files. */
  private void theCommandTellsTheSame(String old) throws IOException {
    Path directory = node.tableDirectory(KEYSPACE, "sealed").resolveSibling("");
    Map<String, List<Long>> raw = new TreeMap<>();
    for (SealedFiles.Entry file : SealedFiles.of(bed.distribution(), directory).entries()) {
      Path path = Path.of(file.path());
      boolean kept = file.path().contains("/snapshots/kept/");
      for (SealedFiles.Key key : file.keys()) {
        raw.merge(
            String.join(
                " ",
                key.group(),
                key.id(),
                kept ? "snapshot" : "live",
                file.table(),
                kept ? "kept" : ""),
            List.of(1L, size(path)),
            (a, b) -> List.of(a.get(0) + b.get(0), a.get(1) + b.get(1)));
      }
    }
    Map<String, List<Long>> told = new TreeMap<>();
    JsonNode json = new ObjectMapper().readTree(inventory("--format", "json").out());
    for (JsonNode use : json.at("/nodes/0/uses")) {
      told.put(
          Stream.of("group", "key", "place", "table", "snapshot")
              .map(name -> use.path(name).asText(""))
              .collect(Collectors.joining(" ")),
          List.of(use.path("files").asLong(), use.path("bytes").asLong()));
    }
    assertThat(told).isEqualTo(raw).hasSize(4);
    assertThat(json.at("/nodes/0/open_items").findValuesAsText("path"))
        .noneMatch(path -> path.contains("/" + KEYSPACE + "/"));
    String row =
        inventory().out().lines().filter(line -> line.contains(old)).findFirst().orElseThrow();
    assertThat(row.split(" {2,}"))
        .startsWith("dev", old)
        .contains("Deactivated", "-", "1")
        .anyMatch(cell -> cell.startsWith("2 ("));
  }

  /** Files that other classes damaged are open items of the node, so 9 is no failure here. */
  private Ran inventory(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("inventory", "--hosts", "127.0.0.1:" + node.jmxPort(), "--table", KEYSPACE));
    line.addAll(List.of(more));
    Ran ran = bed.cassandraTde(line.toArray(String[]::new));
    assertThat(ran.exit()).as("%s", ran).isIn(0, 9);
    return ran;
  }

  /** Of all components of an SSTable. */
  private static long size(Path data) throws IOException {
    String name = data.getFileName().toString().replaceFirst("Data\\.db$", "");
    try (Stream<Path> files = Files.list(data.resolveSibling(""))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(name))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  /** docs/RULES.md R25: an SSTable that Cassandra was told nothing of. */
  private void plant(String old) throws IOException {
    Path directory = node.tableDirectory(KEYSPACE, "sealed");
    Path planted = null;
    try (Stream<Path> kept = Files.list(directory.resolve("snapshots/kept"))) {
      for (Path file : kept.toList()) {
        String name = file.getFileName().toString();
        if (name.contains("-big-")) {
          Path copy = directory.resolve(name.replaceFirst("-[^-]+-big-", "-987654-big-"));
          Files.copy(file, copy);
          planted = name.endsWith("-Data.db") ? copy : planted;
        }
      }
    }
    refresh();
    String path = Objects.requireNonNull(planted).toString();
    assertThat(rows("sstables WHERE keyspace_name = '" + KEYSPACE + "'"))
        .filteredOn(row -> path.equals(row.getString("path")))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getString("in_use")).isEqualTo("not_loaded");
              assertThat(row.getSet("keys", String.class)).containsExactly("dev/" + old);
            });
    assertThat(key(old).getLong("live_files")).isEqualTo(2);
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.filter(f -> f.toString().contains("-987654-big-")).toList()) {
        Files.delete(file);
      }
    }
  }

  private CompositeData refresh() {
    return (CompositeData) node.jmx().run(BEAN, "refresh");
  }

  private void fill(String table) {
    new Rows(KEYSPACE + "." + table).insert(node.cql(), 50);
    node.jmx().flush(KEYSPACE, table);
  }

  private List<Row> rows(String from) {
    return node.execute("SELECT * FROM system_encryption." + from).all();
  }

  private Row key(String id) {
    List<Row> found = rows("keys WHERE key_group = 'dev' AND key_id = '" + id + "'");
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private Map<String, Set<String>> keysByFile() {
    Map<String, Set<String>> keys = new TreeMap<>();
    for (Row row : rows("sstables WHERE keyspace_name = '" + KEYSPACE + "'")) {
      assertThat(row.getString("in_use")).isEqualTo("loaded");
      keys.put(
          Objects.requireNonNull(row.getString("path")),
          new TreeSet<>(Objects.requireNonNull(row.getSet("keys", String.class))));
    }
    return keys;
  }

  private static Map<String, Set<String>> keysByFile(SealedFiles files) {
    Map<String, Set<String>> keys = new TreeMap<>();
    for (SealedFiles.Entry file : files.entries()) {
      Set<String> names = new TreeSet<>();
      file.keys().forEach(key -> names.add(key.group() + "/" + key.id()));
      keys.put(file.path(), names);
    }
    return keys;
  }
}
