package io.cassandratde.tools.shred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.approval.Approvers;
import io.cassandratde.tools.destroy.KeyBeans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code shred} where two people must agree, against a real key server. */
@Timeout(300)
class ApprovedShredTest {

  private static final String TABLE = "5bc52802-de25-35ed-aeab-188eecebb090";

  private final Path directory;
  private final Path request;
  private final Approvers approvers = Approvers.get();
  private final ShredBed bed;

  ApprovedShredTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    request = directory.resolve("request.json");
    bed = new ShredBed(directory);
    bed.node.beans.tableIds.add(TABLE);
  }

  @BeforeEach
  void twoMustAgree() throws Exception {
    approvers.require(bed.kmip, directory.resolve("audit.log"));
  }

  @AfterEach
  void stop() throws Exception {
    bed.close();
  }

  private void asked(Path file) throws Exception {
    bed.approvals = List.of();
    bed.requestFile = file;
    bed.run();
    bed.requestFile = null;
    bed.approvals = List.of(file);
  }

  private void refused(String... words) {
    assertThatThrownBy(bed::run)
        .hasMessageContaining("not approved, and nothing was destroyed")
        .isInstanceOfSatisfying(
            CommandFailure.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_APPROVED);
              assertThat(e).hasMessageContainingAll(words);
            });
  }

  private String audit() throws IOException {
    return Files.readString(directory.resolve("audit.log"));
  }

  @Test
  void a_keyspace_is_shredded_when_two_people_have_signed_the_request() throws Exception {
    asked(request);
    assertThat(bed.node.calls).isEmpty();
    assertThat(bed.state()).contains("Active");
    assertThat(Files.readString(request)).contains("\"shred\"", "\"ks\"", bed.key, TABLE);
    refused("0 of 2 approvals are there");
    approvers.approve(bed.session, request, "alice");
    assertThat(bed.session.out()).contains("SHRED A KEYSPACE", "keyspace:     ks", bed.key);
    refused("1 of 2 approvals are there (alice), 1 missing");
    assertThat(bed.node.calls).isEmpty();
    approvers.approve(bed.session, request, "bob");

    bed.run();
    assertThat(bed.state()).doesNotContain("Active", "Deactivated");
    assertThat(Files.readString(bed.report())).contains("\"approved_by\"", "alice (SHA256:");
    assertThat(audit().lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"operation\":\"request-approval\"", "\"keyspace\":\"ks\""))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"operation\":\"shred\"", "\"approved_by\":\"alice (SHA256:"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"operation\":\"destroy\"", "\"approved_by\":\"alice (SHA256:"));
    bed.run();
    assertThat(bed.output()).as("a run that goes on").contains("is destroyed since");
  }

  @Test
  void without_approval_nothing_is_dropped() {
    refused("2 of the approvers alice, bob must agree", "--request-approval");
    assertThat(bed.node.calls).isEmpty();
    assertThat(bed.state()).contains("Active");
  }

  @Test
  void an_approval_is_not_good_for_a_keyspace_that_was_made_again() throws Exception {
    asked(request);
    approvers.approve(bed.session, request, "alice", "bob");
    bed.node.beans.tableIds.set(0, "e2f5d6c0-8a3f-11ef-9b0c-0242ac120002");
    refused("table ids: approved is [" + TABLE + "]", "and this is [e2f5d6c0");
    assertThat(bed.node.calls).isEmpty();
  }

  @Test
  void a_key_that_came_after_the_approval_needs_one_of_its_own() throws Exception {
    asked(request);
    approvers.approve(bed.session, request, "alice", "bob");
    String late = bed.kmip.newKey();
    KeyBeans.Use lateFiles = bed.use(late, "snapshot");
    bed.clearSnapshots = true;
    bed.drop =
        name -> {
          bed.node.drop();
          bed.node.beans.tableIds.clear();
          bed.node.beans.uses.add(lateFiles);
        };
    refused("keys: approved is [key " + bed.key, "The keyspace is dropped", "--request-approval");
    assertThat(bed.state()).contains("Active");
    refused("keys: approved is [key " + bed.key);

    Path again = directory.resolve("again.json");
    asked(again);
    assertThat(Files.readString(again)).contains(bed.key, late, TABLE);
    approvers.approve(bed.session, again, "alice", "bob");
    bed.onLine =
        line -> {
          if (line.contains("DRAIN")) {
            bed.node.beans.uses.clear();
          }
        };
    bed.run();
    assertThat(bed.state()).doesNotContain("Active", "Deactivated");
    assertThat(bed.node.calls.stream().filter("drop"::equals)).hasSize(1);
  }

  @Test
  void the_command_asks_first_and_says_how_to_go_on() {
    String[] words = {
      "shred",
      "--keyspace",
      "ks",
      "--contact",
      bed.node.jmx.address(),
      "--state",
      directory.resolve("c.json").toString(),
      "--request-approval",
      request.toString()
    };
    assertThat(bed.session.run(words)).as(bed.session.err()).isEqualTo(ExitCode.OK);
    assertThat(bed.session.out())
        .contains("Nothing is destroyed", "--approval " + request)
        .doesNotContain("SHREDDED");
    assertThat(bed.node.calls).isEmpty();
    String[] both = java.util.Arrays.copyOf(words, words.length + 1);
    both[words.length] = "--dry-run";
    assertThat(bed.session.run(both)).isEqualTo(ExitCode.USAGE);
  }
}
