package io.cassandratde.tools.shred;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.cluster.KeyNode;
import io.cassandratde.tools.command.KmipFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code shred} finds before it changes anything, and what it refuses. */
@Timeout(300)
class ShredPlanTest {

  private final Path directory;
  private KmipFixture kmip;
  private TestSession session;
  private KeyNode a;
  private KeyNode b;

  ShredPlanTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws Exception {
    kmip = new KmipFixture(directory.resolve("kmip"));
    session = kmip.session();
    a =
        new KeyNode("id-a")
            .member("127.0.0.1:7000", "id-a", "rack1", true)
            .member("127.0.0.2:7000", "id-b", "rack2", true)
            .use("own", "live", "tenant.riders", 3, 3072)
            .use("own", "snapshot", "tenant.riders", 2, 2048)
            .use("common", "live", "cycling.races", 1, 1024);
    b = new KeyNode("id-b").use("own", "live", "tenant.riders", 5, 5120);
    for (KeyNode node : List.of(a, b)) {
      node.jmx().table("tenant", "riders", 1, 1);
      node.jmx().table("cycling", "races", 1, 1);
    }
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
    kmip.close();
  }

  private ExitCode plan(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "shred",
                "--keyspace",
                "tenant",
                "--dry-run",
                "--state",
                directory.resolve("state.json").toString()));
    line.addAll(List.of(more));
    return session.run(line.toArray(String[]::new));
  }

  private ExitCode planOfAll(String... more) {
    List<String> line = new ArrayList<>(List.of("--hosts", a.address() + "," + b.address()));
    line.addAll(List.of(more));
    return plan(line.toArray(String[]::new));
  }

  @Test
  void a_key_of_the_keyspace_alone_may_go_and_a_dry_run_changes_nothing() {
    assertThat(planOfAll()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out().lines())
        .anyMatch(l -> l.matches(" *prod +own +2 +8 +2 +0 +10.00 KiB"))
        .anyMatch(l -> l.contains("snapshot on " + a.address() + ": riders before: 2 files"))
        .noneMatch(l -> l.contains("common"));
    assertThat(session.out()).contains("nothing was changed");
    assertThat(directory.resolve("state.json")).doesNotExist();
    assertThat(a.calls()).isEmpty();
  }

  @Test
  void what_is_readable_without_a_key_is_told() {
    a.clear("codec", "riders", 3);
    b.clear("plaintext", "by_team", 2);
    assertThat(planOfAll()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains(a.address() + ": riders, live: 3 files (codec mode: indexes")
        .contains(b.address() + ": by_team, live: 2 files (plaintext)");
  }

  @Test
  void a_key_that_a_table_of_another_keyspace_needs_is_refused_by_table_and_node() {
    b.use("own", "live", "cycling.races", 1, 1024);
    assertThat(planOfAll()).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err())
        .contains(
            b.address() + ": cycling.races (live: 1 files, 1.00 KiB) needs key own of group prod",
            "key_namespace",
            "nothing was changed");
  }

  @Test
  void a_snapshot_of_another_keyspace_counts_and_a_saved_cache_does_not() {
    b.use("own", "saved_cache", null, 1, 1024);
    assertThat(planOfAll()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("to be emptied, nobody's data goes: " + b.address() + ": (saved_cache: 1 files");
    a.use("own", "snapshot", "cycling.races", 1, 1024);
    assertThat(planOfAll()).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err()).contains("cycling.races (snapshot before: 1 files");
  }

  @Test
  void a_member_that_is_down_or_was_not_named_is_refused() {
    assertThat(plan("--hosts", a.address())).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("127.0.0.2:7000: a member of the cluster that was not asked");
    assertThat(plan("--contact", a.address())).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(plan("--local")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void what_a_node_could_not_read_is_refused() {
    b.unread("/data/x-Data.db");
    assertThat(planOfAll()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT KNOWN", b.address(), "/data/x-Data.db");
  }

  @Test
  void keys_of_another_group_than_the_one_that_was_named_are_refused() throws Exception {
    assertThat(planOfAll("--group", "prod")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(planOfAll("--group", "elsewhere")).isEqualTo(ExitCode.NOT_FOUND);
    String text = Files.readString(kmip.configuration());
    kmip.configure(text.replace("  prod:", "  other:"));
    assertThat(planOfAll()).as("a group that is not configured").isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("cannot be destroyed from here");
  }

  @Test
  void a_keyspace_without_keys_or_unknown_or_the_clusters_own_is_refused() throws Exception {
    for (KeyNode node : List.of(a, b)) {
      node.jmx().table("plain", "t", 1, 1);
    }
    assertThat(planOf("plain")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.err()).contains("no file of keyspace plain is under a key");
    assertThat(planOf("gone")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.err()).contains("no node knows a keyspace gone");
    assertThat(planOf("system_auth")).isEqualTo(ExitCode.REFUSED);
  }

  private ExitCode planOf(String keyspace) {
    return session.run(
        "shred",
        "--keyspace",
        keyspace,
        "--dry-run",
        "--hosts",
        a.address() + "," + b.address(),
        "--state",
        directory.resolve(keyspace + ".json").toString());
  }
}
