package io.cassandratde.tools.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.sstable.cassandra.KeysMXBean;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.cluster.BeanOf;
import io.cassandratde.tools.destroy.KeyBeans;
import io.cassandratde.tools.hierarchy.HierarchyBean.Held;
import io.cassandratde.tools.hierarchy.HierarchyBean.Master;
import io.cassandratde.tools.jmx.JmxNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code keys list}, {@code rotate}, {@code rewrap}, {@code rollback} and {@code gc} over JMX. */
@Timeout(300)
class DataKeyCommandsTest {

  private final Path directory;
  private final TestSession session = new TestSession();
  private final HierarchyBean bean = new HierarchyBean();
  private final AtomicInteger looks = new AtomicInteger();
  private JmxNode node;
  private KeyBeans files;

  DataKeyCommandsTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    node = new JmxNode("id-a");
    files = new KeyBeans();
  }

  @BeforeEach
  void start() throws Exception {
    files.on(node);
    node.member("127.0.0.1:7000", "id-a", true);
    bean.on(node);
    node.bean(
        KeysMXBean.NAME,
        new BeanOf(KeysMXBean.class)
            .answer(
                "refreshKeys",
                none -> {
                  looks.incrementAndGet();
                  return List.of();
                }));
    bean.masters.add(new Master(1, "ACTIVE"));
    Files.writeString(
        directory.resolve("tde.yaml"), "audit: {file: " + directory.resolve("audit.log") + "}\n");
    session
        .environment("TDE_CONFIG", directory.resolve("tde.yaml").toString())
        .clock(InstantSource.fixed(Instant.parse("2026-11-27T12:00:00Z")));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private ExitCode keys(String... words) {
    List<String> all = new ArrayList<>(List.of("keys"));
    all.addAll(List.of(words));
    all.addAll(List.of("--hosts", node.address()));
    return session.run(all.toArray(String[]::new));
  }

  private static KeyBeans.Use use(String key, String place) {
    return new KeyBeans.Use(key, "replicated:prod", "0000aaaa", place);
  }

  private String audit() throws Exception {
    return Files.readString(directory.resolve("audit.log"));
  }

  @Test
  void the_list_tells_what_wraps_each_key_and_what_needs_it() throws Exception {
    bean.key(new Held("k2", 2, "ACTIVE", 1));
    bean.key(new Held("k1", 1, "INACTIVE", 1));
    bean.key(new Held("k0", 0, "RETIRED", 0));
    bean.masters.get(0).state = "FORMER";
    bean.masters.add(new Master(2, "ACTIVE"));
    files.uses.add(use("k1", "live"));
    files.uses.add(use("k1", "snapshot"));
    assertThat(keys("list")).as(session.err()).isEqualTo(ExitCode.OK);
    List<String> lines =
        session.out().lines().map(line -> line.strip().replaceAll(" {2,}", "|")).toList();
    assertThat(lines.get(1)).startsWith("prod|n/a|256|2|k2|ACTIVE|").endsWith("|0|0 B|0");
    assertThat(lines.get(2))
        .startsWith("prod|n/a|256|1|k1|INACTIVE|")
        .contains("|m1 (version 1) FORMER|")
        .endsWith("|3|2.00 KiB|3");
    assertThat(lines.get(4)).startsWith("2 of them are wrapped by a master key");
    assertThat(keys("list", "--format", "json", "--no-counts")).isEqualTo(ExitCode.OK);
    JsonNode first = new ObjectMapper().readTree(session.out()).at("/keys/0");
    assertThat(first.get("key").asText()).isEqualTo("k2");
    assertThat(first.get("wrapped_by_active").asBoolean()).isFalse();
    assertThat(first.has("live_sstables")).isFalse();
  }

  @Test
  void a_node_that_cannot_read_its_disk_makes_the_list_incomplete() {
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    files.readRefusal = "no disk";
    assertThat(keys("list")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT READ: ", "no disk");
  }

  @Test
  void a_rotation_follows_the_version_that_was_seen() throws Exception {
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    assertThat(keys("rotate", "--master", "prod")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("rotate prod 1");
    assertThat(session.out()).contains("Key k2 is version 2 of prod", "key k1 only opens");
    assertThat(session.out()).contains(node.address() + ": has looked for it");
    assertThat(looks).hasValue(1);
    assertThat(session.err()).isEmpty();
    assertThat(audit()).contains("rotate-data-key", "\"replaces\":\"k1\"", "\"key\":\"k2\"");
  }

  @Test
  void who_cannot_be_told_of_a_rotation_is_named_and_the_key_is_made() throws Exception {
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    node.member("127.0.0.9:7000", "id-b", false);
    assertThat(keys("rotate")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("rotate prod 1");
    assertThat(session.err()).contains("WARNING: not told", "127.0.0.9", "within minutes");
  }

  @Test
  void which_line_is_rotated_must_be_clear() {
    assertThat(keys("rotate")).isEqualTo(ExitCode.NOT_FOUND);
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    Held other = new Held("n1", 1, "ACTIVE", 1);
    other.namespace = "cycling";
    bean.key(other);
    assertThat(keys("rotate")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("prod, AES:256", "prod, namespace cycling, AES:256");
    assertThat(bean.calls).isEmpty();
    assertThat(keys("rotate", "--namespace", "")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("key k1 only opens");
  }

  @Test
  void rewrap_takes_what_is_left_and_proves_it_from_the_table() throws Exception {
    bean.masters.get(0).state = "FORMER";
    bean.masters.add(new Master(2, "ACTIVE"));
    bean.key(new Held("k1", 1, "INACTIVE", 1));
    bean.key(new Held("k2", 2, "INACTIVE", 2));
    bean.key(new Held("k3", 3, "ACTIVE", 1));
    bean.key(new Held("k4", 4, "RETIRED", 0));
    bean.unwrappable.put("k3", "the token is away");
    assertThat(keys("rewrap", "--per-second", "1000")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("1 data keys are not wrapped", "k3", "the token is away");
    assertThat(bean.calls).containsExactlyInAnyOrder("rewrap k1", "rewrap k3");
    bean.calls.clear();
    bean.unwrappable.clear();
    assertThat(keys("rewrap")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("rewrap k3");
    assertThat(session.out().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .contains("prod|2|3|3", "Every data key is wrapped by its active master key.");
    assertThat(audit()).contains("rewrap-data-keys");
  }

  @Test
  void rewrap_is_done_when_every_node_has_taken_it_over() throws Exception {
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    assertThat(keys("rewrap")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains(node.address() + ": has taken this over");
    bean.behind.add("k9");
    assertThat(keys("rewrap")).as("it is not meant").isEqualTo(ExitCode.OK);
    bean.behind.add("k1");
    assertThat(keys("rewrap")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("NOT TAKEN OVER: " + node.address(), "says why: k1", "1 nodes have not");
    bean.behind.clear();
    node.member("127.0.0.9:7000", "id-b", false);
    assertThat(keys("rewrap")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT TAKEN OVER: 127.0.0.9", "was not asked");
    assertThat(session.run("keys", "rewrap", "--hosts", node.address() + ",127.0.0.1:1"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT TAKEN OVER: 127.0.0.1:1");
  }

  /** A cluster that was built again from exports has data keys, and no master key yet. */
  @Test
  void rewrap_has_a_first_master_key_agreed_on() throws Exception {
    bean.masters.clear();
    bean.key(new Held("k1", 1, "ACTIVE", 0));
    assertThat(keys("list", "--format", "json")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("\"wrapped_by_active\" : false");
    assertThat(keys("rewrap")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("rewrap k1");
    assertThat(session.out().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .contains("prod|1|1|1");
  }

  @Test
  void one_key_is_wrapped_anew_though_the_active_master_key_wraps_it() {
    bean.key(new Held("k1", 1, "INACTIVE", 1));
    bean.key(new Held("k2", 2, "ACTIVE", 1));
    bean.changed.add("k2");
    assertThat(keys("rewrap", "--key", "k2")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("rewrap k2");
    assertThat(session.out()).contains("1 data keys were wrapped anew");
    assertThat(keys("rewrap", "--key", "k2")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("0 data keys were wrapped anew");
    bean.unwrappable.put("k1", "no copy opens");
    assertThat(keys("rewrap", "--key", "k1")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("k1", "no copy opens");
    assertThat(keys("rewrap", "--key", "k9")).isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void the_list_tells_keys_that_do_not_open_by_their_newest_wrap() throws Exception {
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    bean.unsound.put("k1", "key k1: what the table holds was changed");
    bean.unsound.put("k9", "of another master key");
    assertThat(keys("list")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("NOT SOUND: key k1: what the table holds was changed")
        .doesNotContain("another master key");
    assertThat(keys("list", "--format", "json")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(new ObjectMapper().readTree(session.out()).at("/not_sound/0").asText())
        .contains("key k1");
    assertThat(keys("list", "--no-counts")).isEqualTo(ExitCode.OK);
  }

  @Test
  void a_throttle_out_of_range_is_refused() {
    assertThat(keys("rewrap", "--per-second", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(keys("rewrap", "--per-second", "1001")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void what_every_node_refuses_is_refused_and_told_once_for_each() {
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    bean.refusal = "a quorum does not answer";
    assertThat(keys("rotate")).isEqualTo(ExitCode.REFUSED);
    assertThat(session.err()).contains("no new data key was made", "a quorum does not answer");
  }

  @Test
  void a_table_of_keys_without_a_quorum_is_an_outage_and_no_refusal() {
    bean.key(new Held("k1", 1, "ACTIVE", 1));
    bean.outage = "one of two replicas answered";
    assertThat(keys("rotate")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(session.err()).contains("no new data key was made", "one of two replicas answered");
  }

  @Test
  void a_rollback_waits_for_all_nodes_and_says_what_comes_next() throws Exception {
    bean.former.reports.put("id-a", HierarchyBean.check(3));
    assertThat(keys("rollback", "prod")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("version 3", "keys rewrap --master prod");
    assertThat(bean.calls).containsExactly("propose former prod", "activate prod 3 []");
    assertThat(audit()).contains("propose-former-master-key", "activate-master-key");
  }

  @Test
  void a_rollback_to_a_key_that_a_node_has_no_more_activates_nothing() {
    bean.former.reports.put("id-a", "key file /etc/prod has it no more");
    assertThat(keys("rollback", "prod", "--wait", "0")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("127.0.0.1:7000 (id-a): key file /etc/prod has it no more")
        .contains("masterkey activate prod 3", "masterkey abort prod 3");
    assertThat(bean.calls).containsExactly("propose former prod");
  }

  @Test
  void unneeded_keys_become_deprecated_and_needed_ones_stay() {
    bean.key(new Held("k1", 1, "INACTIVE", 1));
    bean.key(new Held("k2", 2, "INACTIVE", 1));
    bean.key(new Held("k3", 3, "ACTIVE", 1));
    files.uses.add(use("k2", "snapshot"));
    assertThat(keys("gc", "--dry-run")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).isEmpty();
    assertThat(keys("gc")).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("mark k1 DEPRECATED");
    assertThat(session.out()).contains("key k2: stays: files need it", "key k1 is deprecated");
  }

  @Test
  void a_deprecated_key_goes_after_its_retention_by_proof_and_attestation() throws Exception {
    Held old = new Held("k1", 1, "DEPRECATED", 1);
    Held young = new Held("k2", 2, "DEPRECATED", 1);
    young.changedAt = "2026-11-20T00:00:00Z";
    bean.key(old);
    bean.key(young);
    assertThat(keys("gc")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(keys("gc", "--attest", "all")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(bean.calls).isEmpty();
    assertThat(keys("gc", "--attest", "all", "--yes")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("remove k1 " + 30L * 24 * 60 * 60);
    assertThat(session.out()).contains("key k2: stays: deprecated; it may go from 2026-12-20");
    assertThat(audit()).contains("remove-data-key", "\"key\":\"k1\"", "\"attested\":");
  }

  @Test
  void a_deprecated_key_that_something_needs_is_inactive_again() {
    bean.key(new Held("k1", 1, "DEPRECATED", 1));
    files.uses.add(use("k1", "backup"));
    assertThat(keys("gc", "--attest", "all", "--yes")).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("mark k1 INACTIVE");
  }

  @Test
  void a_held_backup_keeps_its_key() {
    bean.key(new Held("k1", 1, "DEPRECATED", 1));
    files.holds.add(
        new KeyBeans.Hold(
            "nightly", "replicated:prod", "k1", "0000aaaa", "2030-01-01T00:00:00Z", ""));
    assertThat(keys("gc", "--attest", "all", "--yes")).isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err()).contains("k1 stays", "nightly");
    assertThat(bean.calls).isEmpty();
  }

  @Test
  void what_cannot_be_read_may_need_any_key() {
    bean.key(new Held("k1", 1, "DEPRECATED", 1));
    bean.key(new Held("k2", 2, "INACTIVE", 1));
    files.openItems.add(new KeyBeans.Item("unreadable", "/data/x"));
    assertThat(keys("gc", "--attest", "all", "--yes")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(bean.calls).isEmpty();
    assertThat(session.out()).contains("NOT READ: ", "/data/x");
  }

  @Test
  void former_wraps_go_when_the_newest_one_is_under_the_active_master_key() {
    Held wrappedTwice = new Held("k1", 1, "ACTIVE", 1);
    wrappedTwice.wraps = 3;
    bean.key(wrappedTwice);
    assertThat(keys("gc")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("unwrap k1");
    assertThat(session.out()).contains("2 former wraps removed");
    bean.calls.clear();
    wrappedTwice.wraps = 3;
    bean.masters.get(0).state = "FORMER";
    bean.masters.add(new Master(2, "ACTIVE"));
    assertThat(keys("gc")).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).isEmpty();
  }
}
