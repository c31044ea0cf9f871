package io.cassandratde.tools.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SSTableKeysTest {
  private static final UUID OLD = UUID.fromString("0eb2277e-0acc-4adb-9241-1dd84dde691c");
  private static final UUID NEW = UUID.fromString("7c9e6679-7425-40de-944b-e07fc1f90ae7");
  private static final int PROD = GroupTag.of(ProviderKind.KMIP, "prod");
  private static final String TABLE = "riders-5a1c395e015411f0b1c9e9d2f6f0a1b2";

  private final Path data;
  private final TestSession session = new TestSession();

  SSTableKeysTest(@TempDir Path data) {
    this.data = data;
  }

  private Path live() {
    return data.resolve("cycling").resolve(TABLE);
  }

  private JsonNode json() throws Exception {
    return new ObjectMapper().readTree(session.out()).get("sstables");
  }

  @Test
  void both_keys_of_a_file_written_across_a_switch_are_shown_with_their_chunks() throws Exception {
    Path file =
        new RawSSTable()
            .option("kmip_host", "prod")
            .sealed(PROD, OLD, 3)
            .sealed(PROD, NEW, 2)
            .sealed(PROD, OLD, 1)
            .write(live());
    assertThat(session.run("sstablekeys", "--format", "json", data.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(new ObjectMapper().readTree(session.out()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"sstables":[{"path":"%s","keyspace":"cycling","table":"riders","keys":[
                      {"group":"prod","id":"%s","chunks":4},{"group":"prod","id":"%s","chunks":2}]}]}
                    """
                        .formatted(file, OLD, NEW)));
    assertThat(session.err()).isEmpty();
  }

  @Test
  void snapshots_backups_and_indexes_are_found_and_named_by_their_table() throws Exception {
    new RawSSTable().sealed(PROD, OLD, 1).write(live().resolve("snapshots/before"));
    new RawSSTable().sealed(PROD, OLD, 1).write(live().resolve("backups"));
    new RawSSTable().sealed(PROD, OLD, 1).write(live().resolve(".by_name/backups"));
    new RawSSTable().sealed(PROD, OLD, 1).write(data.resolve("copied/elsewhere"));
    assertThat(session.run("sstablekeys", "--format", "json", data.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(json().findValuesAsText("table"))
        .containsExactlyInAnyOrder("riders", "riders", "riders.by_name", "null");
    assertThat(json()).hasSize(4);
  }

  @Test
  void a_table_for_people_by_default() throws Exception {
    new RawSSTable().option("kmip_host", "prod").sealed(PROD, OLD, 7).write(live());
    assertThat(session.run("sstablekeys", data.toString())).isEqualTo(ExitCode.OK);
    assertThat(session.out().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("Keyspace  Table   Group  Key ID");
    assertThat(session.out()).contains("cycling   riders  prod   " + OLD + "  7");
  }

  @Test
  void a_group_is_named_only_when_its_tag_agrees() throws Exception {
    new RawSSTable().option("kmip_host", "forged").sealed(PROD, OLD, 1).write(live());
    session.run("sstablekeys", "--format", "json", data.toString());
    assertThat(json().get(0).at("/keys/0/group").asText())
        .isEqualTo(String.format("tag:%08x", PROD));
  }

  @Test
  void other_compressors_and_none_are_plaintext() throws Exception {
    new RawSSTable().compressor("LZ4Compressor").raw("secret").write(live());
    Path bare = Files.createDirectories(data.resolve("plain/" + TABLE));
    Files.writeString(bare.resolve("nb-1-big-Data.db"), "secret");
    Files.writeString(bare.resolve("nb-1-big-TOC.txt"), "Data.db\n");
    assertThat(session.run("sstablekeys", "--format", "json", data.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(json()).hasSize(2).allMatch(s -> s.get("plaintext").asBoolean());
    assertThat(json()).allMatch(s -> s.get("keys").isEmpty());
    session.run("sstablekeys", data.toString());
    assertThat(session.out()).contains("PLAINTEXT");
  }

  @Test
  void a_file_that_is_still_written_is_not_called_plaintext() throws Exception {
    Path directory = Files.createDirectories(live());
    Files.writeString(directory.resolve("nb-2-big-Data.db"), "whatever");
    assertThat(session.run("sstablekeys", "--format", "json", data.toString()))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(json().get(0).has("plaintext")).isFalse();
    assertThat(session.err()).contains("unfinished");
  }

  @Test
  void damage_in_the_last_chunk_is_reported_and_fails() throws Exception {
    Path file = new RawSSTable().sealed(PROD, OLD, 3).write(live());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 40] ^= 1; // ciphertext of the last chunk
    Files.write(file, bytes);
    assertThat(session.run("sstablekeys", "--format", "json", data.toString()))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(json().get(0).at("/keys/0/chunks").asInt()).isEqualTo(2);
    assertThat(session.err()).contains(file.toString()).contains("chunk 2 at");
    assertThat(session.run("sstablekeys", "--headers-only", data.toString()))
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void a_truncated_data_file_is_reported_and_fails() throws Exception {
    Path file = new RawSSTable().sealed(PROD, OLD, 3).write(live());
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 200));
    assertThat(session.run("sstablekeys", data.toString())).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("do not fit the file");
  }

  @Test
  void garbage_as_compression_info_is_reported_and_fails() throws Exception {
    Path file = new RawSSTable().sealed(PROD, OLD, 1).write(live());
    Files.write(file.resolveSibling("nb-1-big-CompressionInfo.db"), new byte[] {0, 9, 1});
    assertThat(session.run("sstablekeys", data.toString())).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.out()).contains("UNKNOWN");
    assertThat(session.err()).contains("cannot be read").doesNotContain("\tat ");
  }

  @Test
  void a_path_that_is_not_there_is_an_error_and_an_empty_one_is_not() {
    assertThat(session.run("sstablekeys", data.resolve("no").toString()))
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.run("sstablekeys", data.toString())).isEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("no SSTables under");
    assertThat(session.run("sstablekeys")).isEqualTo(ExitCode.USAGE);
  }
}
