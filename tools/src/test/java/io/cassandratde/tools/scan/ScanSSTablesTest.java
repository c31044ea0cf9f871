package io.cassandratde.tools.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.inventory.RawSSTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SSTables of every form, sound and not. */
class ScanSSTablesTest {
  private static final UUID KEY = UUID.fromString("7c9e6679-7425-40de-944b-e07fc1f90ae7");
  private static final int PROD = GroupTag.of(ProviderKind.KMIP, "prod");

  private final ScanFixture node;

  ScanSSTablesTest(@TempDir Path root) {
    node = new ScanFixture(root);
  }

  private Path riders() {
    return node.table("cycling", "riders");
  }

  /** In codec mode, with the files that Cassandra writes besides. */
  private void codec(Path directory, RawSSTable sstable) throws IOException {
    sstable.option("kmip_host", "prod").write(directory);
    for (String component : new String[] {"Index.db", "Filter.db", "Summary.db", "Statistics.db"}) {
      Files.write(directory.resolve("nb-1-big-" + component), ScanFixture.ROWS);
    }
  }

  @Test
  void every_component_of_a_protected_sstable_is_sealed_or_holds_no_content() throws Exception {
    new VectorSSTable().write(riders(), "1");
    assertThat(node.scan("--checksums")).as(node.session.err()).isEqualTo(ExitCode.OK);
    for (String sealed : new String[] {"Data", "Statistics", "Partitions", "Rows", "SAI+aa+Meta"}) {
      assertThat(node.state(sealed + ".db")).as(sealed).isEqualTo("encrypted");
    }
    for (String harmless :
        new String[] {"Encryption.db", "CompressionInfo.db", "Digest.crc32", "TOC.txt"}) {
      assertThat(node.state(harmless)).as(harmless).isEqualTo("no_content");
    }
    assertThat(node.json().get("files")).hasSize(9);
    assertThat(node.of("Data.db").at("/keys/0/id").asText()).isEqualTo(VectorSSTable.FIRST_KEY);
    assertThat(node.of("Partitions.db").get("keys")).hasSize(2);
    assertThat(node.tableOf("riders").get("state").asText()).isEqualTo("encrypted");
    assertThat(node.tableOf("riders").get("protected").asText()).isEqualTo("encrypted files");
  }

  @Test
  void an_empty_mark_of_an_index_holds_no_content() throws Exception {
    new VectorSSTable().with("SAI+aa+GroupComplete.db", new byte[0]).write(riders(), "1");
    assertThat(node.scan()).as(node.session.err()).isEqualTo(ExitCode.OK);
    assertThat(node.state("GroupComplete.db")).isEqualTo("no_content");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Partitions.db", "Rows.db", "SAI+aa+Meta.db", "Filter.db"})
  void a_component_in_clear_in_a_protected_sstable_is_named(String component) throws Exception {
    new VectorSSTable().with(component, ScanFixture.ROWS).write(riders(), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state(component)).isEqualTo("plaintext");
    assertThat(node.session.err()).contains("READABLE").contains(component);
    assertThat(node.tableOf("riders").get("state").asText()).isEqualTo("mixed");
    assertThat(node.tableOf("riders").get("plaintext").asInt()).isEqualTo(1);
  }

  @Test
  void a_part_of_the_statistics_in_clear_is_named() throws Exception {
    byte[] part = new byte[40]; // form 0
    new VectorSSTable()
        .with("Statistics.db", VectorSSTable.statisticsOf(part))
        .write(riders(), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("Statistics.db")).isEqualTo("plaintext");
  }

  @Test
  void data_that_is_no_chunk_or_has_no_index_of_ours_is_taken_for_plaintext() throws Exception {
    VectorSSTable sstable = new VectorSSTable();
    byte[] data = sstable.content("Data.db");
    data[0] = 'k';
    sstable.with("Data.db", data).write(riders(), "1");
    new VectorSSTable()
        .with("CompressionInfo.db", VectorSSTable.index("LZ4Compressor", 4096))
        .write(riders(), "2");
    new VectorSSTable().without("CompressionInfo.db").write(riders(), "3");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("da-1-ebti-Data.db")).isEqualTo("unknown");
    assertThat(node.state("da-2-ebti-Data.db")).isEqualTo("unknown");
    assertThat(node.state("da-3-ebti-Data.db")).isEqualTo("plaintext");
  }

  @Test
  void a_chunk_of_another_place_is_named() throws Exception {
    VectorSSTable sstable = new VectorSSTable();
    byte[] data = sstable.content("Data.db");
    data[4] = 1; // its ordinal
    sstable.with("Data.db", data).write(riders(), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.of("Data.db").get("reason").asText()).contains("sealed for place 1");
  }

  @Test
  void a_component_of_another_sstable_or_of_a_row_that_is_not_there_is_unknown() throws Exception {
    VectorSSTable sstable = new VectorSSTable();
    byte[] exchanged = sstable.content("Partitions.db");
    byte[] rows = sstable.content("Rows.db");
    rows[41] = 9; // data key id
    for (int at = 0; at + 16 <= exchanged.length; at++) {
      if (Arrays.equals(
          exchanged,
          at,
          at + 7,
          "TDEPAGE".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
          0,
          7)) {
        exchanged[at + 8] ^= 1; // uid
      }
    }
    sstable.with("Partitions.db", exchanged).with("Rows.db", rows).write(riders(), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.of("Partitions.db").get("reason").asText()).contains("another carrier");
    assertThat(node.of("Rows.db").get("reason").asText()).contains("data key 9");
    assertThat(node.state("Partitions.db")).isEqualTo("unknown");
  }

  @Test
  void without_a_carrier_nothing_is_believed() throws Exception {
    new VectorSSTable().without("Encryption.db").write(riders(), "1");
    assertThat(node.scan("--protected", "cycling.riders")).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("Partitions.db")).isEqualTo("unknown");
  }

  @Test
  void a_carrier_without_keys_is_plaintext() throws Exception {
    VectorSSTable plain = new VectorSSTable();
    plain.with("Encryption.db", VectorSSTable.vector("carrier-plain", "carrier"));
    plain.with("Partitions.db", ScanFixture.ROWS).write(riders(), "1");
    assertThat(node.scan("--protected", "cycling")).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("Partitions.db")).isEqualTo("plaintext");
    assertThat(node.state("Data.db")).isEqualTo("plaintext");
    assertThat(node.state("Rows.db")).as("sealed, where it must be in clear").isEqualTo("unknown");
  }

  @Test
  void an_unfinished_sstable_is_neither_encrypted_nor_plaintext() throws Exception {
    VectorSSTable sstable = new VectorSSTable();
    byte[] whole = sstable.content("Partitions.db");
    sstable
        .with("Partitions.db", Arrays.copyOf(whole, whole.length - 40))
        .with("Rows.db", new byte[0])
        .without("CompressionInfo.db")
        .without("Statistics.db")
        .writeUnfinished(riders(), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.INCOMPLETE);
    for (String component : new String[] {"Partitions.db", "Rows.db", "Data.db"}) {
      assertThat(node.state(component)).as(component).isEqualTo("unfinished");
    }
    sstable.with("Data.db", ScanFixture.ROWS).writeUnfinished(riders(), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("Data.db")).isEqualTo("plaintext");
  }

  /** Cassandra opens it; a restored backup may have lost TOC.txt. */
  @Test
  void without_a_toc_the_data_tells_that_it_is_in_clear() throws Exception {
    ScanFixture.plain(riders(), "1");
    Files.delete(riders().resolve("da-1-bti-TOC.txt"));
    assertThat(node.scan("--protected", "cycling")).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("Data.db")).isEqualTo("plaintext");
    assertThat(node.state("Partitions.db")).isEqualTo("plaintext");
  }

  @Test
  void without_a_toc_sealed_data_is_being_written() throws Exception {
    codec(riders(), new RawSSTable().sealed(PROD, KEY, 3));
    try (var files = Files.list(riders())) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith("TOC.txt") || file.toString().endsWith("CompressionInfo.db")) {
          Files.delete(file);
        }
      }
    }
    assertThat(node.scan()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(node.state("Data.db")).isEqualTo("unfinished");
  }

  @Test
  void what_the_toc_names_must_be_there() throws Exception {
    new VectorSSTable().write(riders(), "1");
    Files.delete(riders().resolve("da-1-ebti-Rows.db"));
    assertThat(node.scan()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(node.session.err()).contains("TOC.txt: names Rows.db, which is not there");
  }

  @Test
  void codec_mode_leaves_all_but_the_data_in_clear() throws Exception {
    codec(riders(), new RawSSTable().sealed(PROD, KEY, 3));
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("Data.db")).isEqualTo("encrypted");
    for (String component : new String[] {"Index.db", "Filter.db", "Summary.db", "Statistics.db"}) {
      assertThat(node.state(component)).as(component).isEqualTo("codec_clear");
    }
    JsonNode table = node.tableOf("riders");
    assertThat(table.get("state").asText()).isEqualTo("partly");
    assertThat(table.get("codec_clear").asInt()).isEqualTo(4);
    assertThat(node.scan("--accept-codec")).as(node.session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void a_raw_chunk_in_codec_mode_is_plaintext_whatever_is_accepted() throws Exception {
    codec(riders(), new RawSSTable().sealed(PROD, KEY, 1).mostCompressed(20).raw("x".repeat(50)));
    assertThat(node.scan("--accept-codec")).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.state("Data.db")).isEqualTo("plaintext");
  }

  @Test
  void a_plain_sstable_beside_encrypted_ones_is_found_in_snapshots_too() throws Exception {
    new VectorSSTable().write(riders(), "1");
    new VectorSSTable().write(riders().resolve("snapshots/s"), "1");
    new VectorSSTable().write(riders().resolve("backups"), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.OK);
    JsonNode key = node.json().at("/keys/0");
    assertThat(key.get("live").asInt()).isEqualTo(1);
    assertThat(key.get("snapshot").asInt()).isEqualTo(1);
    assertThat(key.get("backup").asInt()).isEqualTo(1);
    assertThat(key.get("live_bytes").asLong()).isPositive();
    ScanFixture.plain(riders().resolve("snapshots/before"), "7");
    assertThat(node.scan()).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.tableOf("riders").get("state").asText()).isEqualTo("mixed");
    assertThat(node.tableOf("riders").get("snapshot_sstables").asInt()).isEqualTo(2);
  }

  @Test
  void a_plain_table_is_a_failure_only_where_it_is_protected() throws Exception {
    ScanFixture.plain(node.table("shop", "orders"), "1");
    ScanFixture.plain(node.table("shop", "orders").resolve(".by_day"), "1");
    assertThat(node.scan()).isEqualTo(ExitCode.OK);
    assertThat(node.tableOf("orders").get("state").asText()).isEqualTo("plaintext");
    assertThat(node.tableOf("orders").get("live_sstables").asInt()).isEqualTo(2);
    assertThat(node.scan("--protected", "shop.other")).isEqualTo(ExitCode.OK);
    assertThat(node.scan("--protected", "shop.orders")).isEqualTo(ExitCode.PLAINTEXT);
    assertThat(node.scan("--protected", "shop")).isEqualTo(ExitCode.PLAINTEXT);
  }
}
