package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.node.KeyOperations;
import io.cassandratde.e2e.process.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/**
 * In codec mode each chunk names its key: an SSTable whose key was replaced while a compaction
 * wrote it needs both.
 */
@SharedNode
class CodecRewriteTest {

  private static final String KEYSPACE = "codec_rewrite";

  private final TestBed bed;
  private final CassandraNode node;
  private final KeyOperations operations;

  CodecRewriteTest(TestBed bed) {
    this.bed = bed;
    node = bed.node();
    operations = new KeyOperations(node);
  }

  @Test
  void an_sstable_with_chunks_under_two_keys_is_rewritten_and_no_other() {
    bed.keyspace(KEYSPACE);
    node.execute(
        "CREATE TABLE "
            + KEYSPACE
            + ".t "
            + Blobs.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND "
            + Encryption.lz4("dev", KEYSPACE).options());
    Blobs rows = new Blobs(KEYSPACE + ".t");
    for (int i = 0; i < 2; i++) {
      rows.insert(node.cql(), Blobs.ENOUGH);
      node.jmx().flush(KEYSPACE);
    }
    String old = sealed().onlyKeyId();
    node.jmx().setCompactionThroughput(Blobs.SLOW);
    CompletableFuture<Void> compaction =
        CompletableFuture.runAsync(() -> node.jmx().compact(KEYSPACE, "t"));
    Await.until("a compaction", () -> node.compactions(KEYSPACE, "t") == 1);
    bed.dsetool("managekmip", "revoke", "dev", old).orFail();
    operations.refreshKeys();
    node.jmx().setCompactionThroughput(Blobs.UNLIMITED);
    compaction.join();
    Await.until("the old files to go", () -> node.dataFiles(KEYSPACE, "t").size() == 1);
    assertThat(sealed().keyIds()).as("chunks under both").hasSize(2).contains(old);

    Set<Path> written = Set.copyOf(node.dataFiles(KEYSPACE, "t"));
    rows.insert(node.cql(), 1);
    node.jmx().flush(KEYSPACE);
    List<Path> later =
        node.dataFiles(KEYSPACE, "t").stream().filter(p -> !written.contains(p)).toList();
    CompositeData rewrap = operations.ended(operations.rewrap("dev", old, KEYSPACE + ".t"));
    assertThat(rewrap.get("state")).isEqualTo("FAILED");
    assertThat(rewrap.toString()).contains("rewrite it instead");
    CompositeData done = operations.done(operations.rewrite("dev", old, 0, KEYSPACE + ".t"));
    assertThat(done.get("SSTables")).isEqualTo(1L);
    Await.until(
        "the old files to go",
        () -> node.dataFiles(KEYSPACE, "t").stream().noneMatch(written::contains));
    assertThat(node.dataFiles(KEYSPACE, "t")).hasSize(2).containsAll(later);
    assertThat(sealed().keyIds()).hasSize(1).doesNotContain(old);
    rows.assertAllRead(node.cql());
  }

  private SealedFiles sealed() {
    return SealedFiles.of(bed.distribution(), node.dataFiles(KEYSPACE, "t").toArray(Path[]::new));
  }
}
