package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.control.ControlUnavailableException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bean tells clients that have none of its classes, and what it does not give them. */
class KeyHierarchyTest {

  private static Object failing(boolean serves, RuntimeException failure) {
    return KeyHierarchy.told(
        serves,
        () -> {
          throw failure;
        });
  }

  /** By the type, a client tells whether the same call may do later. */
  @Test
  void an_outage_is_told_by_its_own_type_and_a_refusal_is_none() {
    assertThat(KeyHierarchy.<String>told(true, () -> "done")).isEqualTo("done");
    for (RuntimeException outage :
        List.of(
            new KeyUnavailableException("no quorum"),
            new ControlUnavailableException("no quorum", new RuntimeException()))) {
      assertThatThrownBy(() -> failing(true, outage))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("no quorum");
    }
    assertThatThrownBy(() -> KeyHierarchy.told(false, () -> "asked"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("has not started yet");
    for (KeyException refusal :
        List.of(new KeyConfigException("not so"), new KeyNotFoundException("not so"))) {
      assertThatThrownBy(() -> failing(true, refusal))
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessage("not so");
    }
  }

  /** Whoever reaches the bean would have all data keys, by a key of his own. */
  @Test
  void no_data_key_leaves_but_as_the_configuration_says(@TempDir Path directory) throws Exception {
    SystemKeyFile.create(directory.resolve("system_key"), CipherSpec.AES_256);
    String publicKey = Base64.getEncoder().encodeToString(new byte[32]);
    for (boolean allowed : new boolean[] {false, true}) {
      Path file = directory.resolve("tde.yaml");
      Files.writeString(
          file,
          "system_key_directory: %s\nreplicated_keys: {directory: copies, passphrase_export: %s}\n"
              .formatted(directory, allowed));
      try (TdeRuntime runtime = TdeRuntime.open(TdeConfig.load(file))) {
        KeyExports exports = new KeyExports(runtime, Objects.requireNonNull(runtime.dataKeys()));
        assertThatThrownBy(() -> exports.under("mine"))
            .isInstanceOf(KeyConfigException.class)
            .hasMessageContaining("has no mine");
        assertThatThrownBy(() -> exports.sealed(publicKey))
            .isInstanceOfSatisfying(
                KeyException.class,
                refusal ->
                    assertThat(String.valueOf(refusal.getMessage()).contains("passphrase_export"))
                        .as("%s", refusal)
                        .isEqualTo(!allowed));
      }
    }
  }
}
