package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.node.KeyOperations;
import io.cassandratde.e2e.process.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What operations on a key meet while they run. The key of all tables is revoked while one of them
 * is being compacted, slowly enough for the first test to find it so.
 */
@OnOperatedNode
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RunningOperationsTest {

  private final TestBed bed;
  private final CassandraNode node;
  private final KeyOperations operations;
  private final String old;
  private final Path[] compacted;
  private final CompletableFuture<Void> compaction;
  private final Blobs inCompaction = new Blobs("slow.compacted");
  private final Blobs rewritten = new Blobs("slow.rewritten");
  private final Blobs truncated = new Blobs("slow.truncated");

  RunningOperationsTest(TestBed bed) {
    this.bed = bed;
    OperatedNode operated = bed.operated();
    node = operated.node();
    operations = operated.operations();
    operated.keyspace("slow");
    for (String table : List.of("compacted", "rewritten", "truncated")) {
      operated.table("slow." + table, Blobs.COLUMNS, Encryption.lz4("dev", "slow"));
    }
    for (Blobs blobs : List.of(inCompaction, inCompaction, rewritten, truncated)) {
      blobs.insert(node.cql(), Blobs.ENOUGH);
      node.jmx().flush("slow");
    }
    old = sealed("compacted", "rewritten", "truncated").onlyKeyId();
    compacted = node.dataFiles("slow", "compacted").toArray(Path[]::new);
    node.jmx().setCompactionThroughput(Blobs.SLOW);
    compaction = CompletableFuture.runAsync(() -> node.jmx().compact("slow", "compacted"));
    Await.until("a compaction", () -> node.compactions("slow", "compacted") == 1);
    bed.dsetool("managekmip", "revoke", "dev", old).orFail();
    operations.refreshKeys();
  }

  private SealedFiles sealed(String... tables) {
    return SealedFiles.of(
        bed.distribution(),
        Stream.of(tables)
            .flatMap(table -> node.dataFiles("slow", table).stream())
            .toArray(Path[]::new));
  }

  /** It began under the old key, and ends under the new one. */
  @Test
  @Order(1)
  void sstables_in_compaction_are_rewrapped_and_what_comes_of_them_needs_the_new_key() {
    CompositeData ended = operations.done(operations.rewrap("dev", old, "slow.compacted"));
    assertThat(ended.get("SSTablesDone")).isEqualTo(2L);
    assertThat(node.compactions("slow", "compacted")).as("still in compaction").isEqualTo(1);
    assertThat(SealedFiles.of(bed.distribution(), compacted).keyIds()).doesNotContain(old);

    node.jmx().setCompactionThroughput(Blobs.UNLIMITED);
    compaction.join();
    Await.until("the old files to go", () -> node.dataFiles("slow", "compacted").size() == 1);
    assertThat(sealed("compacted").keyIds()).hasSize(1).doesNotContain(old);
    assertThat(usesOf(old)).as("counted").containsExactly("rewritten", "truncated");
    inCompaction.assertAllRead(node.cql());
  }

  private Set<String> usesOf(String key) {
    Set<String> tables = new TreeSet<>();
    Stream.of((CompositeData[]) operations.inventory().get("uses"))
        .filter(use -> key.equals(use.get("keyId")))
        .forEach(use -> tables.add(String.valueOf(use.get("table"))));
    return tables;
  }

  @Test
  @Order(2)
  void a_rewrite_shows_how_far_it_is_and_one_that_is_ended_leaves_what_there_was() {
    final Set<Path> before = Set.copyOf(node.dataFiles("slow", "rewritten"));
    node.jmx().setCompactionThroughput(Blobs.SLOW);
    String cancelled = begun("rewritten");
    assertThat(node.nodetool("compactionstats").orFail().out())
        .containsPattern("Upgrade sstables +slow +rewritten");
    assertThat(operations.cancel(cancelled)).isTrue();
    assertThat(operations.ended(cancelled).get("state")).isEqualTo("CANCELLED");
    assertThat(operations.cancel(cancelled)).as("it has ended").isFalse();

    String stopped = begun("rewritten");
    node.nodetool("stop", "UPGRADE_SSTABLES").orFail();
    CompositeData end = operations.ended(stopped);
    assertThat(end.get("state")).as("%s", end).isEqualTo("CANCELLED");
    assertThat(end.toString()).contains("slow.rewritten", "nodetool stop", "start the operation");
    assertThat(Set.copyOf(node.dataFiles("slow", "rewritten"))).isEqualTo(before);
    assertThat(sealed("rewritten").onlyKeyId()).isEqualTo(old);
    rewritten.assertAllRead(node.cql());

    String emptied = begun("truncated");
    node.execute("TRUNCATE slow.truncated");
    assertThat(operations.done(emptied).get("SSTablesDone")).as("nobody's stop").isEqualTo(1L);

    node.jmx().setCompactionThroughput(Blobs.UNLIMITED);
    var unused = operations.done(operations.rewrite("dev", old, 0, "slow.rewritten"));
    Await.until("the old files to go", () -> !sealed("rewritten").keyIds().contains(old));
    rewritten.assertAllRead(node.cql());
  }

  /** A rewrite that has some progress. */
  private String begun(String table) {
    String id = operations.rewrite("dev", old, 0, "slow." + table);
    Await.until("some progress", () -> (Long) operations.operation(id).get("bytesDone") > 0);
    assertThat(operations.operation(id).get("state")).isEqualTo("RUNNING");
    return id;
  }
}
