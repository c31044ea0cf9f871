package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.sstable.cassandra.OfflineTable;
import io.cassandratde.sstable.cassandra.TestRuntime;
import io.cassandratde.sstable.format.TestKeys;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.db.memtable.Memtable;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.notifications.SSTableAddedNotification;
import org.apache.cassandra.schema.TableMetadataRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code require_encrypted} says of an SSTable in clear, by where it comes from. */
class PlaintextAddedTest {

  private final Path root;
  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());

  PlaintextAddedTest(@TempDir Path root) {
    this.root = root;
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private void add(@Nullable Memtable flushed) throws Exception {
    OfflineTable clear = new OfflineTable(root, "LZ4Compressor", Map.of());
    clear.write(1, null);
    OfflineTable sealed = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    sealed.write(1, null);
    SSTableReader reader = clear.open(clear.dataFiles().get(0));
    try {
      new PlaintextGuard(TableMetadataRef.forOfflineTools(sealed.metadata()))
          .handleNotification(new SSTableAddedNotification(List.of(reader), flushed), this);
    } finally {
      reader.selfRef().release();
    }
  }

  @Test
  void what_an_import_or_a_stream_brings_is_refused() {
    assertThatThrownBy(() -> add(null)).isInstanceOf(PlaintextRefusedException.class);
  }

  /**
   * It began before an ALTER protected the table. Cassandra would not release the memtable of a
   * flush that throws, nor its commit log (docs/RULES.md R20).
   */
  @Test
  void a_flush_never_throws() {
    Memtable memtable =
        (Memtable)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Memtable.class},
                (proxy, method, arguments) -> {
                  throw new UnsupportedOperationException(method.getName());
                });
    assertThatCode(() -> add(memtable)).doesNotThrowAnyException();
  }
}
