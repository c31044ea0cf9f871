package io.cassandratde.tools.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.tools.CommandFailure;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file around exported keys: what is not read, and what is not written over. */
class ExportFileTest {

  private final Path file;

  ExportFileTest(@TempDir Path directory) {
    file = directory.resolve("export.json");
  }

  @Test
  void a_file_longer_than_any_is_not_read() throws Exception {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((64L << 20) + 1);
    }
    assertThatThrownBy(() -> ExportFile.read(file))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(file + " is no export of data keys: it is longer than");
  }

  @Test
  void a_field_that_comes_twice_is_refused() throws Exception {
    for (String more : List.of("", ", \"version\": 2")) {
      Files.writeString(
          file, "{\"format\": \"cassandra-tde-key-export\", \"version\": 1" + more + "}");
      if (more.isEmpty()) {
        assertThat(ExportFile.read(file).isSealed()).isFalse();
      } else {
        assertThatThrownBy(() -> ExportFile.read(file)).isInstanceOf(CommandFailure.class);
      }
    }
  }

  /** It may have come since the command looked. */
  @Test
  void what_is_there_stays() throws Exception {
    Files.writeString(file, "the only copy of another cluster's keys");
    KeyArchive archive = KeyArchive.of("test", Instant.EPOCH, List.of());
    assertThatThrownBy(() -> archive.write(file)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("the only copy of another cluster's keys");
  }
}
