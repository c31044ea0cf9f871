package io.cassandratde.tools.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.ExitCode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How {@code upgradesstables} goes over the nodes: how many at a time, how fast, and when. */
@Timeout(300)
class RollingUpgradeTest extends OnTwoNodes {

  RollingUpgradeTest() throws Exception {}

  @Test
  void one_node_after_the_other() {
    a.outcomes.put(
        "riders",
        node -> {
          assertThat(b.calls).isEmpty();
          return 0;
        });
    assertThat(session.run("upgradesstables", "--hosts", both(), "-a", "cycling", "riders"))
        .isEqualTo(ExitCode.OK);
    assertThat(b.calls).hasSize(1);
    assertThat(session.out())
        .contains(b.address() + ": cycling.riders: done, 2 SSTables (1.95 KiB) in ");
  }

  private ExitCode twoAtATime(String rackOfB) {
    a.member("127.0.0.1:7000", "id-a", "rack1", true);
    a.member("127.0.0.2:7000", "id-b", rackOfB, true);
    return session.run(
        "upgradesstables", "--hosts", both(), "--parallel", "2", "-a", "cycling", "riders");
  }

  @Test
  void nodes_of_one_rack_at_a_time_where_that_is_asked_for() {
    CountDownLatch together = new CountDownLatch(2);
    JmxNode.Outcome meet =
        node -> {
          together.countDown();
          return together.await(120, TimeUnit.SECONDS) ? 0 : 1;
        };
    a.outcomes.put("riders", meet);
    b.outcomes.put("riders", meet);
    assertThat(twoAtATime("rack1")).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void never_nodes_of_two_racks() {
    a.outcomes.put("riders", node -> b.calls.isEmpty() ? 0 : 1);
    b.outcomes.put("riders", node -> a.calls.isEmpty() ? 1 : 0);
    assertThat(twoAtATime("rack2")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(b.calls).hasSize(1);
  }

  @Test
  void the_throughput_is_another_one_meanwhile() {
    List<Integer> seen = new CopyOnWriteArrayList<>();
    a.outcomes.put(
        "riders",
        node -> {
          seen.add(node.throughput);
          return 0;
        });
    assertThat(
            session.run("upgradesstables", "--hosts", a.address(), "--throughput", "8", "cycling"))
        .isEqualTo(ExitCode.OK);
    assertThat(seen).containsExactly(8);
    assertThat(a.throughput).isEqualTo(64);
    assertThat(session.out()).contains("compaction throughput is 8 MiB/s meanwhile, was 64");
  }

  @Test
  void no_table_is_begun_outside_the_window() {
    AtomicInteger looks = new AtomicInteger();
    Instant opens = Instant.parse("2026-11-27T21:00:00Z"); // 22:00 in the session's zone
    session.clock(() -> looks.incrementAndGet() < 4 ? opens.minusSeconds(1) : opens);
    a.outcomes.put("riders", node -> looks.get() < 4 ? 1 : 0);
    assertThat(
            session.run(
                "upgradesstables", "--hosts", a.address(), "--window", "22:00-05:00", "cycling"))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(session.out()).containsOnlyOnce("waiting for the window 22:00-05:00");
  }
}
