package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.config.LegacyCiphers;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.apache.cassandra.io.compress.EncryptingLZ4Compressor;
import org.apache.cassandra.io.compress.EncryptingZstdCompressor;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.io.sstable.CQLSSTableWriter;
import org.apache.cassandra.schema.CompressionParams;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/RULES.md R24: no way past the compressor to plaintext on disk. */
class GuardTest {

  @TempDir private Path root = Path.of("set by JUnit");

  private TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  @BeforeEach
  void install() {
    runtime.close();
    runtime = new TestRuntime(TestKeys.corretto());
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> options = new HashMap<>(TestRuntime.OPTIONS);
    options.put(name, value);
    return options;
  }

  private static EncryptingCompressor compressorOf(TableMetadata table) {
    return (EncryptingCompressor) table.params.compression.getSstableCompressor();
  }

  @Test
  void stock_cassandra_writes_plaintext_when_min_compress_ratio_is_set() throws Exception {
    OfflineTable table =
        new OfflineTable(root, "LZ4Compressor", Map.of("min_compress_ratio", "1.1"));
    table.write(300, null);
    assertThat(table.leaks()).as("the trap exists, and this test would see it").isTrue();
  }

  @Test
  void a_table_with_min_compress_ratio_is_refused_before_any_byte() throws Exception {
    for (String ratio : List.of("1.0", "1.1", "4")) {
      for (String compressor :
          List.of("EncryptingLZ4Compressor", "EncryptingZstdCompressor", "Encryptor")) {
        OfflineTable table = new OfflineTable(root, compressor, with("min_compress_ratio", ratio));
        assertThatThrownBy(() -> table.write(300, null))
            .hasStackTraceContaining("SealingRefusedException")
            .hasStackTraceContaining("ALTER TABLE " + OfflineTable.KEYSPACE + "." + table.name);
        assertThat(table.leaks()).isFalse();
        for (Path data : table.dataFiles()) {
          assertThat(data).isEmptyFile();
        }
      }
    }
  }

  @Test
  void an_alter_that_sets_the_ratio_stops_the_next_file_and_one_that_takes_it_out_lets_it_go_on()
      throws Exception {
    OfflineTable table =
        new OfflineTable(root, "EncryptingLZ4Compressor", with("chunk_length_in_kb", "4"));
    table.write(300, null);
    Map<String, String> asMap = new HashMap<>(table.metadata().params.compression.asMap());
    Map<String, String> leaky = new HashMap<>(asMap);
    leaky.put("min_compress_ratio", "2");
    SchemaWatchTest.alter(table, leaky);
    assertThatThrownBy(() -> table.write(300, null))
        .hasStackTraceContaining("min_compress_ratio 2");
    assertThat(table.leaks()).isFalse();
    SchemaWatchTest.alter(table, asMap);
    table.write(300, null);
    assertThat(table.leaks()).isFalse();
    assertThat(table.read()).hasSize(300);
  }

  @Test
  void a_writer_opened_before_an_alter_finishes_with_the_definition_it_began_with()
      throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    TableMetadata before;
    try (CQLSSTableWriter writer = table.writer(null)) {
      before = table.metadata();
      writer.addRow(1, OfflineTable.value(1));
      Map<String, String> leaky = new HashMap<>(before.params.compression.asMap());
      leaky.put("min_compress_ratio", "2");
      SchemaWatchTest.alter(table, leaky);
    }
    assertThat(table.leaks()).isFalse();
    assertThat(table.read()).hasSize(1);
    assertThat(compressorOf(before)).isNotSameAs(compressorOf(table.metadata()));
  }

  @Test
  void an_instance_of_no_table_seals_nothing() {
    ICompressor stray = EncryptingLZ4Compressor.create(TestRuntime.OPTIONS);
    assertThatThrownBy(() -> stray.compress(ByteBuffer.allocate(10), ByteBuffer.allocate(2000)))
        .isInstanceOf(SealingRefusedException.class)
        .hasMessageContaining("no table");
  }

  /**
   * The schema may bring an equal table with another instance, while the table goes on with the
   * first one.
   */
  @Test
  void an_instance_that_only_a_table_reference_holds_is_found() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(1, null);
    EncryptingCompressor fresh = EncryptingLZ4Compressor.create(TestRuntime.OPTIONS);
    TableMetadata override =
        table
            .metadata()
            .unbuild()
            .compression(CompressionParams.fromMap(table.metadata().params.compression.asMap()))
            .build();
    EncryptingCompressor local = compressorOf(override);
    Schema.instance.getTableMetadataRef(table.metadata().id).setLocalOverrides(override);
    assertThatCode(() -> local.compress(ByteBuffer.allocate(10), ByteBuffer.allocate(2000)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> fresh.compress(ByteBuffer.allocate(10), ByteBuffer.allocate(2000)))
        .isInstanceOf(SealingRefusedException.class);
  }

  @Test
  void a_local_override_with_a_ratio_is_refused_too() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(1, null);
    Map<String, String> leaky = new HashMap<>(table.metadata().params.compression.asMap());
    leaky.put("min_compress_ratio", "2");
    TableMetadata override =
        table.metadata().unbuild().compression(CompressionParams.fromMap(leaky)).build();
    Schema.instance.getTableMetadataRef(table.metadata().id).setLocalOverrides(override);
    assertThatThrownBy(
            () ->
                compressorOf(override).compress(ByteBuffer.allocate(10), ByteBuffer.allocate(2000)))
        .isInstanceOf(SealingRefusedException.class)
        .hasMessageContaining("min_compress_ratio 2");
  }

  @Test
  void every_compressor_is_fit_for_flushes_so_that_flush_compression_fast_keeps_it() {
    assertThat(CompressorTest.factories().map(f -> f.apply(TestRuntime.OPTIONS).recommendedUses()))
        .allMatch(
            uses ->
                uses.containsAll(
                    List.of(ICompressor.Uses.FAST_COMPRESSION, ICompressor.Uses.GENERAL)));
  }

  @Test
  void equal_options_make_equal_compressors_and_equal_parameters() {
    Map<String, String> options = new HashMap<>(TestRuntime.OPTIONS);
    options.put("class", "EncryptingLZ4Compressor");
    CompressionParams one = CompressionParams.fromMap(options);
    CompressionParams other = CompressionParams.fromMap(options);
    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    assertThat(one.getSstableCompressor()).isNotSameAs(other.getSstableCompressor());
    options.put("secret_key_strength", "128");
    assertThat(CompressionParams.fromMap(options)).isNotEqualTo(one);
    assertThat(EncryptingLZ4Compressor.create(TestRuntime.OPTIONS))
        .isNotEqualTo(EncryptingZstdCompressor.create(TestRuntime.OPTIONS))
        .isNotEqualTo(LZ4Compressor.create(Map.of()));
  }

  @Test
  void legacy_ciphers_seal_as_gcm_or_are_refused_by_policy_but_always_open() throws Exception {
    OfflineTable table =
        new OfflineTable(
            root, "EncryptingLZ4Compressor", with("cipher_algorithm", "AES/CBC/PKCS5Padding"));
    table.write(10, null);
    assertThat(table.leaks()).isFalse();
    runtime.reinstall(LegacyCiphers.REJECT);
    assertThat(table.read()).hasSize(10);
    OfflineTable another =
        new OfflineTable(
            root, "EncryptingLZ4Compressor", with("cipher_algorithm", "AES/CBC/PKCS5Padding"));
    assertThatThrownBy(() -> another.write(1, null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("legacy_ciphers");
  }

  @Test
  void a_compressor_made_from_stored_options_only_opens() throws IOException {
    ICompressor stored =
        StoredParams.of("EncryptingLZ4Compressor", TestRuntime.OPTIONS).getSstableCompressor();
    assertThatThrownBy(() -> stored.compress(ByteBuffer.allocate(10), ByteBuffer.allocate(2000)))
        .isInstanceOf(SealingRefusedException.class);
  }
}
