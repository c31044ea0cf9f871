package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.cassandra.OfflineTable;
import io.cassandratde.sstable.cassandra.TestRuntime;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.cassandra.io.util.CorruptFileException;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.RandomAccessReader;
import org.apache.cassandra.io.util.SequentialWriter;
import org.apache.cassandra.io.util.SequentialWriterOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sealed cache and what becomes of it; that a node saves them so: {@code ScanTest}. */
class SavedCachesTest {

  private static final String SECRET = "partition key that was read often";
  private static final int ENTRIES = 1000;
  private static final KeySpec SPEC = KeySpec.kmip(TestRuntime.GROUP, null, CipherSpec.aes(256));

  private final Path file;
  private final File data;
  private final File carrier;
  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());

  SavedCachesTest(@TempDir Path directory) {
    OfflineTable.initialize();
    file = directory.resolve("KeyCache-g.db");
    data = new File(file);
    carrier = new File(directory.resolve("KeyCache-g.crc"));
  }

  @BeforeEach
  void save() throws IOException {
    SequentialWriterOption options =
        SequentialWriterOption.newBuilder().finishOnClose(true).build();
    try (SequentialWriter writer = SavedCaches.sealed(data, carrier, SPEC, options)) {
      for (int i = 0; i < ENTRIES; i++) {
        writer.writeUTF(SECRET);
      }
    }
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private void load() throws IOException {
    try (RandomAccessReader reader = SavedCaches.opened(data, carrier)) {
      for (int i = 0; i < ENTRIES; i++) {
        assertThat(reader.readUTF()).isEqualTo(SECRET);
      }
    }
  }

  @Test
  void is_sealed_and_read_again() throws Exception {
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .startsWith("TDEPAGE")
        .doesNotContain("partition");
    load();
  }

  /**
   * AutoSavingCache goes on without the cache. An FSReadError, though, ends the start of a node,
   * and each that follows, with disk_failure_policy: stop.
   */
  @Test
  void damage_is_a_cold_cache_and_no_failed_disk() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[5000] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(this::load).isInstanceOf(CorruptFileException.class);
  }
}
