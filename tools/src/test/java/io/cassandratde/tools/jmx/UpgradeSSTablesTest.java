package io.cassandratde.tools.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.ClosedPort;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.rolling.Rolling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300) // a stop that stops nothing would wait for ever
class UpgradeSSTablesTest extends OnTwoNodes {

  UpgradeSSTablesTest() throws Exception {}

  @Test
  void every_node_is_asked_for_every_table_with_the_options_given() {
    ExitCode exit =
        session.run("upgradesstables", "--hosts", both(), "-a", "-j", "4", "-t", "99", "cycling");
    assertThat(exit).isEqualTo(ExitCode.OK);
    List<String> expected =
        List.of(
            "upgrade cycling.races excludeCurrent=false jobs=4 before=99",
            "upgrade cycling.riders excludeCurrent=false jobs=4 before=99");
    assertThat(a.calls).isEqualTo(expected);
    assertThat(b.calls).isEqualTo(expected);
    assertThat(session.out())
        .contains(a.address() + ": cycling.riders: done, some or all of 3 SSTables")
        .contains(a.address() + ": complete (2 tables rewritten)")
        .contains(b.address() + ": complete (1 table rewritten, nothing to rewrite in 1)")
        .doesNotContain("nothing to rewrite:");
    assertThat(session.err()).contains("also those that an earlier run rewrote");
  }

  @Test
  void without_all_the_current_version_is_left_out_and_all_keyspaces_are_meant() throws Exception {
    a.table("system", "local", 1, 1);
    assertThat(session.run("upgradesstables", "--hosts", a.address())).isEqualTo(ExitCode.OK);
    assertThat(a.calls)
        .containsExactly(
            "upgrade cycling.races excludeCurrent=true jobs=2",
            "upgrade cycling.riders excludeCurrent=true jobs=2",
            "upgrade system.local excludeCurrent=true jobs=2");
    assertThat(session.err()).contains("After a key change use -a");
  }

  @Test
  void where_nothing_is_of_an_older_version_nothing_is_called_done() {
    assertThat(session.run("upgradesstables", "--hosts", both(), "cycling")).isEqualTo(ExitCode.OK);
    assertThat(session.out().lines())
        .containsExactly(
            a.address() + ": cycling.races: nothing to rewrite in 1 SSTable (10 B)",
            a.address() + ": cycling.riders: nothing to rewrite in 3 SSTables (2.93 KiB)",
            b.address() + ": cycling.riders: nothing to rewrite in 2 SSTables (1.95 KiB)",
            a.address() + ": nothing to rewrite (2 tables)",
            b.address() + ": nothing to rewrite (2 tables)",
            "nothing to rewrite: all SSTables are of the current version; after a key change use"
                + " -a");
  }

  @Test
  void only_what_is_of_an_older_version_is_called_rewritten() {
    a.old("cycling", "riders", 2);
    assertThat(session.run("upgradesstables", "--hosts", a.address(), "cycling"))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("cycling.races: nothing to rewrite in 1 SSTable")
        .contains("cycling.riders: done, some or all of 3 SSTables (2.93 KiB)")
        .contains(a.address() + ": complete (1 table rewritten, nothing to rewrite in 1)")
        .doesNotContain("use -a");
  }

  @Test
  void an_index_of_an_older_version_counts_with_its_table() throws Exception {
    a.oldIndex("cycling", "riders", "by_team");
    assertThat(session.run("upgradesstables", "--hosts", a.address(), "cycling", "riders"))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains(": complete (1 table rewritten)");
  }

  @Test
  void a_compaction_at_the_same_time_is_not_taken_for_the_rewrite() {
    a.outcomes.put(
        "riders",
        node -> {
          node.compacted("cycling", "riders", 5000);
          return 0;
        });
    assertThat(session.run("upgradesstables", "--hosts", a.address(), "cycling"))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains(a.address() + ": nothing to rewrite (2 tables)");
  }

  @Test
  void what_was_rewritten_before_an_interruption_counts() {
    AtomicInteger tries = new AtomicInteger();
    a.old("cycling", "riders", 1);
    a.outcomes.put(
        "riders",
        node -> {
          if (tries.incrementAndGet() < 2) {
            node.old("cycling", "riders", 0).compacted("cycling", "riders", 1000);
            throw new IllegalStateException("CompactionInterruptedException: a flush came between");
          }
          return 0;
        });
    assertThat(session.run("upgradesstables", "--hosts", a.address(), "cycling", "riders"))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains(": complete (1 table rewritten)");
  }

  @Test
  void with_all_there_may_be_nothing_too_young_or_empty() throws Exception {
    a.outcomes.put("riders", node -> 0);
    assertThat(
            session.run(
                "upgradesstables", "--hosts", a.address(), "-a", "-t", "99", "cycling", "riders"))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains(
            "nothing to rewrite: there are no SSTables created before 1970-01-01T00:00:00.099Z");
    assertThat(session.run("upgradesstables", "--hosts", b.address(), "-a", "cycling", "races"))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("nothing to rewrite: there are no SSTables\n");
  }

  @Test
  void a_table_that_fails_is_named_with_its_node_and_the_rest_is_done() {
    a.outcomes.put("races", node -> 2);
    b.outcomes.put("riders", node -> 1);
    assertThat(session.run("upgradesstables", "--hosts", both(), "-a", "cycling"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("NOT DONE:")
        .contains(a.address() + ": cycling.races: some SSTables are in use")
        .contains(b.address() + ": cycling.riders: aborted by the node")
        .doesNotContain(a.address() + ": cycling.riders")
        .contains("Run the same command again");
    assertThat(session.out()).doesNotContain("complete (");
    assertThat(a.calls).hasSize(2);
    assertThat(b.calls).hasSize(2);
  }

  @Test
  void an_exception_on_the_node_is_one_line() {
    a.outcomes.put(
        "riders",
        node -> {
          throw new IllegalStateException("No space left on device\nat deep.in.Cassandra");
        });
    assertThat(session.run("upgradesstables", "--hosts", a.address(), "-a"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("cycling.riders: the node failed with IllegalStateException: No space left")
        .doesNotContain("deep.in");
  }

  @Test
  void an_interrupted_compaction_is_tried_again_as_nodetool_does() {
    AtomicInteger tries = new AtomicInteger();
    a.outcomes.put(
        "riders",
        node -> {
          if (tries.incrementAndGet() < 3) {
            throw new IllegalStateException("CompactionInterruptedException: a flush came between");
          }
          return 0;
        });
    assertThat(session.run("upgradesstables", "--hosts", a.address(), "-a", "cycling", "riders"))
        .isEqualTo(ExitCode.OK);
    assertThat(tries).hasValue(3);
  }

  @Test
  void a_node_that_cannot_be_reached_is_reported_and_the_others_are_done() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      String gone = port.address();
      assertThat(session.run("upgradesstables", "--hosts", a.address() + "," + gone, "-a"))
          .isEqualTo(ExitCode.INCOMPLETE);
      assertThat(session.err())
          .contains("  " + gone + ": no JMX at " + gone + ": Connection refused")
          .contains("WARNING: 1 of the nodes cannot be reached: check host and JMX port (-p");
      assertThat(session.out()).contains(a.address() + ": complete");
    }
  }

  @Test
  void when_no_node_can_be_reached_the_exit_code_says_so() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      String gone = port.address();
      for (String option : List.of("-h", "--hosts")) {
        assertThat(session.run("upgradesstables", option, gone)).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(session.err().lines())
            .singleElement()
            .asString()
            .contains("no JMX at " + gone + ": Connection refused; check host and JMX port (-p")
            .contains("--ssl")
            .doesNotContain("LOCAL_JMX");
      }
    }
  }

  @Test
  void a_node_elsewhere_may_listen_on_loopback_only() {
    assertThat(session.run("upgradesstables", "--hosts", "no-such-host.invalid"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(session.err().lines())
        .singleElement()
        .asString()
        .contains("unknown host no-such-host.invalid; check host")
        .contains("--local")
        .contains("LOCAL_JMX=no");
  }

  @Test
  void a_misspelt_table_changes_nothing_on_any_node() {
    assertThat(session.run("upgradesstables", "--hosts", both(), "-a", "cycling", "rider"))
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.err()).contains("no table 'rider' in cycling; there are: races, riders");
    assertThat(session.run("upgradesstables", "--hosts", both(), "-a", "cyclin"))
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.err()).contains("no keyspace 'cyclin'; there are: cycling");
    assertThat(a.calls).isEmpty();
    assertThat(b.calls).isEmpty();
  }

  @Test
  void discovery_reports_members_that_are_down_or_whose_jmx_is_local_only() {
    a.members.putAll(
        Map.of("127.0.0.1:7000", "id-a", "127.0.0.2:7000", "id-c", "127.0.0.3:7000", "id-d"));
    a.live.addAll(List.of("127.0.0.1:7000", "127.0.0.2:7000"));
    assertThat(session.run("upgradesstables", "--contact", a.address(), "-a"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("127.0.0.3:" + a.port() + ": the node is down")
        // RMI listens on all addresses here: asking for member 2 reaches the contact again.
        .contains("127.0.0.2:" + a.port() + ": JMX at this address reaches the same node as")
        .contains("run this command with --local on each node not reached");
    assertThat(a.calls).hasSize(2);
  }

  @Test
  void two_addresses_of_one_node_rewrite_it_once() {
    assertThat(
            session.run("upgradesstables", "--hosts", a.address() + ",localhost:" + a.port(), "-a"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(a.calls).hasSize(2);
    assertThat(session.err()).contains("reaches the same node as " + a.address());
  }

  @Test
  void user_and_password_are_needed_where_jmx_asks_for_them(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("jmxremote.password"), "other x\nops secret word\n");
    try (JmxNode guarded = new JmxNode("id-g", "secret word").table("k", "t", 1, 1)) {
      String[] base = {"upgradesstables", "--hosts", guarded.address(), "-u", "ops"};
      assertThat(session.run(with(base, "-pwf", file.toString()))).isEqualTo(ExitCode.OK);
      assertThat(session.run(with(base, "-pw", "wrong"))).isEqualTo(ExitCode.REFUSED);
      assertThat(session.err())
          .contains("refused the login")
          .contains("check the user (-u) and the password (-pw, -pwf)")
          .doesNotContain("wrong\n");
      assertThat(session.run("upgradesstables", "--hosts", guarded.address()))
          .isEqualTo(ExitCode.REFUSED);
      assertThat(session.err()).contains("give a user with -u");
      assertThat(session.run(base)).isEqualTo(ExitCode.USAGE);
      assertThat(new TestSession().answering("secret word").run(base)).isEqualTo(ExitCode.OK);
    }
  }

  private static String[] with(String[] base, String... more) {
    List<String> all = new java.util.ArrayList<>(List.of(base));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void a_stop_ends_the_rewrite_in_work_starts_no_other_and_knows_what_is_left() throws Exception {
    a.block("riders");
    UpgradeRequest request =
        new UpgradeRequest(true, 2, Long.MAX_VALUE, 8, null, "cycling", List.of());
    ClusterUpgrade upgrade =
        new ClusterUpgrade(
            request,
            new Rolling(1, false),
            session.session().terminal().out(),
            false,
            InstantSource.system());
    try (ClusterNodes nodes = new ClusterNodes(JmxAccess.OPEN, Duration.ofSeconds(60))) {
      nodes.connectAll(
          List.of(new JmxAddress("127.0.0.1", a.port()), new JmxAddress("127.0.0.1", b.port())));
      upgrade.plan(nodes);
      CompletableFuture<List<NodeResult>> run =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return upgrade.run();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      a.awaitBlocked();
      upgrade.stop();
      List<NodeResult> left = run.get();
      assertThat(left.get(0).done()).containsExactly(new TableName("cycling", "races"));
      assertThat(left.get(0).notStarted()).containsExactly(new TableName("cycling", "riders"));
      assertThat(left.get(1).notStarted()).hasSize(2);
    }
    assertThat(a.calls).last().isEqualTo("stop UPGRADE_SSTABLES");
    assertThat(a.throughput).isEqualTo(64);
    assertThat(b.calls).isEmpty();
  }
}
