package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which starts end because what tde.yaml says would not be done. */
class FormatSelectionTest {

  private static final String ALL = "encrypt: all\ndefault_key: {secret_key_file: a}\n";

  private final Path file;

  FormatSelectionTest(@TempDir Path directory) {
    file = directory.resolve("tde.yaml");
  }

  private void check(String selected, String yaml) throws IOException {
    Files.writeString(file, yaml);
    FormatSelection.check(selected, () -> file);
  }

  @Test
  void a_policy_needs_the_format() {
    assertThatThrownBy(() -> check("big", ALL))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("selected_format: ebti");
    assertThatCode(() -> check("ebti", ALL)).doesNotThrowAnyException();
    assertThatCode(() -> check("big", "encrypt: tables\n")).doesNotThrowAnyException();
  }

  /** Nobody else may ever read it, and it may hold a policy. */
  @Test
  void a_file_that_cannot_be_understood_is_no_licence_to_write_in_clear() {
    assertThatThrownBy(() -> check("big", ALL + "encrpyt: all\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("tde.yaml")
        .hasMessageContaining("encrpyt");
  }

  @Test
  void a_node_without_the_file_starts() {
    assertThatCode(
            () ->
                FormatSelection.check(
                    "big",
                    () -> {
                      throw new ConfigException(null, 0, "", "no file found", "write one");
                    }))
        .doesNotThrowAnyException();
  }
}
