package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * docs/RULES.md R19 from the raw files: key_cache_millis and a time-out after a revoke, nothing is
 * sealed under the key any more, on a table in use and at the first flush of one that was idle.
 * Each has a key of its own, so that neither's use can refresh the other's.
 */
@SharedNode
class RevokedKeyTest {

  private static final Duration BOUND =
      Duration.ofMillis(KmipGroup.KEY_CACHE_MILLIS + KmipGroup.TIMEOUT_MILLIS);

  private final TestBed bed;
  private final CassandraNode node;

  RevokedKeyTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void past_the_bound_no_chunk_is_sealed_under_a_revoked_key() {
    bed.keyspace("revoked");
    Rows busy = create("busy");
    Rows idle = create("idle");
    final String busyKey = bed.sealed("revoked", "busy").onlyKeyId();
    final String idleKey = bed.sealed("revoked", "idle").onlyKeyId();
    final List<Path> idleBefore = node.dataFiles("revoked", "idle");
    idle.insert(node.cql(), 50);

    bed.dsetool("managekmip", "revoke", "py", idleKey).orFail();
    bed.dsetool("managekmip", "revoke", "py", busyKey).orFail();
    long end = System.nanoTime() + BOUND.toNanos();
    List<Path> late = new ArrayList<>();
    Await.until(
        "flushes past the bound",
        () -> {
          boolean past = System.nanoTime() - end >= 0;
          List<Path> flushed = flush(busy);
          late.addAll(past ? flushed : List.of());
          return late.size() >= 3;
        });
    node.jmx().flush("revoked", "idle");

    List<Path> firstFlush = new ArrayList<>(node.dataFiles("revoked", "idle"));
    firstFlush.removeAll(idleBefore);
    assertThat(firstFlush).hasSize(1);
    assertThat(keysOf(late)).hasSize(1).doesNotContain(busyKey);
    assertThat(keysOf(firstFlush)).hasSize(1).doesNotContain(idleKey);
    assertThat(keysOf(idleBefore)).as("what was sealed before").containsExactly(idleKey);
    for (Rows rows : List.of(busy, idle)) {
      rows.assertAllRead(node.cql());
      bed.mustSurviveRestart(rows);
    }
  }

  /** Uncompacted, so that each flush keeps its file. */
  private Rows create(String table) {
    node.execute(
        "CREATE TABLE revoked."
            + table
            + " "
            + Rows.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND "
            + Encryption.lz4("py", "revoked_" + table).options());
    Rows rows = new Rows("revoked." + table).insert(node.cql(), 50);
    node.jmx().flush("revoked", table);
    return rows;
  }

  /** The files that it made. */
  private List<Path> flush(Rows busy) {
    List<Path> before = node.dataFiles("revoked", "busy");
    busy.insert(node.cql(), 10);
    node.jmx().flush("revoked", "busy");
    List<Path> made = new ArrayList<>(node.dataFiles("revoked", "busy"));
    made.removeAll(before);
    return made;
  }

  private Iterable<String> keysOf(List<Path> files) {
    return SealedFiles.of(bed.distribution(), files.toArray(Path[]::new)).keyIds();
  }
}
