package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.sstable.cassandra.OfflineTable;
import io.cassandratde.sstable.cassandra.TestRuntime;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.cassandra.io.FSWriteError;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.SequenceBasedSSTableId;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.apache.cassandra.io.sstable.metadata.MetadataType;
import org.apache.cassandra.io.util.File;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of SSTables beside each other, and on a disk that fails. */
class ComponentKeysTest {

  private static final KeySpec AWAY = spec("away");
  private static final KeySpec THERE = spec("there");

  private final Path directory;
  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());

  ComponentKeysTest(@TempDir Path directory) {
    this.directory = directory;
    OfflineTable.initialize();
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private static KeySpec spec(String namespace) {
    return KeySpec.kmip(TestRuntime.GROUP, namespace, CipherSpec.aes(256));
  }

  private ComponentKeys begun(int number, KeySpec spec) {
    ComponentKeys keys =
        new ComponentKeys(directory.resolve("da-" + number + "-ebti-Encryption.db"), () -> spec);
    keys.begin(spec);
    return keys;
  }

  private interface Task {
    void run() throws Exception;
  }

  /** In a thread that waits for a key when this returns. */
  private static CompletableFuture<Void> waiting(Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            });
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING && !done.isDone()) {
      Thread.onSpinWait();
    }
    return done;
  }

  /** docs/RULES.md R20: flushes of all tables come by here before they become live. */
  @Test
  void a_key_that_cannot_be_had_holds_up_nothing_that_another_key_seals() throws Exception {
    ComponentKeys written = begun(1, AWAY);
    ComponentKeys finished = begun(2, AWAY);
    finished.finished();
    ComponentKeys other = begun(3, THERE);
    runtime.cache().rest(AWAY);
    runtime.down = true;
    CompletableFuture<Void> compaction = waiting(written::rewrap);
    CompletableFuture<Void> index = waiting(() -> finished.sealing());
    other.rewrap();
    other.finished();
    assertThat(other.sealing().keyId()).isZero();
    assertThat(finished.isPlain()).as("can be read").isFalse();
    assertThat(compaction).isNotDone();
    assertThat(index).isNotDone();
    runtime.down = false;
    runtime.cache().refreshNow().join();
    compaction.get(2, TimeUnit.MINUTES);
    index.get(2, TimeUnit.MINUTES);
  }

  @Test
  void the_key_that_is_current_when_it_is_written_wraps_a_file_that_joins() throws Exception {
    ComponentKeys keys = begun(1, THERE);
    keys.finished();
    assertThat(keys.sealing().keyId()).isZero();
    runtime.rotate();
    assertThat(keys.sealing().keyId()).isEqualTo(1);
    assertThat(keys.sealing().keyId()).as("once is enough").isEqualTo(1);
    assertThat(CarrierFile.read(directory.resolve("da-1-ebti-Encryption.db")).rows()).hasSize(2);
  }

  /** docs/RULES.md R25: whoever fenced it may have read the disk before the files were there. */
  @Test
  void a_key_that_is_fenced_while_files_are_written_under_it_is_left() throws Exception {
    ComponentKeys keys = begun(1, THERE);
    Path carrier = directory.resolve("da-1-ebti-Encryption.db");
    Path statistics = directory.resolve("da-1-ebti-Statistics.db");
    statistics(statistics, keys, THERE);
    KeyReference old = CarrierFile.read(carrier).rows().get(0).wrappedBy();
    runtime.rotate();
    keys.leaveFenced();
    assertThat(needed(carrier, statistics)).as("no fence").containsOnly(old);
    runtime.cache().fences().put(new Fences.Key(old.groupTag(), old.keyId()));
    keys.leaveFenced();
    assertThat(needed(carrier, statistics)).hasSize(1).doesNotContain(old);
    keys.finished();
    assertThat(keys.isPlain()).isFalse();
  }

  private static void statistics(Path file, ComponentKeys keys, KeySpec spec) throws Exception {
    byte[] part =
        EbtiRuntime.get()
            .sealPart(
                keys.uid(), SealedStatistics.name(MetadataType.STATS), spec, new byte[] {1, 2});
    Files.write(
        file,
        StatisticsFile.encode(
            List.of(
                StatisticsFile.Part.sealed(SealedStatistics.number(MetadataType.STATS), part))));
  }

  /** The fence came after its keys were wrapped anew, and before its last file was there. */
  @Test
  void an_sstable_that_becomes_live_under_a_fence_has_left_the_key() throws Exception {
    OfflineTable table =
        new OfflineTable(directory, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(1, OfflineTable.ebti());
    Descriptor other = Descriptor.fromFile(new File(table.dataFiles().get(0)));
    EncryptedDescriptor descriptor =
        EncryptedDescriptor.of(
            new Descriptor(
                other.version,
                other.directory,
                other.ksname,
                other.cfname,
                new SequenceBasedSSTableId(99)),
            null);
    NewSSTable sstable = NewSSTable.of(descriptor, table.metadata());
    sstable.begin();
    Path carrier = Path.of(descriptor.baseFile().path() + "-" + EncryptedDescriptor.CARRIER);
    Path statistics = descriptor.fileFor(SSTableFormat.Components.STATS).toPath();
    statistics(statistics, descriptor.keys(), TestRuntime.SPEC);
    KeyReference old = CarrierFile.read(carrier).rows().get(0).wrappedBy();
    runtime.rotate();
    runtime.cache().fences().put(new Fences.Key(old.groupTag(), old.keyId()));
    sstable.prepared();
    assertThat(needed(carrier, statistics)).hasSize(1).doesNotContain(old);
    sstable.finished();
  }

  private static Set<KeyReference> needed(Path carrier, Path statistics) throws Exception {
    Set<KeyReference> needed = new HashSet<>();
    CarrierFile.read(carrier).rows().forEach(row -> needed.add(row.wrappedBy()));
    for (StatisticsFile.Part part : StatisticsFile.read(statistics)) {
      needed.add(part.sealed().wrappedBy());
    }
    return needed;
  }

  /** Of any other exception disk_failure_policy does not hear. */
  @Test
  void a_carrier_that_cannot_be_written_is_a_failure_of_the_disk() {
    ComponentKeys lost =
        new ComponentKeys(directory.resolve("gone/da-1-ebti-Encryption.db"), () -> THERE);
    assertThatThrownBy(() -> lost.begin(THERE)).isInstanceOf(FSWriteError.class);
  }
}
