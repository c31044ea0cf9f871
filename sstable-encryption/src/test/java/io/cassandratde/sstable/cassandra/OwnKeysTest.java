package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.sstable.format.TestKeys;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.config.ParameterizedClass;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.schema.CompressionParams;
import org.apache.cassandra.schema.TableMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/RULES.md R26: what replicated keys need to be read is sealed by other keys. */
class OwnKeysTest {

  private static final String REPLICATED = "ReplicatedKeyProviderFactory";

  private final Path root;
  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());

  OwnKeysTest(@TempDir Path root) {
    this.root = root;
  }

  @BeforeEach
  void initialize() throws Exception {
    // Cassandra's schema is there for good, and for all tests, once somebody has asked for it.
    new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS).write(1, null);
  }

  @AfterEach
  void close() {
    DatabaseDescriptor.setCommitLogCompression(null);
    DatabaseDescriptor.setHintsCompression(null);
    runtime.close();
  }

  private static ParameterizedClass line(String... parameters) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      all.put(parameters[i], parameters[i + 1]);
    }
    return new ParameterizedClass("EncryptingLZ4Compressor", all);
  }

  @Test
  void commit_log_and_hints_take_keys_that_need_no_table_and_no_token() {
    ParameterizedClass[] refused = {
      line("key_provider", REPLICATED), line(), line("pkcs11", "hsm")
    };
    for (ParameterizedClass each : refused) {
      DatabaseDescriptor.setHintsCompression(null);
      DatabaseDescriptor.setCommitLogCompression(each);
      assertThatThrownBy(LogSettings::check)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageStartingWith("commitlog_compression in cassandra.yaml names ")
          .hasMessageContaining("kmip_host: <group>")
          .hasMessageContaining("secret_key_file: <key file>");
      DatabaseDescriptor.setCommitLogCompression(line("kmip_host", "vault"));
      assertThatCode(LogSettings::check).doesNotThrowAnyException();
      DatabaseDescriptor.setHintsCompression(each);
      assertThatThrownBy(LogSettings::check)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageStartingWith("hints_compression in cassandra.yaml names ");
    }
    DatabaseDescriptor.setHintsCompression(line("secret_key_file", "hints_key"));
    assertThatCode(LogSettings::check).doesNotThrowAnyException();
  }

  private static TableMetadata table(String keyspace, Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    all.put("class", "EncryptingLZ4Compressor");
    return TableMetadata.builder(keyspace, "t")
        .addPartitionKeyColumn("id", Int32Type.instance)
        .compression(CompressionParams.fromMap(all))
        .build();
  }

  private static Map<String, String> replicated() {
    return Map.of(
        "key_provider",
        REPLICATED,
        "system_key_file",
        Objects.requireNonNull(TestRuntime.OPTIONS.get("kmip_host")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"encryption_control", "system_auth", "system"})
  void a_table_that_is_needed_to_read_them_is_not_written(String keyspace) {
    TableMetadata table = table(keyspace, replicated());
    TableGuard.judge(table);
    assertThat(Objects.requireNonNull(TableGuard.encryptingCompressor(table)).permit().refusal())
        .contains("table " + keyspace + ".t names replicated keys")
        .contains("ALTER TABLE " + keyspace + ".t WITH compression");
  }

  @Test
  void others_are_and_so_are_those_tables_under_other_keys() {
    for (TableMetadata table :
        new TableMetadata[] {
          table("shop", replicated()), table("encryption_control", TestRuntime.OPTIONS)
        }) {
      TableGuard.judge(table);
      assertThat(Objects.requireNonNull(TableGuard.encryptingCompressor(table)).permit().refusal())
          .isNull();
      assertThat(
              TableGuard.ownKeys(
                  table, Objects.requireNonNull(TableGuard.encryptingCompressor(table)).spec()))
          .isNull();
    }
  }
}
