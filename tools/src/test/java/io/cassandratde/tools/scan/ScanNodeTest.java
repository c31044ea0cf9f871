package io.cassandratde.tools.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.tools.ExitCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node writes besides SSTables, where it is looked for, and how the walk bears a node. */
class ScanNodeTest {
  private static final String ID = "5a1c395e-0154-11f0-b1c9-e9d2f6f0a1b2";

  private final ScanFixture node;

  ScanNodeTest(@TempDir Path root) {
    node = new ScanFixture(root);
  }

  private Path riders() {
    return node.table("cycling", "riders");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String says(String path, byte[] content) throws Exception {
    Path file = node.file(path, content);
    node.scan();
    String state = node.state(String.valueOf(file.getFileName()));
    Files.delete(file);
    return state;
  }

  @Test
  void files_without_content_are_known_by_what_they_are() throws Exception {
    String log = "data/a/b/nb_txn_flush_" + ID + ".log";
    assertThat(says(log, bytes("ADD:[/d/da-1-ebti-,0,8][123]\nCOMMIT:[,0,0][2613697770]\n")))
        .isEqualTo("no_content");
    assertThat(says(log, ScanFixture.ROWS)).isEqualTo("unknown");
    assertThat(says("data/a/b/snapshots/s/manifest.json", bytes("{\"files\":[]}")))
        .isEqualTo("no_content");
    assertThat(says("data/a/b/snapshots/s/schema.cql", bytes("CREATE TABLE")))
        .isEqualTo("no_content");
    assertThat(says("cdc_raw/CommitLog-7-1_cdc.idx", bytes("4096\nCOMPLETED")))
        .isEqualTo("no_content");
    assertThat(says("cdc_raw/CommitLog-7-1_cdc.idx", ScanFixture.ROWS)).isEqualTo("unknown");
    assertThat(says("data/system/_paxos_repair_state/ballot.meta", new byte[40]))
        .isEqualTo("no_content");
  }

  @Test
  void logs_of_statements_and_whatever_is_unknown_count_as_readable() throws Exception {
    assertThat(says("fql/20261126-15.cq4", ScanFixture.ROWS)).isEqualTo("plaintext");
    assertThat(says("audit/audit.log", ScanFixture.ROWS)).isEqualTo("plaintext");
    assertThat(says("audit/audit-2026-11-26.0.log.zip", ScanFixture.ROWS)).isEqualTo("plaintext");
    assertThat(says("data/notes.txt", ScanFixture.ROWS)).isEqualTo("unknown");
    assertThat(says("data/da-1-bti-TOC.txt", ScanFixture.ROWS)).isEqualTo("unknown");
    assertThat(says("commitlog/CommitLog-7-1.log", ScanFixture.ROWS)).isEqualTo("unknown");
  }

  @Test
  void they_fail_the_scan_as_soon_as_any_table_is_protected() throws Exception {
    node.file("fql/20261126-15.cq4", ScanFixture.ROWS);
    assertThat(node.scan()).isEqualTo(ExitCode.OK);
    assertThat(node.scan("--protected", "a.b")).isEqualTo(ExitCode.PLAINTEXT);
    new VectorSSTable().write(riders(), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.session.err()).contains("files of all tables").contains(".cq4");
  }

  @Test
  void saved_caches_are_sealed_when_the_carrier_stands_beside_them() throws Exception {
    VectorSSTable sealed = new VectorSSTable();
    node.file("saved_caches/KeyCache-g.db", ScanFixture.ROWS);
    node.file("saved_caches/KeyCache-g.crc", new byte[20]);
    node.file("saved_caches/KeyCache-g.metadata", new byte[20]);
    node.file("saved_caches/RowCache-g.db", sealed.content("Rows.db"));
    node.file("saved_caches/RowCache-g.crc", sealed.content("Encryption.db"));
    node.file("saved_caches/CounterCache-g.db", new byte[0]);
    node.scan();
    assertThat(node.state("KeyCache-g.db")).isEqualTo("plaintext");
    assertThat(node.state("KeyCache-g.crc")).isEqualTo("no_content");
    assertThat(node.state("RowCache-g.db")).isEqualTo("encrypted");
    assertThat(node.state("CounterCache-g.db")).isEqualTo("no_content");
    assertThat(node.of("RowCache-g.db").at("/keys/0/id").asText())
        .isEqualTo(VectorSSTable.FIRST_KEY);
  }

  @Test
  void paxos_state_belongs_to_its_table() throws Exception {
    VectorSSTable sealed = new VectorSSTable();
    String directory = "data/system/_paxos_repair_state/";
    node.file(directory + "shop-orders-" + ID + "-3.paxos", ScanFixture.ROWS);
    node.file(directory + "cycling-riders-" + ID + "-4.paxos", sealed.content("Rows.db"));
    node.file(directory + "cycling-riders-" + ID + "-4.paxos.crc", sealed.content("Rows.db"));
    node.file(directory + "Encryption-" + ID + "_4.paxos-carrier", sealed.content("Encryption.db"));
    assertThat(node.scan()).as(node.session.err()).isEqualTo(ExitCode.OK);
    assertThat(node.tableOf("riders").get("state").asText()).isEqualTo("encrypted");
    assertThat(node.tableOf("orders").get("state").asText()).isEqualTo("plaintext");
    assertThat(node.scan("--protected", "shop.orders")).isEqualTo(ExitCode.PLAINTEXT);
  }

  @Test
  void the_policy_of_the_configuration_protects(@TempDir Path conf) throws Exception {
    ScanFixture.plain(node.table("shop", "orders"), "1");
    ScanFixture.plain(node.table("system", "local"), "1");
    for (String store : List.of("k", "t")) {
      Files.write(conf.resolve(store), ScanFixture.ROWS);
    }
    Path config =
        Files.writeString(
            conf.resolve("tde.yaml"),
            """
            kmip_hosts:
              prod:
                hosts: kmip.example.com
                keystore_path: k
                keystore_password: p
                truststore_path: t
                truststore_password: p
            encrypt: {keyspaces: [shop], system: false}
            """);
    assertThat(node.scan("--config", config.toString()))
        .as(node.session.err())
        .isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.tableOf("orders").get("protected").asText()).isEqualTo("policy");
    assertThat(node.tableOf("local").get("protected").isNull()).isTrue();
    Files.writeString(
        config, Files.readString(config).replace("[shop], system: false", "[], system: true"));
    assertThat(node.scan("--config", config.toString())).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.tableOf("local").get("protected").asText()).isEqualTo("policy");
    assertThat(node.scan()).as("without it").isEqualTo(ExitCode.OK);
    assertThat(node.session.err()).contains("no policy is known");
  }

  @Test
  void the_directories_come_from_cassandra_yaml() throws Exception {
    ScanFixture.plain(node.table("shop", "orders"), "1");
    for (String directory : List.of("log", "hints", "caches", "fql", "raw")) {
      node.file(directory + "/mark-" + directory, ScanFixture.ROWS);
    }
    node.file("elsewhere/mark-elsewhere", ScanFixture.ROWS);
    String yaml =
        """
        data_file_directories: [%1$s/data]
        commitlog_directory: %1$s/log
        saved_caches_directory: %1$s/caches
        cdc_raw_directory: %1$s/raw
        full_query_logging_options: {log_dir: %1$s/fql}
        """
            .formatted(node.root);
    Path file = node.file("conf/cassandra.yaml", bytes(yaml));
    String[] words = {"scan", "--format", "json", "--cassandra-yaml", file.toString()};
    assertThat(node.session.run(words)).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(node.session.err()).contains("hints_directory").contains("CASSANDRA_HOME");
    Files.writeString(file, yaml + "hints_directory: " + node.root + "/hints\n");
    assertThat(node.session.run(words)).isEqualTo(ExitCode.OK);
    List<String> found = new ArrayList<>();
    node.json().get("files").forEach(one -> found.add(one.get("path").asText()));
    assertThat(found)
        .anyMatch(path -> path.endsWith("Data.db"))
        .noneMatch(path -> path.contains("elsewhere"))
        .filteredOn(path -> path.contains("mark-"))
        .hasSize(5);
    node.session.environment("CASSANDRA_CONF", node.root.resolve("conf").toString());
    assertThat(node.session.run("scan", "--summary")).isEqualTo(ExitCode.OK);
    assertThat(node.session.out()).contains("shop").contains("orders");
  }

  @Test
  void an_audit_log_is_looked_for_where_cassandra_puts_it_unasked() throws Exception {
    for (String logs : List.of("home/logs", "var/log")) {
      node.file(logs + "/audit/20261126-15.cq4", ScanFixture.ROWS);
      node.file(logs + "/system.log", ScanFixture.ROWS);
    }
    Path file = node.file("conf/cassandra.yaml", bytes("cluster_name: shop\n"));
    String[] words = {"scan", "--format", "json", "--cassandra-yaml", file.toString()};
    node.session.environment("CASSANDRA_HOME", node.root.resolve("home").toString());
    assertThat(node.session.run(words)).isEqualTo(ExitCode.OK);
    assertThat(node.json().get("files").findValuesAsText("path"))
        .singleElement(STRING)
        .endsWith("home/logs/audit/20261126-15.cq4");
    node.session.environment("CASSANDRA_LOG_DIR", node.root.resolve("var/log").toString());
    assertThat(node.session.run(words)).isEqualTo(ExitCode.OK);
    assertThat(node.json().get("files").findValuesAsText("path"))
        .singleElement(STRING)
        .endsWith("var/log/audit/20261126-15.cq4");
  }

  @Test
  void directories_within_each_other_are_looked_at_once() throws Exception {
    ScanFixture.plain(node.table("shop", "orders"), "1");
    assertThat(node.scan("--path", node.root.resolve("data").toString())).isEqualTo(ExitCode.OK);
    assertThat(node.json().get("files")).hasSize(4);
    assertThat(node.tableOf("orders").get("live_sstables").asInt()).isEqualTo(1);
  }

  @Test
  void links_out_of_the_directories_are_not_followed_and_said(@TempDir Path outside)
      throws Exception {
    ScanFixture.plain(node.table("shop", "orders"), "1");
    ScanFixture.plain(outside, "1");
    Path orders = node.table("shop", "orders");
    Files.createSymbolicLink(node.root.resolve("again"), orders);
    assertThat(node.scan()).as(node.session.err()).isEqualTo(ExitCode.OK);
    assertThat(node.json().get("files")).hasSize(4);
    Files.createSymbolicLink(node.root.resolve("away"), outside);
    assertThat(node.scan()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(node.session.err()).contains("away is a link to").contains("--path");
    assertThat(node.json().at("/problems/0").asText()).contains("away");
  }

  /** A compaction ends while the scan is in the directory. */
  @Test
  void files_that_go_meanwhile_are_counted_and_what_replaced_them_is_found() throws Exception {
    Path directory = riders();
    for (String id : List.of("1", "2", "3")) {
      new VectorSSTable().write(directory, id);
    }
    Summary summary = new Summary(new ProtectedTables(null, java.util.Set.of()), false);
    List<String> problems = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    NodeScan scan =
        new NodeScan(
            new GroupNames(List.of()),
            false,
            new NodeScan.Listener() {
              @Override
              public void found(List<Finding> files) {
                summary.add(files);
                files.forEach(file -> seen.add(String.valueOf(file.file().getFileName())));
                if (seen.size() == files.size()) {
                  replace(directory);
                }
              }

              @Override
              public void problem(String what) {
                problems.add(what);
              }

              @Override
              public void looksAt(Path place) {
                assertThat(place.toString()).startsWith(node.root.toString());
              }
            });
    scan.scan(List.of(node.root));
    assertThat(problems).isEmpty();
    assertThat(scan.vanished()).isPositive();
    assertThat(summary.incomplete()).isFalse();
    assertThat(seen).contains("da-9-ebti-Data.db").doesNotHaveDuplicates();
    assertThat(seen).noneMatch(name -> name.startsWith("da-2") || name.startsWith("da-3"));
  }

  private static void replace(Path directory) {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (!file.getFileName().toString().startsWith("da-1")) {
          Files.delete(file);
        }
      }
      new VectorSSTable().write(directory, "9");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void people_get_a_line_per_file_and_two_tables() throws Exception {
    new VectorSSTable().write(riders(), "1");
    ScanFixture.plain(node.table("shop", "orders"), "1");
    assertThat(node.session.run("scan", "--path", node.root.toString())).isEqualTo(ExitCode.OK);
    assertThat(node.session.out())
        .containsPattern(
            "ENCRYPTED +\\S+da-1-ebti-Rows.db +\\(page file; key " + VectorSSTable.GROUP)
        .containsPattern("PLAINTEXT +\\S+orders\\S+Data.db +\\(Data.db: not compressed")
        .containsPattern("cycling +riders +encrypted files +encrypted +1 +0 +0")
        .containsPattern("shop +orders +no +plaintext +1")
        .containsPattern("\\(other files\\) +- +yes +empty")
        .containsPattern(VectorSSTable.GROUP + " +" + VectorSSTable.FIRST_KEY + " +1 ");
    assertThat(node.session.run("scan", "--summary", "--path", node.root.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(node.session.out()).doesNotContain("Rows.db").contains("riders");
  }

  @Test
  void a_path_that_is_not_there_is_an_error() {
    assertThat(node.scan("--path", "/no/such")).isEqualTo(ExitCode.NOT_FOUND);
    node.session.environment("CASSANDRA_CONF", "/no/such");
    assertThat(node.session.run("scan")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(node.session.err()).contains("--cassandra-yaml");
  }
}
