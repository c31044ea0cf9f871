package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.sstable.cassandra.OfflineTable;
import io.cassandratde.sstable.format.page.PageCache;
import java.nio.MappedByteBuffer;
import java.util.Objects;
import org.apache.cassandra.io.util.FileUtils;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.DefaultNameFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MappedMemoryTest {

  private final MappedMemory memory = new MappedMemory(1000);

  @BeforeAll
  static void cassandra() {
    OfflineTable.initialize();
  }

  /** Cassandra unmaps files by the cleaner of their buffers, and not always once. */
  @Test
  void what_is_unmapped_is_given_back_at_once() {
    MappedByteBuffer buffer = memory.allocate(600, "a");
    for (int i = 0; i < 600; i++) {
      buffer.put(i, (byte) i);
    }
    assertThat(buffer.get(599)).isEqualTo((byte) 599);
    assertThat(buffer.capacity()).isEqualTo(600);
    assertThat(memory.used()).isEqualTo(600);
    FileUtils.clean(buffer);
    assertThat(memory.used()).isZero();
    FileUtils.clean(buffer);
    assertThat(memory.used()).isZero();
  }

  @Test
  void what_does_not_fit_is_refused_and_takes_nothing() {
    MappedByteBuffer first = memory.allocate(600, "first");
    assertThatThrownBy(() -> memory.allocate(401, "second"))
        .isInstanceOf(MappedMemoryException.class)
        .hasMessageContaining("second is not opened")
        .hasMessageContaining("401 bytes")
        .hasMessageContaining("600 in use");
    assertThat(memory.refusals()).isEqualTo(1);
    MappedByteBuffer second = memory.allocate(400, "second");
    assertThat(memory.used()).isEqualTo(1000);
    memory.free(first);
    memory.free(second);
    assertThat(memory.used()).isZero();
  }

  @Test
  void an_empty_file_takes_nothing() {
    MappedByteBuffer none = new MappedMemory(0).allocate(0, "empty");
    assertThat(none.capacity()).isZero();
  }

  @Test
  void the_numbers_stand_among_cassandras_metrics() {
    PageCache cache = new PageCache(1 << 16);
    IndexGauges.register(new PageCache(0), memory);
    IndexGauges.register(cache, memory);
    MappedByteBuffer buffer = memory.allocate(10, "a");
    assertThat(gauge("MappedUsedBytes")).isEqualTo(10L);
    assertThat(gauge("MappedLimitBytes")).isEqualTo(1000L);
    assertThat(gauge("CacheCapacityBytes")).isEqualTo(cache.capacity());
    for (String name : new String[] {"CacheUsedBytes", "CacheHits", "CacheMisses"}) {
      assertThat(gauge(name)).isEqualTo(0L);
    }
    memory.free(buffer);
  }

  private static Object gauge(String name) {
    String full = new DefaultNameFactory("TdeIndexes").createMetricName(name).getMetricName();
    return Objects.requireNonNull(CassandraMetricsRegistry.Metrics.getGauges().get(full), full)
        .getValue();
  }
}
