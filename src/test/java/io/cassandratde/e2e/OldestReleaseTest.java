package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.canary.CanaryData;
import io.cassandratde.e2e.canary.FileSearch;
import io.cassandratde.e2e.canary.Markers;
import io.cassandratde.e2e.node.CassandraNode;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The same jar on a node of Cassandra 5.0.0, with the libraries of 5.0.0: everything is sealed
 * there as on the newest release ({@link CanaryTest} shows that the search can find), and the
 * newest reads what the oldest has written.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
class OldestReleaseTest {

  private static final String OLDEST = "5.0.0";

  private final Markers markers = new Markers(500);
  private final CassandraNode node;
  private final FileSearch search;
  private final CanaryData data;

  OldestReleaseTest(TestBed bed) {
    node =
        CassandraNode.prepare(
                bed.setup("oldest", CanaryTest.config(bed, "oldest-release", "all"), false))
            .useYaml(CanaryTest.YAML + CanaryTest.SEALED_LOGS)
            .useOldestRelease(true);
    search = new FileSearch(node.directory(), markers);
    data = new CanaryData(markers, node);
  }

  @Test
  void what_the_oldest_release_writes_is_sealed_and_the_newest_reads_it() {
    try (node) {
      node.start();
      assertThat(release()).isEqualTo(OLDEST);
      data.createSchema();
      data.write();
      CanaryTest.assertNothing(search, "while the rows are in memory");
      node.jmx().flushAll();
      node.jmx().compact(CanaryData.KEYSPACE);
      CanaryTest.assertNothing(search, "after compaction");
      data.writeUnflushed();
      node.kill();
      CanaryTest.assertNothing(search, "after kill -9");
      node.start();
      data.assertRead();
      node.nodetool("upgradesstables", "-a").orFail();
      CanaryTest.assertNothing(search, "after upgradesstables");
      data.writeUnflushed(); // drained by the stop
      node.stop();

      node.useOldestRelease(false).start();
      assertThat(release()).isNotEqualTo(OLDEST);
      data.assertRead();
      node.nodetool("upgradesstables", "-a").orFail();
      CanaryTest.assertNothing(search, "on the newest release");
      data.assertRead();
      assertThat(node.log()).doesNotContain("Corrupt");
    }
  }

  private String release() {
    return String.valueOf(
        Objects.requireNonNull(
                node.execute("SELECT release_version FROM system.local").one(), "no local row")
            .getString(0));
  }
}
