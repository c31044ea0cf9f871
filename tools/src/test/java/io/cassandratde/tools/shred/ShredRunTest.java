package io.cassandratde.tools.shred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.destroy.KeyBeans;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code shred} against a real key server and a node that says what a test wants. */
@Timeout(300)
class ShredRunTest {

  private final Path directory;
  private final ShredBed bed;
  private final TenantNode node;
  private final TestSession session;
  private final String key;

  ShredRunTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    bed = new ShredBed(directory);
    node = bed.node;
    session = bed.session;
    key = bed.key;
  }

  @AfterEach
  void stop() throws Exception {
    bed.close();
  }

  /** As kill -9 ends a run; no code of the run takes it for a failure. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private void run() throws Exception {
    bed.run();
  }

  private Path report() {
    return bed.report();
  }

  private String state() {
    return bed.state();
  }

  private void incomplete(String... words) {
    refused(ExitCode.INCOMPLETE, words);
  }

  private void refused(ExitCode exit, String... words) {
    assertThatThrownBy(this::run)
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(exit));
    assertThat(bed.output()).contains(words);
    assertThat(Files.exists(report())).isFalse();
  }

  @Test
  void a_keyspace_is_dropped_and_its_key_destroyed_with_evidence() throws Exception {
    run();
    assertThat(state()).doesNotContain("Active", "Deactivated");
    assertThat(node.calls).startsWith("drop").contains("replay batches");
    assertThat(node.jmx.calls).contains("flush ks", "compact system.batches");
    JsonNode report = new ObjectMapper().readTree(report().toFile());
    assertThat(report.path("keys").get(0).path("key").asText()).isEqualTo(key);
    assertThat(report.path("keys").get(0).path("destroyed").asText()).isNotEmpty();
    assertThat(report.path("nodes").get(0).path("complete").asBoolean()).isTrue();
    assertThat(report.path("nodes").get(0).path("left")).isEmpty();
    assertThat(report.path("not_erased").toString()).contains("backups of the key servers");
    assertThat(report.path("attested").asText()).isEqualTo("backups");
    run();
    assertThat(bed.output()).contains("is destroyed since");
    assertThat(node.calls.stream().filter("drop"::equals)).hasSize(1);
  }

  /** As somebody registers it who cannot fetch the key, by a former name of its group. */
  @Test
  void a_backup_that_is_held_by_the_keys_id_alone_keeps_the_keyspace() {
    node.beans.holds.add(new KeyBeans.Hold("b", "former", key, "", "2999-12-31T00:00:00Z", ""));
    assertThatThrownBy(this::run)
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.STILL_NEEDED));
    assertThat(bed.output()).contains("backup b is held until");
    assertThat(node.calls).doesNotContain("drop");
  }

  /** At each line that a run prints, one after the other. */
  @Test
  void a_run_that_is_killed_anywhere_is_resumed_to_its_end() throws Exception {
    AtomicInteger lines = new AtomicInteger();
    int kills = 0;
    boolean done = false;
    while (!done) {
      int at = kills + 2;
      lines.set(0);
      bed.onLine =
          line -> {
            if (lines.incrementAndGet() == at) {
              throw new Killed();
            }
          };
      try {
        run();
        done = true;
      } catch (Killed | IllegalStateException e) {
        assertThat(e instanceof Killed ? e : e.getCause()).isInstanceOf(Killed.class);
        kills++;
      }
    }
    assertThat(kills).isGreaterThan(8);
    assertThat(state()).doesNotContain("Active", "Deactivated");
    assertThat(node.calls.stream().filter("drop"::equals)).hasSize(1);
  }

  @Test
  void the_snapshot_of_the_drop_keeps_the_key_until_it_may_be_cleared() throws Exception {
    node.snapshot = true;
    incomplete("snapshot dropped-1-t of [t]: --clear-snapshots");
    assertThat(state()).contains("Deactivated");
    bed.clearSnapshots = true;
    run();
    assertThat(node.jmx.calls).contains("clear dropped-1-t ks");
    assertThat(Files.readString(report())).contains("snapshot dropped-1-t of [t] cleared");
    assertThat(state()).doesNotContain("Deactivated");
  }

  @Test
  void segments_hints_change_data_and_files_of_before_the_drop_are_waited_for() throws Exception {
    node.segments.add("CommitLog-8-1.log");
    node.beans.changes.add("CommitLog-8-0.log");
    bed.drop =
        name -> {
          node.drop();
          node.segments.add("CommitLog-8-2.log"); // of after the drop
        };
    incomplete("CommitLog-8-1.log", "cdc_raw");
    node.segments.remove("CommitLog-8-1.log");
    incomplete("CommitLog-8-0.log");
    node.beans.changes.clear();
    node.beans.leftovers.add(new KeyBeans.Directory());
    incomplete("/data/ks/t-1 holds 3 files");
    node.beans.leftovers.clear();
    node.hints.add(hints(bed.now.minus(Duration.ofDays(1))));
    incomplete("hints of before the drop for node two");
    assertThat(state()).contains("Deactivated");
    node.hints.set(0, hints(bed.now.plus(Duration.ofDays(1))));
    run();
    assertThat(node.calls).doesNotContain("delete hints");
    assertThat(node.segments).contains("CommitLog-8-2.log");
    assertThat(state()).doesNotContain("Deactivated");
  }

  private static Map<String, String> hints(Instant oldest) {
    return Map.of(
        "host_id", "two", "total_files", "4", "oldest_timestamp", "" + oldest.toEpochMilli());
  }

  @Test
  void hints_and_traces_go_by_consent() throws Exception {
    node.hints.add(hints(bed.now.minus(Duration.ofDays(1))));
    node.traces = 1;
    bed.deleteHints = true;
    bed.truncateTraces = true;
    run();
    assertThat(node.calls).contains("delete hints");
    assertThat(node.jmx.calls)
        .contains("truncate system_traces.sessions", "truncate system_traces.events");
    assertThat(Files.readString(report())).doesNotContain("--truncate-traces");
  }

  @Test
  void traces_that_stay_are_in_the_report() throws Exception {
    node.traces = 1;
    run();
    assertThat(node.jmx.calls).noneMatch(call -> call.startsWith("truncate"));
    assertThat(Files.readString(report())).contains("traces of sessions (system_traces)");
  }

  @Test
  void no_key_is_touched_while_a_node_knows_the_keyspace() throws Exception {
    bed.dropped = true;
    bed.drop =
        name -> {
          throw new AssertionError("somebody else drops it");
        };
    incomplete("127.0.0.1");
    assertThat(state()).contains("Active");
    node.drop();
    run();
    assertThat(state()).doesNotContain("Active", "Deactivated");
  }

  @Test
  void no_key_is_destroyed_while_a_node_seals_with_it() throws Exception {
    node.sealsWith = key;
    incomplete("127.0.0.1"); // in the failure, which names the node
    assertThat(state()).contains("Deactivated");
    node.sealsWith = null;
    run();
    assertThat(state()).doesNotContain("Deactivated");
  }

  @Test
  void a_key_that_rows_of_the_last_moment_made_goes_too() throws Exception {
    String late = bed.kmip.newKey();
    bed.drop =
        name -> {
          node.drop();
          node.beans.uses.add(new KeyBeans.Use(late, "snapshot"));
        };
    bed.clearSnapshots = true;
    bed.onLine =
        line -> {
          if (line.contains("DRAIN")) {
            node.beans.uses.clear();
          }
        };
    run();
    session.run("managekmip", "list", "prod");
    assertThat(session.out()).doesNotContain(" Active ", " Deactivated ");
    assertThat(Files.readString(report())).contains(key, late);
  }

  @Test
  void what_came_under_the_key_since_the_drop_stops_its_destruction() throws Exception {
    bed.drop =
        name -> {
          node.drop();
          node.beans.uses.add(new KeyBeans.Use(key, "elsewhere"));
        };
    incomplete("delete it by hand");
    node.beans.uses.clear();
    run();
    assertThat(state()).doesNotContain("Deactivated");
  }

  @Test
  void a_registered_backup_keeps_the_keyspace_as_it_is() throws Exception {
    node.beans.holds.add(new KeyBeans.Hold("nightly", key, "2999-12-31T00:00:00Z"));
    refused(ExitCode.STILL_NEEDED, "backup nightly is held until 2999-12-31T00:00:00Z");
    assertThat(node.calls).doesNotContain("drop");
    node.beans.holds.clear();
    node.beans.holds.add(new KeyBeans.Hold("nightly", key, "2020-12-31T00:00:00Z"));
    run();
    assertThat(state()).doesNotContain("Active", "Deactivated");
  }

  @Test
  void a_node_that_does_not_tell_what_is_left_is_not_taken_for_empty() throws Exception {
    bed.onLine =
        line -> {
          if (line.contains("DRAIN")) {
            node.beans.readRefusal = "the disk does not answer";
          }
        };
    incomplete("LEFT of the keyspace", "the disk does not answer");
    assertThat(state()).contains("Deactivated");
    bed.onLine = line -> {};
    node.beans.readRefusal = null;
    run();
    assertThat(state()).doesNotContain("Deactivated");
  }

  private ExitCode command(String... more) {
    List<String> line =
        new java.util.ArrayList<>(
            List.of(
                "shred",
                "--keyspace",
                "ks",
                "--contact",
                node.jmx.address(),
                "--state",
                directory.resolve("s.json").toString()));
    line.addAll(List.of(more));
    return session.run(line.toArray(String[]::new));
  }

  @Test
  void nothing_is_dropped_before_the_keyspace_was_typed_and_all_is_attested() {
    assertThat(command()).as(session.err()).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(session.err()).contains("--attest");
    assertThat(command("--attest", "all")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(session.err()).contains("--yes --confirm ks");
    assertThat(command("--attest", "all", "--yes")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(command("--attest", "all", "--confirm", "ks")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(command("--attest", "all", "--yes", "--confirm", "other"))
        .isEqualTo(ExitCode.NOT_CONFIRMED);
    session.answering("other");
    assertThat(command("--attest", "all")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(node.calls).isEmpty();
    assertThat(state()).contains("Active");
  }

  @Test
  void without_cql_nothing_is_touched() {
    assertThat(
            command(
                "--attest",
                "all",
                "--yes",
                "--confirm",
                "ks",
                "--cql-contact",
                "127.0.0.1:1",
                "--wait",
                "0"))
        .as(session.err())
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(session.err()).contains("no key was touched", "--cql-contact", "--dropped");
    assertThat(state()).contains("Active");
  }

  @Test
  void a_cql_password_comes_from_a_file_or_the_environment_and_never_from_the_command_line() {
    String[] line = {"--attest", "all", "--yes", "--confirm", "ks", "--cql-user", "admin"};
    assertThat(command(line)).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("--cql-password-file", "TDE_CQL_PASSWORD");
    assertThat(command("--cql-password", "secret")).isEqualTo(ExitCode.USAGE);
  }
}
