package io.cassandratde.tools.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.inventory.RawSSTable;
import io.cassandratde.tools.scan.VectorSSTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code manifest}: every key that any file names, and nothing left out in silence. */
class ManifestTest {
  private static final UUID OLD = UUID.fromString("0eb2277e-0acc-4adb-9241-1dd84dde691c");
  private static final UUID NEW = UUID.fromString("7c9e6679-7425-40de-944b-e07fc1f90ae7");
  private static final int PROD = GroupTag.of(ProviderKind.KMIP, "prod");
  private static final String ID = "5a1c395e015411f0b1c9e9d2f6f0a1b2";

  private final Path root;
  private final TestSession session =
      new TestSession().clock(InstantSource.fixed(Instant.parse("2026-11-26T22:00:00.5Z")));

  ManifestTest(@TempDir Path root) {
    this.root = root;
  }

  private Path table(String keyspace, String name) {
    return root.resolve("data").resolve(keyspace).resolve(name + '-' + ID);
  }

  private ExitCode manifest(String... more) {
    List<String> words = new ArrayList<>(List.of("manifest"));
    words.addAll(List.of(more));
    return session.run(words.toArray(String[]::new));
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(session.out());
  }

  private JsonNode key(String id) throws IOException {
    for (JsonNode key : json().get("keys")) {
      if (key.get("id").asText().equals(id)) {
        return key;
      }
    }
    throw new AssertionError("no key " + id + " in " + session.out());
  }

  /** Two keys in one SSTable of codec mode, of which one file needs keys. */
  private void riders(Path directory) throws IOException {
    new RawSSTable()
        .option("kmip_host", "prod")
        .sealed(PROD, OLD, 2)
        .sealed(PROD, NEW, 1)
        .write(directory);
  }

  @Test
  void names_each_key_with_tables_files_and_bytes() throws Exception {
    riders(table("cycling", "riders"));
    riders(table("cycling", "teams"));
    long bytes = Files.size(table("cycling", "teams").resolve("nb-1-big-Data.db"));
    assertThat(manifest(root.toString())).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.err()).isEmpty();
    JsonNode json = json();
    assertThat(json.get("format").asText()).isEqualTo("cassandra-tde-manifest");
    assertThat(json.get("version").asInt()).isEqualTo(1);
    assertThat(json.get("made_at").asText()).isEqualTo("2026-11-26T22:00:00Z");
    assertThat(json.get("complete").asBoolean()).isTrue();
    assertThat(json.get("files").asInt()).isEqualTo(6);
    assertThat(json.get("paths").get(0).asText()).isEqualTo(root.toString());
    assertThat(json.get("keys")).hasSize(2);
    assertThat(key(NEW.toString()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"group":"prod","group_tag":"%08x","id":"%s","check_value":"12345678",
                     "files":2,"bytes":%d,"tables":[
                      {"keyspace":"cycling","table":"riders","sstables":1,"files":1,"bytes":%d},
                      {"keyspace":"cycling","table":"teams","sstables":1,"files":1,"bytes":%d}],
                     "other_files":[]}
                    """
                        .formatted(PROD, NEW, 2 * bytes, bytes, bytes)));
  }

  @Test
  void counts_the_union_of_an_encrypted_sstable_and_logs_and_hints() throws Exception {
    new VectorSSTable().write(table("cycling", "riders"), "1");
    VectorSSTable.writeLog(root.resolve("archive"), "segment under two keys");
    VectorSSTable.writeLog(root.resolve("hints"), "hints under two keys");
    assertThat(manifest(root.toString())).as(session.err()).isEqualTo(ExitCode.OK);
    JsonNode first = key(VectorSSTable.FIRST_KEY);
    assertThat(first.get("group").isNull()).as("no file tells its name").isTrue();
    JsonNode added = key(VectorSSTable.ADDED_KEY);
    for (JsonNode key : List.of(first, added)) {
      assertThat(key.at("/other_files/0/kind").asText()).isEqualTo("commit_log");
      assertThat(key.at("/other_files/0/files").asInt()).isEqualTo(1);
      assertThat(key.at("/other_files/1/kind").asText()).isEqualTo("hints");
      assertThat(key.at("/tables/0/table").asText()).isEqualTo("riders");
      assertThat(key.at("/tables/0/sstables").asInt()).isEqualTo(1);
    }
    assertThat(json().get("keys")).hasSize(2);
  }

  @Test
  void a_name_that_one_file_tells_and_another_does_not_is_one_key() throws Exception {
    riders(table("cycling", "riders"));
    new RawSSTable().sealed(PROD, NEW, 1).write(table("cycling", "teams"));
    assertThat(manifest(root.toString())).isEqualTo(ExitCode.OK);
    assertThat(json().get("keys")).hasSize(2);
    assertThat(key(NEW.toString()).get("group").asText()).isEqualTo("prod");
    assertThat(key(NEW.toString()).get("tables")).hasSize(2);
  }

  @Test
  void outside_of_cassandra_s_directories_the_table_is_not_known() throws Exception {
    riders(root.resolve("backup"));
    assertThat(manifest(root.toString())).isEqualTo(ExitCode.OK);
    JsonNode table = key(OLD.toString()).at("/tables/0");
    assertThat(table.get("keyspace").isNull()).isTrue();
    assertThat(table.get("sstables").asInt()).isEqualTo(1);
  }

  @Test
  void whatever_cannot_be_made_out_is_named_and_makes_it_incomplete() throws Exception {
    riders(table("cycling", "riders"));
    Path archive = Files.write(root.resolve("riders.tar.zst"), new byte[] {1, 2, 3});
    Path cut = table("cycling", "teams");
    new VectorSSTable().with("Encryption.db", new byte[9]).write(cut, "1");
    assertThat(manifest(root.toString())).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(json().get("complete").asBoolean()).isFalse();
    assertThat(json().get("keys")).as("what is known stands there").hasSize(2);
    assertThat(json().get("unread").findValuesAsText("path"))
        .contains(archive.toString(), cut.resolve("da-1-ebti-Data.db").toString());
    assertThat(session.err()).contains("NOT READ: " + archive);
  }

  @Test
  void an_earlier_manifest_beside_the_backup_needs_no_key() throws Exception {
    riders(table("cycling", "riders"));
    manifest(root.toString());
    Path kept = Files.writeString(root.resolve("keys.json"), session.out());
    assertThat(manifest(root.toString())).as(session.err()).isEqualTo(ExitCode.OK);
    Files.writeString(kept, "{\"format\":\"cassandra-tde-manifest\"} and rows");
    assertThat(manifest(root.toString())).isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void nothing_is_no_backup() {
    assertThat(manifest(root.toString())).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.out()).isEmpty();
    assertThat(manifest(root.resolve("none").toString())).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(manifest()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_snapshot_is_found_by_its_name_in_all_tables() throws Exception {
    Path yaml = root.resolve("cassandra.yaml");
    Files.writeString(
        yaml,
        """
        data_file_directories: [%1$s/data]
        commitlog_directory: %1$s/log
        hints_directory: %1$s/hints
        saved_caches_directory: %1$s/caches
        """
            .formatted(root));
    riders(table("cycling", "riders").resolve("snapshots/nightly"));
    riders(table("shop", "orders").resolve("snapshots/nightly"));
    new RawSSTable().sealed(PROD, NEW, 1).write(table("shop", "orders").resolve("snapshots/old"));
    new RawSSTable().sealed(PROD, NEW, 1).write(table("shop", "orders"));
    String[] words = {"--snapshot", "nightly", "--cassandra-yaml", yaml.toString()};
    assertThat(manifest(words)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(json().get("snapshot").asText()).isEqualTo("nightly");
    assertThat(json().get("files").asInt()).isEqualTo(6);
    assertThat(key(OLD.toString()).get("tables").findValuesAsText("table"))
        .containsExactly("riders", "orders");
    assertThat(manifest("--snapshot", "none", "--cassandra-yaml", yaml.toString()))
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(manifest("--snapshot", "../old", "--cassandra-yaml", yaml.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(manifest("--snapshot", "nightly", root.toString())).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_hold_until_date_includes_its_day_and_lies_ahead() throws Exception {
    riders(table("cycling", "riders"));
    assertThat(manifest("--hold-until", "2027-12-31", root.toString())).isEqualTo(ExitCode.OK);
    assertThat(json().get("hold_until").asText())
        .as("the day's end in Berlin")
        .isEqualTo("2027-12-31T23:00:00Z");
    manifest("--hold-until", "2027-12-31T12:00:00Z", root.toString());
    assertThat(json().get("hold_until").asText()).isEqualTo("2027-12-31T12:00:00Z");
    for (String date : List.of("2026-11-25", "31.12.2027", "2027-02-30")) {
      assertThat(manifest("--hold-until", date, root.toString()))
          .as(date)
          .isEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void is_read_as_it_was_written_and_nothing_else_is() throws Exception {
    riders(table("cycling", "riders"));
    VectorSSTable.writeLog(root.resolve("archive"), "segment under two keys");
    Files.write(root.resolve("odd"), new byte[] {1});
    manifest("--hold-until", "2027-12-31", root.toString());
    Path file = Files.writeString(root.resolve("m.json"), session.out());
    Manifest read = ManifestJson.read(file);
    assertThat(ManifestJson.write(read) + "\n").isEqualTo(session.out());
    assertThat(read.complete()).isFalse();
    String text = Files.readString(file);
    for (String wrong :
        List.of(
            text.replace("\"version\" : 1", "\"version\" : 2"),
            text.replace("\"complete\" : false", "\"complete\" : true"),
            text.replace("cassandra-tde-manifest", "other"),
            text.replace("\"check_value\"", "\"cheque_value\""),
            text.replace("\"made_at\" : \"2", "\"made_at\" : \"x"),
            text + "{}",
            "[]",
            "")) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> ManifestJson.read(file))
          .as(wrong)
          .isInstanceOf(ManifestJson.NoManifestException.class)
          .hasMessageContaining(file.toString());
    }
  }
}
