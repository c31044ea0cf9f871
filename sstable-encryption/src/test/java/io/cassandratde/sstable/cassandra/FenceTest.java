package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyFencedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.sstable.format.ChunkHeader;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.cassandra.io.sstable.ISSTableScanner;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.schema.CompressionParams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/RULES.md R25: a key that is to be destroyed. */
class FenceTest {

  private static final int ROWS = 40;

  private final Path root;
  private final TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  FenceTest(@TempDir Path root) {
    this.root = root;
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private OfflineTable table(SSTableFormat<?, ?> format) throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(ROWS, format);
    return table;
  }

  private static Fences.Key name(KeyReference key) {
    return new Fences.Key(key.groupTag(), key.keyId());
  }

  private static KeyReference key(OfflineTable table) throws Exception {
    for (Path file : table.files()) {
      if (file.toString().endsWith("Encryption.db")) {
        return CarrierFile.read(file).rows().get(0).wrappedBy();
      }
    }
    byte[] data = Files.readAllBytes(table.file("Data.db"));
    return ChunkHeader.parse(ByteBuffer.wrap(data)).key();
  }

  private static int rows(SSTableReader reader) {
    int rows = 0;
    try (ISSTableScanner scanner = reader.getScanner()) {
      for (; scanner.hasNext(); rows++) {
        scanner.next().close();
      }
    }
    return rows;
  }

  @Test
  void who_reads_already_goes_on_and_nobody_else_begins() throws Exception {
    for (SSTableFormat<?, ?> format :
        new SSTableFormat<?, ?>[] {OfflineTable.ebti(), OfflineTable.formats().get(0)}) {
      OfflineTable table = table(format);
      KeyReference key = key(table);
      runtime.rotate();
      SSTableReader before = table.open(table.file("Data.db"));
      CompressionParams header = before.getCompressionMetadata().parameters;
      runtime.cache().fences().put(name(key));

      assertThat(rows(before)).as(format.name()).isEqualTo(ROWS);
      assertThatThrownBy(table::read)
          .as(format.name())
          .hasStackTraceContaining("is fenced on this node since")
          .hasStackTraceContaining("unfence");
      assertThatThrownBy(() -> firstChunk(table, header))
          .as("a stream of format " + format.name())
          .hasStackTraceContaining("is fenced on this node since");
      runtime.cache().refreshNow().join();
      assertThat(rows(before)).as(format.name()).isEqualTo(ROWS);

      assertThat(runtime.cache().fences().end(name(key))).isTrue();
      assertThat(table.read()).hasSize(ROWS);
      before.selfRef().release();
    }
  }

  /** As the receiver of parts opens them, by what the header says. */
  private static void firstChunk(OfflineTable table, CompressionParams header) throws Exception {
    Map<String, String> options = new HashMap<>(header.getOtherOptions());
    CompressionParams received =
        new CompressionParams(
            header.getSstableCompressor().getClass().getSimpleName(),
            header.chunkLength(),
            header.maxCompressedLength(),
            options);
    byte[] data = Files.readAllBytes(table.file("Data.db"));
    byte[] out = new byte[header.chunkLength()];
    received.getSstableCompressor().uncompress(data, 0, data.length - 4, out, 0);
  }

  @Test
  void a_current_key_is_not_fenced_and_a_fenced_one_never_seals() throws Exception {
    OfflineTable table = table(OfflineTable.ebti());
    KeyReference key = key(table);
    assertThatThrownBy(() -> runtime.cache().fences().put(name(key)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is the current key of")
        .hasMessageContaining("revoke it");
    assertThat(runtime.cache().fences().all()).isEmpty();
    runtime.rotate();
    runtime.cache().fences().put(name(key));
    runtime.makeCurrent(key.keyId());
    runtime.cache().refreshNow().join();
    assertThat(runtime.cache().sealing().values()).isNotEmpty().doesNotContain(key);
    assertThat(runtime.cache().stats().current())
        .anySatisfy(now -> assertThat(now.lastFailure()).contains("is fenced"));
  }

  @Test
  void dropped_from_memory_it_is_not_fetched_again() throws Exception {
    OfflineTable table = table(OfflineTable.ebti());
    KeyReference key = key(table);
    runtime.rotate();
    runtime.cache().fences().put(name(key));
    assertThat(runtime.cache().evict(java.util.List.of(name(key)))).isEqualTo(1);
    assertThatThrownBy(() -> runtime.cache().openingKey(TestRuntime.SPEC, key))
        .isInstanceOf(KeyFencedException.class);
  }
}
