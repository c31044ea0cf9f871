package io.cassandratde.tools.destroy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.command.KmipFixture;
import io.cassandratde.tools.jmx.JmxNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code managekmip destroy} against a real key server and nodes that say what a test wants. */
class SafeDestroyTest {

  private final Path directory;
  private KmipFixture kmip;
  private JmxNode node;
  private KeyBeans beans;
  private TestSession session;
  private String key = "";

  SafeDestroyTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    kmip = new KmipFixture(directory.resolve("kmip"));
    node = new JmxNode("one");
    beans = new KeyBeans();
    session = kmip.session();
  }

  @BeforeEach
  void revokedLongAgo() throws Exception {
    beans.on(node);
    kmip.configureToo("audit: {file: " + directory.resolve("audit.log") + "}\n");
    key = kmip.newKey();
    assertThat(session.run("managekmip", "revoke", "prod", key)).isEqualTo(ExitCode.OK);
    kmip.anHourPasses();
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    kmip.close();
  }

  private ExitCode destroy(String... more) {
    List<String> words =
        new java.util.ArrayList<>(
            List.of("managekmip", "destroy", "prod", key, "--contact", node.address()));
    words.addAll(List.of(more));
    return session.run(words.toArray(String[]::new));
  }

  private ExitCode attestedDestroy() {
    return destroy("--attest", "all", "--yes");
  }

  private String state() throws KmipException {
    session.run("managekmip", "list", "prod");
    return session.out().lines().filter(line -> line.startsWith(key)).findFirst().orElse("gone");
  }

  private void refused(String... words) throws Exception {
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err()).contains("STILL NEEDED").contains(words);
    assertThat(state()).contains("Deactivated");
    assertThat(beans.calls).last().isEqualTo("unfence prod/" + key);
  }

  @Test
  void is_done_when_every_node_has_read_its_disk_under_the_fence_and_needs_nothing()
      throws Exception {
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("5 SSTables and all other files read: nothing needs the key")
        .contains("is destroyed");
    assertThat(state()).doesNotContain("Deactivated");
    assertThat(beans.calls.subList(0, 3))
        .as("the reading that counts comes after the fence")
        .containsExactly("fence prod/" + key, "read", "unfence prod/" + key);
    assertThat(beans.calls).as("one reading, for nothing is to be released").hasSize(3);
    assertThat(java.nio.file.Files.readString(directory.resolve("audit.log")))
        .contains(
            "\"attested\":\"other-clusters, departed-hosts, commit-log-archives, consumed-cdc, backups, exports\"");
  }

  @Test
  void is_refused_with_the_list_of_what_needs_the_key() throws Exception {
    beans.uses.add(new KeyBeans.Use(key, "snapshot"));
    beans.uses.add(new KeyBeans.Use(key, "cdc"));
    beans.openItems.add(new KeyBeans.Item("/data/x-Data.db"));
    refused(
        node.address() + ": snapshot nightly of ks.t: 3 files, 2.00 KiB",
        node.address() + ": change data (CDC) of ks.t: 3 files",
        node.address() + ": sstable /data/x-Data.db may need any key: damaged");
  }

  @Test
  void another_key_of_the_same_id_does_not_count_and_the_same_key_of_another_group_does()
      throws Exception {
    beans.uses.add(new KeyBeans.Use(key, "twin", KeyBeans.CHECK_VALUE, "live"));
    refused("live SSTables of ks.t");
    beans.uses.clear();
    beans.uses.add(new KeyBeans.Use(key, "tag:00000001", "11111111", "live"));
    refused("live SSTables of ks.t");
    beans.uses.clear();
    beans.uses.add(new KeyBeans.Use(key, "elsewhere", "11111111", "live"));
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void commit_log_is_released_first() {
    beans.uses.add(new KeyBeans.Use(key, "commitlog"));
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(beans.calls)
        .containsExactly(
            "fence prod/" + key, "read", "release prod/" + key, "read", "unfence prod/" + key);
  }

  @Test
  void a_file_that_is_being_written_is_waited_for_and_what_came_of_it_counts() throws Exception {
    KeyBeans.Item unfinished = new KeyBeans.Item("unfinished", "/data/y-Data.db");
    beans.openItems.add(unfinished);
    beans.afterReading = () -> beans.openItems.remove(unfinished);
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(beans.calls)
        .containsExactly("fence prod/" + key, "read", "read", "unfence prod/" + key);
    assertThat(session.out())
        .containsSubsequence(
            "all other files read: 1 findings",
            "all other files read: nothing needs the key",
            "is destroyed");
  }

  @Test
  void a_file_that_was_being_written_and_needs_the_key_blocks() throws Exception {
    KeyBeans.Item unfinished = new KeyBeans.Item("unfinished", "/data/y-Data.db");
    beans.openItems.add(unfinished);
    beans.afterReading =
        () -> {
          if (beans.openItems.remove(unfinished)) {
            beans.uses.add(new KeyBeans.Use(key, "live"));
          }
        };
    refused("live SSTables of ks.t");
    assertThat(session.err()).doesNotContain("unfinished");
  }

  @Test
  void a_file_that_stays_unfinished_blocks_when_the_time_is_over() throws Exception {
    beans.openItems.add(new KeyBeans.Item("unfinished", "/data/y-Data.db"));
    assertThat(destroy("--attest", "all", "--yes", "--wait", "0")).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err()).contains("unfinished /data/y-Data.db may need any key");
    assertThat(destroy("--attest", "all", "--yes", "--wait", "1s"))
        .isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.out()).containsPattern("waiting, until .* at most: .*/data/y-Data.db");
  }

  /** As after the death of another node, until a node has noticed it. */
  @Test
  void a_node_that_cannot_tell_the_registered_backups_now_is_asked_again() throws Exception {
    beans.silentOnHolds.set(3);
    beans.holds.add(new KeyBeans.Hold("nightly", key, "2999-12-31T00:00:00Z"));
    refused("backup nightly is held until");
    assertThat(session.err()).doesNotContain("does not tell");
  }

  @Test
  void a_member_that_is_down_or_was_not_named_blocks() throws Exception {
    node.member("127.0.0.9:7000", "down-id", false);
    refused("127.0.0.9:", "the node is down");
    assertThat(
            session.run(
                "managekmip",
                "destroy",
                "prod",
                key,
                "--hosts",
                node.address(),
                "--attest",
                "all",
                "--yes"))
        .isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err()).contains("was not asked, host id down-id");
  }

  @Test
  void a_node_that_does_not_tell_what_it_has_blocks() throws Exception {
    beans.readRefusal = "the disk does not answer";
    refused("it gave no inventory and may need any key", "the disk does not answer");
    beans.readRefusal = null;
    beans.partial = true;
    refused("its reading is not complete");
    beans.partial = false;
    beans.holdsRefusal = "a quorum of replicas does not answer";
    assertThat(destroy("--attest", "all", "--yes", "--wait", "0")).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err())
        .contains(
            "it does not tell the registered backups", "a quorum of replicas does not answer");
    assertThat(state()).contains("Deactivated");
    beans.holdsRefusal = null;
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void a_fence_that_somebody_put_before_stays() throws Exception {
    beans.fenced(key);
    beans.uses.add(new KeyBeans.Use(key, "snapshot"));
    assertThat(attestedDestroy()).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(beans.calls).noneMatch(call -> call.startsWith("unfence"));
  }

  @Test
  void a_node_that_was_restarted_meanwhile_blocks() throws Exception {
    beans.afterReading = beans::forgetFences;
    refused("its fence does not stand any more: the node was restarted");
  }

  @Test
  void a_fence_that_was_put_anew_meanwhile_blocks() throws Exception {
    beans.afterReading = beans::fenceAnew;
    refused("its fence does not stand any more");
  }

  @Test
  void a_member_that_joined_meanwhile_blocks() throws Exception {
    beans.afterReading = () -> node.member("127.0.0.8:7000", "new-id", true);
    refused("its members are others than when the proof began", "host id new-id");
  }

  @Test
  void a_node_on_which_the_key_is_current_blocks() throws Exception {
    beans.fenceRefusal = "it is the current key of ks.t";
    assertThat(attestedDestroy()).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err()).contains("cannot be fenced", "it is the current key of ks.t");
    assertThat(state()).contains("Deactivated");
  }

  @Test
  void a_registered_backup_holds_the_key_until_its_date() throws Exception {
    beans.holds.add(new KeyBeans.Hold("nightly", key, "2999-12-31T00:00:00Z"));
    refused("backup nightly is held until 2999-12-31T00:00:00Z (tape 7)");
    beans.holds.clear();
    beans.holds.add(new KeyBeans.Hold("nightly", key, "2020-12-31T00:00:00Z"));
    beans.holds.add(new KeyBeans.Hold("other", "another-key", "2999-12-31T00:00:00Z"));
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void a_backup_that_is_registered_while_the_proof_goes_on_holds_the_key() throws Exception {
    beans.afterHolds =
        () -> beans.holds.add(new KeyBeans.Hold("late", key, "2999-12-31T00:00:00Z"));
    refused("backup late is held until");
  }

  @Test
  void a_hold_whose_check_value_nobody_knows_counts_under_every_name_of_the_group()
      throws Exception {
    beans.holds.add(new KeyBeans.Hold("b", "former", key, "", "2999-12-31T00:00:00Z", ""));
    refused("backup b is held until");
    beans.holds.clear();
    beans.holds.add(new KeyBeans.Hold("b", "former", key, "12345678", "2999-12-31T00:00:00Z", ""));
    assertThat(attestedDestroy()).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void what_no_node_can_see_is_attested_class_by_class() throws Exception {
    assertThat(destroy("--yes")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(session.err()).contains("consumed-cdc").contains("--attest");
    assertThat(destroy("--yes", "--attest", "backups,exports")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(session.err()).contains("departed-hosts").doesNotContain("backups,");
    assertThat(destroy("--yes", "--attest", "tapes")).isEqualTo(ExitCode.USAGE);
    assertThat(destroy("--attest", "all")).as("no key id").isEqualTo(ExitCode.NOT_CONFIRMED);
    session.answering("yes", "no");
    assertThat(destroy()).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(session.err()).contains("not attested: disks of nodes that have left");
    session.answering(Collections.nCopies(6, "yes").toArray(String[]::new)).answering("no");
    assertThat(destroy()).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(beans.calls).as("no node was fenced").isEmpty();
    session.answering(Collections.nCopies(6, "yes").toArray(String[]::new)).answering(key);
    assertThat(destroy()).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void without_a_node_nothing_is_proved() throws Exception {
    node.close();
    assertThat(attestedDestroy()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(state()).contains("Deactivated");
    node = new JmxNode("another");
  }
}
