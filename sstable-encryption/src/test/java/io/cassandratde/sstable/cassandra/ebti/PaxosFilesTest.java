package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.sstable.cassandra.OfflineTable;
import io.cassandratde.sstable.cassandra.TestRuntime;
import io.cassandratde.sstable.format.TestKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.cassandra.io.util.ChecksummedRandomAccessReader;
import org.apache.cassandra.io.util.ChecksummedSequentialWriter;
import org.apache.cassandra.io.util.CorruptFileException;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.RandomAccessReader;
import org.apache.cassandra.io.util.SequentialWriterOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Cassandra does with the files of its Paxos state, by the classes that it does it with. */
class PaxosFilesTest {

  private static final String NAME = "shop-orders-5a1c395e-0154-11f0-b1c9-e9d2f6f0a1b2-3.paxos";
  private static final String CARRIER =
      "Encryption-5a1c395e-0154-11f0-b1c9-e9d2f6f0a1b2_3.paxos-carrier";
  private static final String SECRET = "partition key of a lightweight transaction";
  private static final KeySpec SPEC = KeySpec.kmip(TestRuntime.GROUP, null, CipherSpec.aes(256));

  private final Path directory;
  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());

  PaxosFilesTest(@TempDir Path directory) {
    this.directory = directory;
    OfflineTable.initialize();
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private File within() {
    return PaxosFiles.within(new File(directory), SPEC).orElseThrow();
  }

  /** As UncommittedDataFile.Writer does: temporary files, then two moves. */
  private static void write(File directory, int times) throws Exception {
    File data = new File(directory, NAME + ".tmp");
    File checksums = new File(directory, NAME + ".crc.tmp");
    ChecksummedSequentialWriter writer =
        new ChecksummedSequentialWriter(data, checksums, null, SequentialWriterOption.DEFAULT);
    for (int i = 0; i < times; i++) {
      writer.writeUTF(SECRET);
    }
    writer.finish();
    checksums.move(new File(directory, NAME + ".crc"));
    data.move(new File(directory, NAME));
  }

  private static void assertReads(File directory, int times) throws Exception {
    try (RandomAccessReader reader =
        ChecksummedRandomAccessReader.open(
            new File(directory, NAME), new File(directory, NAME + ".crc"))) {
      for (int i = 0; i < times; i++) {
        assertThat(reader.readUTF()).isEqualTo(SECRET);
      }
      assertThat(reader.isEOF()).isTrue();
    }
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private String raw() throws Exception {
    StringBuilder raw = new StringBuilder();
    for (String name : names()) {
      raw.append(Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1));
    }
    return raw.toString();
  }

  @Test
  void cassandra_writes_moves_lists_and_reads_them_and_nothing_is_readable() throws Exception {
    File open = within();
    write(open, 5000); // more than one buffer of checksums
    assertThat(raw()).doesNotContain("partition").contains("TDEPAGE").contains("TDECARR");
    assertThat(names()).containsExactly(CARRIER, NAME, NAME + ".crc");
    assertThat(open.tryListNames()).contains(NAME);
    assertThat(open.isDirectory()).isTrue();
    assertReads(open, 5000);
    assertReads(within(), 5000); // as after a restart
  }

  /** Of files that are open, or written, the data key is nowhere but wrapped. */
  @Test
  void no_data_key_stays_in_memory() throws Exception {
    File open = within();
    write(open, 1);
    KeyReference wraps = runtime.cache().sealingKey(SPEC, Patience.FAIL).reference();
    assertThat(runtime.cache().evict(wraps)).isTrue();
    runtime.down = true;
    assertThatThrownBy(() -> assertReads(open, 1)).isInstanceOf(KeyUnavailableException.class);
  }

  /** Of an FSReadError disk_failure_policy would make a node that stops. */
  @Test
  void damage_is_what_it_is_to_cassandra_and_no_failed_disk() throws Exception {
    File open = within();
    write(open, 5000);
    Path file = directory.resolve(NAME);
    byte[] bytes = Files.readAllBytes(file);
    bytes[5000] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> assertReads(open, 5000)).isInstanceOf(CorruptFileException.class);
  }

  @Test
  void the_carrier_goes_with_the_last_file_of_its_generation() throws Exception {
    File open = within();
    write(open, 1);
    new File(open, NAME).delete();
    assertThat(names()).containsExactly(CARRIER, NAME + ".crc");
    new File(open, NAME + ".crc").delete();
    assertThat(names()).isEmpty();
    write(open, 2); // the same generation again, as after a restart
    assertReads(open, 2);
  }

  @Test
  void carriers_that_a_crash_left_alone_are_removed_and_no_other() throws Exception {
    write(within(), 1);
    Path orphan = directory.resolve(CARRIER.replace("_3", "_13"));
    Files.write(orphan, new byte[3]);
    assertReads(within(), 1);
    assertThat(names()).containsExactly(CARRIER, NAME, NAME + ".crc");
  }

  @Test
  void a_file_from_before_is_read_and_ballots_stay_as_they_are() throws Exception {
    write(new File(directory), 3);
    assertThat(raw()).contains(SECRET);
    File open = within();
    assertReads(open, 3);
    try (var out = new File(open, "ballot.meta").newOutputStream(File.WriteMode.OVERWRITE)) {
      out.writeInt(7);
    }
    assertThat(Files.size(directory.resolve("ballot.meta"))).isEqualTo(4);
  }

  /** The policy protects the system keyspaces no more. */
  @Test
  void what_was_sealed_opens_and_new_files_are_in_clear_without_a_policy() throws Exception {
    File stock = new File(directory);
    assertThat(PaxosFiles.within(stock, null)).isEmpty();
    write(within(), 2);
    File open = PaxosFiles.within(stock, null).orElseThrow();
    assertReads(open, 2);
    new File(open, NAME).delete();
    new File(open, NAME + ".crc").delete();
    write(open, 1);
    assertReads(open, 1);
    assertThat(raw()).contains(SECRET);
    assertThat(names()).containsExactly(NAME, NAME + ".crc");
  }

  @Test
  void a_file_of_another_generation_does_not_open() throws Exception {
    File open = within();
    write(open, 1);
    Path other = directory.resolve(NAME.replace("-3.", "-4."));
    Files.copy(directory.resolve(NAME), other);
    Files.copy(directory.resolve(CARRIER), directory.resolve(CARRIER.replace("_3", "_4")));
    assertThatThrownBy(
            () ->
                RandomAccessReader.open(
                    new File(open, Objects.requireNonNull(other.getFileName()).toString())))
        .hasStackTraceContaining("authentic");
  }
}
