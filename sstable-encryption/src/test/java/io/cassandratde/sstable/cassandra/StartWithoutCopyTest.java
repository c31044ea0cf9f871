package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.DataKeyState;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.replicated.KeyWrap;
import io.cassandratde.keys.replicated.LocalCopies;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.keys.runtime.TdeRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that would wait for a replicated key for ever; that it stops is TokenFaultsTest's. */
class StartWithoutCopyTest {

  private static final KeySpec SPEC = KeySpec.replicated("system_key", null, CipherSpec.AES_256);
  private static final String REPLICATED =
      """
      replicated_keys: {directory: copies}
      encrypt: {keyspaces: [f]}
      default_key: {key_provider: ReplicatedKeyProviderFactory, system_key_file: system_key}
      """;

  private final Path directory;

  StartWithoutCopyTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    SystemKeyFile.create(directory.resolve("system_key"), CipherSpec.AES_256);
  }

  private TdeRuntime open(String yaml) throws IOException {
    Path file = directory.resolve("tde.yaml");
    Files.writeString(file, "system_key_directory: " + directory + "\n" + yaml);
    return TdeRuntime.open(TdeConfig.load(file));
  }

  private void copy(TdeRuntime runtime, String namespace) throws Exception {
    Instant at = Instant.parse("2026-11-27T12:00:00Z");
    KeyLine line = new KeyLine("system_key", namespace, CipherSpec.AES_256);
    DataKeyRow row = new DataKeyRow(line, 1, UUID.randomUUID(), 1, DataKeyState.ACTIVE, at, at, at);
    MasterKeys masters = runtime.masterKeys("system_key");
    KeyWrap wrap = new KeyWrap(at, masters.wrap(masters.current(), new byte[32], row.binding()));
    assertThat(
            LocalCopies.open(directory.resolve("copies"))
                .restore(new StoredKey(row, List.of(wrap)), at))
        .isTrue();
  }

  @Test
  void a_copy_of_the_keys_that_will_seal_is_needed_and_no_other() throws Exception {
    try (TdeRuntime runtime = open(REPLICATED)) {
      assertThat(StartUpCheck.withoutCopy(runtime, SPEC)).as("not even a directory").isNotNull();
      runtime.openCopies();
      copy(runtime, "other");
      assertThat(StartUpCheck.withoutCopy(runtime, SPEC))
          .startsWith("Start stopped, with nothing lost")
          .contains("has no key in replicated_keys.directory", "keys export --wrapped")
          .contains("encrypt or default_key in " + directory.resolve("tde.yaml"), "nodetool flush");
      assertThat(
              StartUpCheck.withoutCopy(runtime, KeySpec.replicated("m", "x", CipherSpec.AES_256)))
          .as("not by the policy")
          .contains("keys import")
          .doesNotContain("nodetool flush");
      copy(runtime, "");
      assertThat(StartUpCheck.withoutCopy(runtime, SPEC)).isNull();
    }
    try (TdeRuntime runtime = open("")) {
      assertThat(StartUpCheck.withoutCopy(runtime, SPEC)).as("told else").isNull();
    }
  }
}
