package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.sstable.format.TestKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Directories;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.compaction.OperationType;
import org.apache.cassandra.db.lifecycle.LifecycleTransaction;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.IScrubber;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.utils.OutputHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cassandra's own scrubbers on a table whose key cannot be had: they would delete what they cannot
 * read.
 */
class ScrubTest {

  private static final int ROWS = 100;

  @TempDir private Path root = Path.of("set by JUnit");

  @Test
  void scrub_during_an_outage_fails_and_leaves_the_sstable() throws Exception {
    for (SSTableFormat<?, ?> format : OfflineTable.formats()) {
      try (TestRuntime writer = new TestRuntime(TestKeys.sunJce())) {
        OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
        table.write(ROWS, format);
        Path data = table.dataFiles().get(0);
        byte[] before = Files.readAllBytes(data);
        try (TestRuntime restarted = writer.sameKeysInAnotherProcess()) {
          restarted.down = true;
          assertThatThrownBy(() -> scrub(table, data)).hasStackTraceContaining("KeyMissingError");
          assertThat(data).hasBinaryContent(before);
          restarted.down = false;
          restarted.cache().refreshNow().join();
          assertThat(table.read()).as("every row is still there").hasSize(ROWS);
        }
      }
    }
  }

  /**
   * BTI builds a missing Filter.db from Data.db while it opens: an outage there would end in
   * "Corrupt sstable; skipping table".
   */
  @Test
  void opening_an_sstable_that_needs_its_data_waits_for_the_key() throws Exception {
    try (TestRuntime writer = new TestRuntime(TestKeys.sunJce())) {
      OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
      table.write(ROWS, OfflineTable.formats().get(1));
      Path data = table.dataFiles().get(0);
      Files.delete(data.resolveSibling(data.getFileName().toString().replace("Data", "Filter")));
      Descriptor descriptor = Descriptor.fromFile(new File(data));
      try (TestRuntime restarted = writer.sameKeysInAnotherProcess("120s")) {
        restarted.outages.set(2);
        SSTableReader.open(
                null,
                descriptor,
                descriptor.discoverComponents(),
                TableMetadataRef.forOfflineTools(table.metadata()))
            .selfRef()
            .release();
        assertThat(restarted.outages)
            .as("the data was needed, and the key was away at first")
            .hasValue(0);
      }
    }
  }

  private static void scrub(OfflineTable table, Path data) throws Exception {
    TableMetadataRef ref = TableMetadataRef.forOfflineTools(table.metadata());
    Keyspace keyspace = Keyspace.openWithoutSSTables(OfflineTable.KEYSPACE);
    Directories directories =
        new Directories(
            table.metadata(), Set.of(new Directories.DataDirectory(new File(data.getParent()))));
    ColumnFamilyStore store =
        ColumnFamilyStore.createColumnFamilyStore(
            keyspace, table.name, ref, directories, false, false, true);
    SSTableReader sstable =
        SSTableReader.openNoValidation(
            Descriptor.fromFile(new File(data)),
            Descriptor.fromFile(new File(data)).discoverComponents(),
            store);
    try (LifecycleTransaction transaction =
            LifecycleTransaction.offline(OperationType.SCRUB, sstable);
        IScrubber scrubber =
            sstable
                .descriptor
                .getFormat()
                .getScrubber(
                    store,
                    transaction,
                    new OutputHandler.LogOutput(),
                    IScrubber.options().build())) {
      scrubber.scrub();
    }
  }
}
