package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.sstable.format.TestKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.schema.CompressionParams;
import org.apache.cassandra.schema.TableMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When the alarm of a table that JMX has made plain is given; that a real node gives it: {@code
 * LocalOverrideTest} of the end-to-end module.
 */
class LocalOverridesTest {

  @TempDir private Path root = Path.of("set by JUnit");

  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());
  private final List<String> alarms = new ArrayList<>();
  private final Map<TableMetadata, TableMetadata> tables = new HashMap<>();
  private Duration now = Duration.ofDays(-1);
  private final LocalOverrides overrides = new LocalOverrides(() -> now.toNanos(), alarms::add);

  @BeforeEach
  void captures() throws Exception {
    TableMetadata plain = table("LZ4Compressor", Map.of());
    tables.put(plain, plain);
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private TableMetadata table(String compressor, Map<String, String> options) throws Exception {
    OfflineTable table = new OfflineTable(root, compressor, options);
    table.write(1, null);
    return table.metadata();
  }

  private TableMetadata encrypted() throws Exception {
    return table("EncryptingLZ4Compressor", TestRuntime.OPTIONS);
  }

  private static TableMetadata with(TableMetadata table, CompressionParams compression) {
    return table.unbuild().compression(compression).build();
  }

  private List<String> alarmsOf(TableMetadata local, TableMetadata table) {
    alarms.clear();
    tables.put(table, local);
    overrides.look(tables);
    return List.copyOf(alarms);
  }

  @Test
  void plain_compression_and_none_are_alarmed_of_and_other_encryption_is_not() throws Exception {
    TableMetadata table = encrypted();
    assertThat(alarmsOf(table, table)).isEmpty();
    Map<String, String> zstd = new HashMap<>(TestRuntime.OPTIONS);
    zstd.put("class", "EncryptingZstdCompressor");
    assertThat(alarmsOf(with(table, CompressionParams.fromMap(zstd)), table)).isEmpty();
    assertThat(alarmsOf(with(table, CompressionParams.lz4()), table))
        .singleElement()
        .asString()
        .contains("offline." + table.name, "LZ4Compressor", "PLAINTEXT", "upgradesstables -a");
    TableMetadata another = encrypted();
    assertThat(alarmsOf(with(another, CompressionParams.noCompression()), another))
        .as("news of one table only")
        .singleElement()
        .asString()
        .contains("offline." + another.name, "enabled=false");
  }

  @Test
  void it_is_repeated_every_ten_minutes_and_at_once_after_it_was_set_back() throws Exception {
    TableMetadata table = encrypted();
    TableMetadata plain = with(table, CompressionParams.lz4());
    assertThat(alarmsOf(plain, table)).hasSize(1);
    now = now.plusMinutes(10).minusNanos(1);
    assertThat(alarmsOf(plain, table)).isEmpty();
    now = now.plusNanos(1);
    assertThat(alarmsOf(plain, table)).hasSize(1);
    now = now.plusSeconds(20);
    assertThat(alarmsOf(table, table)).isEmpty();
    now = now.plusSeconds(20);
    assertThat(alarmsOf(plain, table)).hasSize(1);
  }
}
