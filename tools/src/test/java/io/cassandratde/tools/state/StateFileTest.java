package io.cassandratde.tools.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {

  private final Path file;
  private final Path victim;

  StateFileTest(@TempDir Path directory) throws IOException {
    file = directory.resolve("rekey-k1.json");
    victim = Files.writeString(directory.resolve("victim"), "precious");
  }

  private StateFile open() throws Exception {
    return StateFile.open(file, "sample", 1, "another run goes on");
  }

  @Test
  void what_was_written_is_read_and_another_run_is_kept_away() throws Exception {
    try (StateFile state = open()) {
      state.write(Map.of("stage", "PLAN"));
      assertThatThrownBy(this::open).hasMessageContaining("another run goes on");
    }
    try (StateFile state = open()) {
      assertThat(StateFile.text(Objects.requireNonNull(state.read()), "stage")).isEqualTo("PLAN");
    }
  }

  @Test
  void a_link_that_somebody_laid_there_is_not_followed() throws Exception {
    Path temporary = file.resolveSibling("rekey-k1.json.tmp");
    Files.createSymbolicLink(temporary, victim);
    try (StateFile state = open()) {
      assertThatThrownBy(() -> state.write(Map.of("stage", "PLAN")))
          .isInstanceOf(UncheckedIOException.class);
    }
    Files.delete(temporary);
    Path lock = file.resolveSibling("rekey-k1.json.lock");
    Files.delete(lock);
    Files.createSymbolicLink(lock, file.resolveSibling("made"));
    assertThatThrownBy(this::open).isInstanceOf(IOException.class);
    assertThat(file.resolveSibling("made")).doesNotExist();
    assertThat(victim).hasContent("precious");
  }
}
