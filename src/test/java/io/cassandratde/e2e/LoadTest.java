package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.load.LoadTable;
import io.cassandratde.e2e.load.LoadWorker;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Cassandra's own behaviours under load, encrypted: flush, three kinds of compaction, early open,
 * partitions of more than 100 MB, reads in every direction, light-weight transactions, batches, TTL
 * and indexes; every answer is compared with a model ({@code -Dtde.load.minutes}, 20).
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
class LoadTest {

  private static final String YAML =
      CassandraNode.PATIENT
          + """
      sstable:
        selected_format: ebti
      auto_snapshot: false
      sstable_preemptive_open_interval: 1MiB
      memtable_heap_space: 48MiB
      memtable_offheap_space: 48MiB
      compaction_throughput: 0MiB/s
      """;

  private static final int WORKERS_PER_TABLE = 2;
  private static final Duration FLUSH_EVERY = Duration.ofSeconds(15);

  private final TestBed bed;

  LoadTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void every_read_under_load_gives_what_was_written() throws Exception {
    Duration duration = Duration.ofMinutes(Integer.getInteger("tde.load.minutes", 20));
    Path config = CanaryTest.config(bed, "load", "all");
    ExecutorService threads = Executors.newCachedThreadPool();
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("load", config, true)).useYaml(YAML)) {
      node.start();
      node.execute(
          "CREATE KEYSPACE load WITH replication = {'class': 'SimpleStrategy',"
              + " 'replication_factor': 1}");
      long end = System.nanoTime() + duration.toNanos();
      List<LoadWorker> workers = new ArrayList<>();
      List<Future<?>> running = new ArrayList<>();
      for (LoadTable table :
          List.of(
              new LoadTable("stcs", "SizeTieredCompactionStrategy"),
              new LoadTable("lcs", "LeveledCompactionStrategy', 'sstable_size_in_mb': '8"),
              new LoadTable("ucs", "UnifiedCompactionStrategy"))) {
        table.create(node.cql());
        for (int worker = 0; worker < WORKERS_PER_TABLE; worker++) {
          workers.add(new LoadWorker(node.cql(), table, worker));
        }
      }
      workers.forEach(worker -> running.add(threads.submit(() -> worker.runUntil(end))));
      running.add(threads.submit(() -> flushUntil(node, end)));
      for (Future<?> one : running) {
        one.get();
      }
      for (LoadWorker worker : workers) {
        worker.checkAll();
      }
      assertThat(node.log()).doesNotContain("Corrupt").doesNotContain("ERROR");
      // What is logged in between is Cassandra's: Paxos cleanup meets its closed iterator, for one.
      int stopped = node.stop().log().length();
      node.start();
      for (LoadWorker worker : workers) {
        worker.use(node.cql()).checkAll();
        System.out.println(worker);
      }
      assertThat(node.log()).doesNotContain("Corrupt");
      assertThat(node.log().substring(stopped)).doesNotContain("ERROR");
    } finally {
      threads.shutdownNow();
    }
  }

  private static void flushUntil(CassandraNode node, long end) {
    while (System.nanoTime() < end) {
      long next = System.nanoTime() + FLUSH_EVERY.toNanos();
      node.jmx().flush("load");
      Await.until("the next flush", FLUSH_EVERY.plusSeconds(90), () -> System.nanoTime() >= next);
    }
  }
}
