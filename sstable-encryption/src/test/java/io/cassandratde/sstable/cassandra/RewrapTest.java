package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.cassandra.ebti.Rewrapping;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components.Types;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.util.File;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/RULES.md R13: the keys that wrap a finished SSTable's data keys are replaced. */
class RewrapTest {

  private static final int ROWS = 60;
  private static final Set<String> REPLACED = Set.of("Encryption.db", "Statistics.db");

  private final Path root;
  private final TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  RewrapTest(@TempDir Path root) {
    this.root = root;
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private OfflineTable table() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    return table;
  }

  private interface Use {
    void of(SSTableReader reader) throws Exception;
  }

  private static void opened(OfflineTable table, Use use) throws Exception {
    SSTableReader reader = table.open(table.file("Data.db"));
    try {
      use.of(reader);
    } finally {
      reader.selfRef().release();
    }
  }

  private static boolean rewrap(OfflineTable table, Set<KeyReference> old) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    opened(table, reader -> done.set(Rewrapping.replaceKeys(reader, old)));
    return done.get();
  }

  private static Set<KeyReference> needed(Path directory) throws IOException {
    Set<KeyReference> keys = new HashSet<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith("-Encryption.db")) {
          CarrierFile.read(file).rows().forEach(row -> keys.add(row.wrappedBy()));
        } else if (file.toString().endsWith("-Statistics.db")) {
          for (StatisticsFile.Part part : StatisticsFile.read(file)) {
            keys.add(part.sealed().wrappedBy());
          }
        }
      }
    }
    return keys;
  }

  private static Map<String, String> content(OfflineTable table) throws IOException {
    Map<String, String> content = new HashMap<>();
    for (Path file : table.files()) {
      String name = String.valueOf(file.getFileName());
      content.put(
          name.substring(name.lastIndexOf('-') + 1),
          HexFormat.of().formatHex(Files.readAllBytes(file)));
    }
    return content;
  }

  private static void assertAllRead(OfflineTable table) throws Exception {
    Map<Integer, ByteBuffer> rows = table.read();
    assertThat(rows).hasSize(ROWS);
    rows.forEach((id, value) -> assertThat(value).isEqualTo(OfflineTable.value(id)));
  }

  private KeyReference only(Set<KeyReference> keys) {
    assertThat(keys).hasSize(1);
    return keys.iterator().next();
  }

  @Test
  void the_old_key_is_needed_by_the_snapshot_alone_and_data_is_the_same_bytes() throws Exception {
    OfflineTable table = table();
    Path snapshot = Files.createDirectories(root.resolve("snapshot"));
    opened(table, reader -> reader.createLinks(snapshot.toString()));
    Set<KeyReference> old = needed(table.directory);
    Map<String, String> before = content(table);
    runtime.rotate();

    assertThat(rewrap(table, old)).isTrue();

    assertThat(needed(table.directory)).hasSize(1).doesNotContainAnyElementsOf(old);
    assertThat(needed(snapshot)).isEqualTo(old);
    Map<String, String> after = content(table);
    assertThat(after.keySet()).as("nothing is left behind").isEqualTo(before.keySet());
    after.forEach(
        (component, bytes) -> {
          if (REPLACED.contains(component)) {
            assertThat(bytes).as(component).isNotEqualTo(before.get(component));
          } else {
            assertThat(bytes).as(component).isEqualTo(before.get(component));
          }
        });
    assertThat(rewrap(table, old)).as("nothing is left to do").isFalse();
    assertThat(content(table)).isEqualTo(after);
    runtime.forgetKey(only(old));
    assertAllRead(table);
  }

  /** Files as a kill -9 leaves them, whichever of two renames it comes after. */
  @Test
  void what_a_crash_leaves_opens_and_the_next_call_does_the_rest() throws Exception {
    OfflineTable table = table();
    Set<KeyReference> old = needed(table.directory);
    Map<String, String> before = content(table);
    runtime.rotate();
    assertThat(rewrap(table, old)).isTrue();
    Map<String, String> after = content(table);
    List<Map<String, String>> left =
        List.of(
            Map.of("Statistics.db.tmp", "00"),
            Map.of("Statistics.db.tmp", get(after, "Statistics.db")),
            Map.of("Statistics.db", get(after, "Statistics.db")),
            Map.of("Statistics.db", get(after, "Statistics.db"), "Encryption.db.tmp", ""),
            Map.of("Encryption.db", get(after, "Encryption.db")));
    for (Map<String, String> state : left) {
      for (String component : REPLACED) {
        put(table, component, get(before, component));
      }
      for (Map.Entry<String, String> file : state.entrySet()) {
        put(table, file.getKey(), file.getValue());
      }
      assertAllRead(table);
      assertThat(needed(table.directory)).as("%s", state.keySet()).containsAll(old);
      assertThat(rewrap(table, old)).as("%s", state.keySet()).isTrue();
      assertThat(needed(table.directory)).as("%s", state.keySet()).doesNotContainAnyElementsOf(old);
      for (Path file : table.files()) {
        if (file.toString().endsWith(".tmp")) {
          Files.delete(file); // as a start does with those of what had nothing left to do
        }
      }
    }
    runtime.forgetKey(only(old));
    assertAllRead(table);
  }

  private static String get(Map<String, String> content, String component) {
    return content.getOrDefault(component, "absent");
  }

  private static void put(OfflineTable table, String component, String bytes) throws IOException {
    String data = String.valueOf(table.file("Data.db").getFileName());
    Path file = table.directory.resolve(data.replace("Data.db", component));
    Files.deleteIfExists(file);
    Files.write(file, HexFormat.of().parseHex(bytes));
  }

  @Test
  void an_open_sstable_and_its_streams_need_the_old_key_no_more() throws Exception {
    OfflineTable table = table();
    KeyReference old = only(needed(table.directory));
    opened(
        table,
        reader -> {
          assertThat(streamed(reader).wrappedBy()).isEqualTo(old);
          EncryptedDescriptor early = (EncryptedDescriptor) reader.descriptor;
          join(early, 1);
          runtime.rotate();
          assertThat(Rewrapping.replaceKeys(reader, Set.of(old))).isTrue();
          runtime.forgetKey(old);
          assertThat(read(early, 1)).as("opened now, under data key 0").isEqualTo(1);
          assertThat(streamed(reader).wrappedBy()).isEqualTo(only(needed(table.directory)));
          assertThat(table.read()).hasSize(ROWS);
        });
  }

  /** What the receiver of parts is told. */
  private static WrappedKey streamed(SSTableReader reader) throws IOException {
    String hex =
        reader.getCompressionMetadata().parameters.getOtherOptions().getOrDefault("carrier", "");
    List<WrappedKey> rows = Carrier.parse(HexFormat.of().parseHex(hex)).rows();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static Component joined(int number) {
    return Types.CUSTOM.createComponent("Joined" + number + ".db");
  }

  private static void join(EncryptedDescriptor descriptor, int number) throws IOException {
    File file = descriptor.tmpFileFor(joined(number));
    try (OutputStream out = file.newOutputStream(File.WriteMode.OVERWRITE)) {
      out.write(number);
    }
    Files.move(
        Path.of(file.path()),
        Path.of(descriptor.fileFor(joined(number)).path()),
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static int read(EncryptedDescriptor descriptor, int number) throws IOException {
    try (InputStream in = descriptor.fileFor(joined(number)).newInputStream()) {
      return in.read();
    }
  }

  /** docs/RULES.md R12: neither undoes what the other did, though each has an object of its own. */
  @Test
  void a_file_that_joins_meanwhile_keeps_its_data_key() throws Exception {
    OfflineTable table = table();
    AtomicBoolean stop = new AtomicBoolean();
    SSTableReader reader = table.open(table.file("Data.db"));
    SSTableReader other = table.open(table.file("Data.db"));
    CompletableFuture<Integer> building =
        CompletableFuture.supplyAsync(
            () -> {
              int joined = 0;
              try {
                for (; joined < 150 && !stop.get(); joined++) {
                  runtime.rotate();
                  join((EncryptedDescriptor) other.descriptor, joined);
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
              return joined;
            });
    int rewrapped = 0;
    try {
      while (!building.isDone()) {
        try {
          rewrapped += Rewrapping.replaceKeys(reader, needed(table.directory)) ? 1 : 0;
        } catch (IllegalStateException current) {
          assertThat(current).hasMessageContaining("is the current key of");
        }
      }
    } finally {
      stop.set(true);
    }
    int joined = building.join();
    assertThat(rewrapped).isPositive();
    for (int number = 0; number < joined; number++) {
      assertThat(read((EncryptedDescriptor) reader.descriptor, number)).isEqualTo(number);
    }
    reader.selfRef().release();
    other.selfRef().release();
    assertAllRead(table);
  }

  @Test
  void what_cannot_be_done_changes_nothing() throws Exception {
    OfflineTable table = table();
    Set<KeyReference> old = needed(table.directory);
    assertThatThrownBy(() -> rewrap(table, old))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is the current key of")
        .hasMessageContaining("revoke it");
    Map<String, String> before = content(table);
    runtime.rotate();
    opened(
        table,
        reader -> {
          runtime.cache().evict(only(old));
          runtime.down = true;
          assertThatThrownBy(() -> Rewrapping.replaceKeys(reader, old))
              .isInstanceOf(KeyUnavailableException.class);
          runtime.down = false;
        });
    assertThat(content(table)).isEqualTo(before);
    runtime.cache().refreshNow().join();
    assertThat(rewrap(table, old)).isTrue();
  }

  @Test
  void a_thousand_sstables_take_seconds() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(2, OfflineTable.ebti());
    Set<KeyReference> old = needed(table.directory);
    List<Path> one = table.files();
    String data = String.valueOf(table.file("Data.db").getFileName());
    String id = data.substring(data.indexOf('-') + 1, data.indexOf("-ebti-"));
    for (int i = 1; i < 1000; i++) {
      for (Path file : one) {
        String name = String.valueOf(file.getFileName());
        Files.copy(file, file.resolveSibling(name.replace('-' + id + '-', "-" + (7000 + i) + '-')));
      }
    }
    runtime.rotate();
    List<SSTableReader> readers = table.dataFiles().stream().map(table::open).toList();
    assertThat(readers).hasSize(1000);
    long start = System.nanoTime();
    ExecutorService workers = Executors.newFixedThreadPool(4);
    List<Future<Boolean>> all = new ArrayList<>();
    for (SSTableReader reader : readers) {
      all.add(workers.submit(() -> Rewrapping.replaceKeys(reader, old)));
    }
    for (Future<Boolean> done : all) {
      assertThat(done.get()).isTrue();
    }
    workers.shutdown();
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.println("rewrap of 1,000 SSTables: " + millis + " ms");
    readers.forEach(reader -> reader.selfRef().release());
    assertThat(needed(table.directory)).hasSize(1).doesNotContainAnyElementsOf(old);
    assertThat(millis).isLessThan(120_000);
  }
}
