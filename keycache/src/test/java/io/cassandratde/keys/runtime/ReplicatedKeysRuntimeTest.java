package io.cassandratde.keys.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.replicated.KeyTable;
import io.cassandratde.keys.replicated.MemoryKeyTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicated keys by a configuration file: the node's way to them, without Cassandra. */
class ReplicatedKeysRuntimeTest {

  /** Named by a table alone, and the name of a key file. */
  private static final KeySpec SPEC = KeySpec.replicated("payments", "ns", CipherSpec.AES_256);

  private static final KeySpec NO_HINT = KeySpec.kmip("(any)", null, CipherSpec.AES_256);

  private final Path directory;
  private final KeyTable table = new MemoryKeyTable();

  ReplicatedKeysRuntimeTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    SystemKeyFile.create(directory.resolve("payments"), CipherSpec.AES_256);
  }

  private TdeRuntime open(String yaml) throws IOException {
    return TdeRuntime.open(
        TdeConfig.load(
            Files.writeString(directory.resolve("tde.yaml"), "client_key_wait: 1s\n" + yaml)));
  }

  private TdeRuntime node() throws IOException {
    TdeRuntime runtime = open("replicated_keys: {directory: copies}\n");
    runtime.openCopies();
    return runtime;
  }

  private KeyReference sealed() throws IOException {
    try (TdeRuntime runtime = node()) {
      runtime.useKeyTable(table);
      return runtime.keys().current(SPEC).get(Patience.FAIL).reference();
    }
  }

  @Test
  void a_node_that_starts_opens_by_its_copies_before_there_is_a_table_and_without_any_hint()
      throws Exception {
    KeyReference key = sealed();
    assertThat(key.groupTag()).isEqualTo(KeyGroup.replicated("payments").tag());
    try (TdeRuntime restarted = node()) {
      DataKey opened = restarted.keys().awaitOpeningKey(NO_HINT, key, Duration.ofSeconds(1));
      assertThat(opened.reference()).isEqualTo(key);
      restarted.reload();
      assertThat(restarted.keys().current(SPEC).get(Patience.WAIT).reference())
          .as("sealing goes on under it before the table can be asked")
          .isEqualTo(key);
      assertThat(restarted.groups()).contains(KeyGroup.replicated("payments"));
    }
  }

  @Test
  void without_copies_and_table_a_key_is_not_there_and_with_the_table_it_is() throws Exception {
    KeyReference key = sealed();
    try (TdeRuntime other = open("replicated_keys: {directory: others}\n")) {
      other.openCopies();
      assertThatThrownBy(() -> other.keys().openingKey(SPEC, key))
          .isInstanceOf(KeyUnavailableException.class);
      other.useKeyTable(table);
      assertThat(other.keys().awaitOpeningKey(SPEC, key, Duration.ofMinutes(1)).reference())
          .isEqualTo(key);
    }
    try (TdeRuntime restarted = open("replicated_keys: {directory: others}\n")) {
      restarted.openCopies();
      assertThat(restarted.keys().openingKey(SPEC, key).reference()).isEqualTo(key);
    }
  }

  @Test
  void a_master_key_that_is_missing_is_named_with_what_to_bring_back() throws Exception {
    KeyReference key = sealed();
    Files.delete(directory.resolve("payments"));
    try (TdeRuntime restarted = node()) {
      assertThatThrownBy(() -> restarted.keys().openingKey(SPEC, key))
          .hasMessageContaining(directory.resolve("payments").toString())
          .hasMessageContaining("restore");
    }
  }

  @Test
  void a_directory_that_others_may_enter_is_refused_with_its_line() throws Exception {
    Path copies = Files.createDirectory(directory.resolve("copies"));
    Files.setPosixFilePermissions(copies, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (TdeRuntime runtime = open("replicated_keys: {directory: copies}\n")) {
      assertThatThrownBy(runtime::openCopies)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("tde.yaml:2: replicated_keys.directory: names " + copies)
          .hasMessageContaining("chmod 700");
    }
  }

  @Test
  void without_the_section_there_are_none() throws Exception {
    KeyReference key = sealed();
    try (TdeRuntime runtime = open("")) {
      assertThatThrownBy(() -> runtime.keys().current(SPEC))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("replicated_keys: {directory: …}");
      assertThatThrownBy(() -> runtime.masterKeys("payments"))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("replicated_keys: {directory: …}");
      assertThatThrownBy(() -> runtime.keys().openingKey(NO_HINT, key))
          .isInstanceOf(KeyConfigException.class);
      assertThat(runtime.dataKeys()).isNull();
    }
  }
}
