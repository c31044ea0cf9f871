package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.sstable.format.TestKeys;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.cassandra.cql3.WhereClause;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.schema.CompressionParams;
import org.apache.cassandra.schema.KeyspaceMetadata;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.ViewMetadata;
import org.apache.cassandra.service.ClientWarn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alarms reach the client whose statement changed the schema; they are logged with the same words.
 */
class SchemaWatchTest {

  @TempDir private Path root = Path.of("set by JUnit");

  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());

  @BeforeEach
  void captureAsANativeTransportThreadDoes() {
    ClientWarn.instance.captureWarnings();
  }

  @AfterEach
  void close() {
    ClientWarn.instance.resetWarnings();
    runtime.close();
  }

  private static List<String> warnings() {
    List<String> warnings =
        Objects.requireNonNullElse(ClientWarn.instance.getWarnings(), List.of());
    ClientWarn.instance.captureWarnings();
    return warnings;
  }

  private OfflineTable encrypted() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(1, null);
    assertThat(warnings()).isEmpty();
    return table;
  }

  static void alter(OfflineTable table, Map<String, String> compression) {
    Schema.instance.transform(
        keyspaces -> {
          KeyspaceMetadata keyspace = keyspaces.get(OfflineTable.KEYSPACE).orElseThrow();
          TableMetadata after =
              table
                  .metadata()
                  .unbuild()
                  .compression(CompressionParams.fromMap(compression))
                  .build();
          return keyspaces.withAddedOrUpdated(
              keyspace.withSwapped(keyspace.tables.withSwapped(after)));
        });
  }

  private static ViewMetadata createView(
      OfflineTable base, String name, CompressionParams compression) {
    TableMetadata rows =
        TableMetadata.builder(OfflineTable.KEYSPACE, name)
            .kind(TableMetadata.Kind.VIEW)
            .addPartitionKeyColumn("id", Int32Type.instance)
            .compression(compression)
            .build();
    ViewMetadata view =
        new ViewMetadata(base.metadata().id, base.name, true, WhereClause.empty(), rows);
    Schema.instance.transform(
        keyspaces -> {
          KeyspaceMetadata keyspace = keyspaces.get(OfflineTable.KEYSPACE).orElseThrow();
          return keyspaces.withAddedOrUpdated(keyspace.withSwapped(keyspace.views.with(view)));
        });
    return view;
  }

  @Test
  void taking_the_encryption_away_is_an_alarm() throws Exception {
    OfflineTable off = encrypted();
    alter(off, Map.of("enabled", "false"));
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(off.name, "no longer encrypted", "plaintext");
    OfflineTable plain = encrypted();
    alter(plain, Map.of("class", "LZ4Compressor"));
    assertThat(warnings()).singleElement().asString().contains(plain.name, "LZ4Compressor");
  }

  @Test
  void setting_min_compress_ratio_is_an_alarm_with_the_remedy() throws Exception {
    OfflineTable table = encrypted();
    Map<String, String> leaky = new HashMap<>(table.metadata().params.compression.asMap());
    leaky.put("min_compress_ratio", "1.5");
    alter(table, leaky);
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("min_compress_ratio 1.5", "ALTER TABLE offline." + table.name, "flush");
  }

  @Test
  void a_plain_view_of_an_encrypted_table_is_an_alarm_that_says_how_to_encrypt_it()
      throws Exception {
    OfflineTable base = encrypted();
    createView(base, base.name + "_by_v", CompressionParams.lz4());
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(
            base.name + "_by_v", "NOT encrypted", "ALTER MATERIALIZED VIEW", "upgradesstables -a");
  }

  /** In format ebti: the compression decides nothing there. */
  @Test
  void nothing_is_an_alarm_where_the_policy_covers_the_table() throws Exception {
    OfflineTable table = encrypted();
    runtime.protectEverything();
    createView(table, table.name + "_covered", CompressionParams.lz4());
    alter(table, Map.of("class", "LZ4Compressor"));
    assertThat(warnings()).isEmpty();
  }

  @Test
  void an_encrypted_view_is_none() throws Exception {
    OfflineTable base = encrypted();
    createView(
        base,
        base.name + "_sealed",
        CompressionParams.fromMap(base.metadata().params.compression.asMap()));
    assertThat(warnings()).isEmpty();
  }

  @Test
  void encrypting_a_table_alarms_of_the_views_it_has() throws Exception {
    OfflineTable table = new OfflineTable(root, "LZ4Compressor", Map.of());
    table.write(1, null);
    createView(table, table.name + "_view", CompressionParams.lz4());
    assertThat(warnings()).isEmpty();
    Map<String, String> options = new HashMap<>(TestRuntime.OPTIONS);
    options.put("class", "EncryptingLZ4Compressor");
    alter(table, options);
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(table.name + "_view", "NOT encrypted");
  }

  @Test
  void other_changes_are_none() throws Exception {
    OfflineTable table = encrypted();
    Map<String, String> options = new HashMap<>(table.metadata().params.compression.asMap());
    options.put("chunk_length_in_kb", "64");
    alter(table, options);
    assertThat(warnings()).isEmpty();
  }
}
