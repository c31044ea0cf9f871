package io.cassandratde.sstable.cassandra.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.OfflineTable;
import io.cassandratde.sstable.cassandra.TestRuntime;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.sstable.inventory.DiskInventory;
import io.cassandratde.sstable.inventory.NodeInventory;
import io.cassandratde.sstable.inventory.OpenItem;
import io.cassandratde.sstable.inventory.Place;
import io.cassandratde.sstable.inventory.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.io.sstable.CQLSSTableWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An SSTable that this process writes, beside one that it does not. */
class GrowingSSTableTest {

  private static final int ROWS = 200;

  private final Path root;
  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());

  GrowingSSTableTest(@TempDir Path root) {
    this.root = root;
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  @Test
  void what_the_node_writes_names_its_keys_and_is_no_open_item() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    ServerInventory inventory =
        new ServerInventory(new DiskInventory(Map.of(Place.LIVE, List.of(root))), TdeRuntime.get());
    try (CQLSSTableWriter writer = table.sortedWriter(OfflineTable.ebti())) {
      List<Integer> rows = table.inOrder(ROWS);
      for (int row : rows.subList(0, ROWS / 2)) {
        writer.addRow(row, OfflineTable.value(row));
      }
      NodeInventory growing = inventory.read(Depth.HEADERS).disk();
      assertThat(growing.live()).hasSize(1).noneMatch(sstable -> sstable.needs().finished());
      assertThat(growing.open()).isEmpty();
      assertThat(growing.needs()).extracting(need -> need.key()).doesNotContainNull().hasSize(1);

      Path planted = Files.createDirectories(root.resolve("offline").resolve("planted"));
      for (Path file : files(table)) {
        Files.copy(file, planted.resolve(file.getFileName()));
      }
      assertThat(inventory.read(Depth.HEADERS).disk().open())
          .as("the same files, of which no writer knows")
          .hasSize(1)
          .extracting(OpenItem::kind)
          .containsOnly(Problem.Kind.UNFINISHED);

      for (int row : rows.subList(ROWS / 2, ROWS)) {
        writer.addRow(row, OfflineTable.value(row));
      }
    }
    assertThat(inventory.read(Depth.HEADERS).disk().live())
        .filteredOn(sstable -> sstable.needs().finished())
        .hasSize(1);
  }

  private static List<Path> files(OfflineTable table) throws Exception {
    Path directory = table.dataFiles().get(0).resolveSibling("");
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().contains("-ebti-")).toList();
    }
  }
}
