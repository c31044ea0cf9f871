package io.cassandratde.tools.rekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.hierarchy.HierarchyBean;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys that no key server has: the cluster's own, and those that operators give to the nodes. */
@Timeout(300)
class OtherSourcesTest {

  private final Path directory;
  private final HierarchyBean table = new HierarchyBean();
  private RekeyFixture run;

  OtherSourcesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws Exception {
    run = new RekeyFixture(directory);
  }

  @AfterEach
  void stop() throws Exception {
    run.close();
  }

  private void of(String provider) {
    run.groupName = provider + ":prod";
    for (FakeNode node : new FakeNode[] {run.a, run.b}) {
      node.provider = provider;
      node.sealsWith = run.old;
    }
    run.current = run.old;
  }

  private void replicated() throws Exception {
    of("replicated");
    table.first(run.old);
    table.on(run.b.jmx()); // the other one cannot tell
    table.onRotate = id -> run.current = id;
    AuditLog audit = AuditLog.of(null, new TestSession().session());
    run.source = (cluster, state) -> new TableKeys(cluster, audit);
  }

  @Test
  void a_data_key_is_followed_by_its_next_version_and_deprecated_when_nothing_needs_it()
      throws Exception {
    replicated();
    Proof proof = run.run();
    assertThat(proof.isProven()).as(run.out()).isTrue();
    assertThat(proof.newKeyId()).isEqualTo("k2");
    assertThat(table.calls)
        .containsExactly(
            "rotate prod 1", "mark " + run.old + " REKEYING", "mark " + run.old + " DEPRECATED");
    assertThat(run.a.calls).contains("rewrite throughput=64");
    assertThat(run.out()).contains("[1/6] PREPARE", "ACTIVE, AES:256", "k2 follows " + run.old);
  }

  @Test
  void a_data_key_that_something_needs_still_stays_marked_and_is_gone_on_with() throws Exception {
    replicated();
    run.snapshot = "before";
    assertThat(run.run().isProven()).isFalse();
    assertThat(table.state(run.old)).isEqualTo("REKEYING");
    run.snapshot = null;
    run.clearSnapshots = true;
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(table.state(run.old)).isEqualTo("DEPRECATED");
    assertThat(table.calls.stream().filter(call -> call.startsWith("rotate"))).hasSize(1);
  }

  @Test
  void a_full_rotation_ends_with_a_proof_for_each_earlier_key_and_goes_on_where_it_was()
      throws Exception {
    replicated();
    TestSession session = new TestSession();
    String[] full = {
      "keys",
      "rotate",
      "--full",
      "--wait",
      "0",
      "--directory",
      directory.toString(),
      "--hosts",
      run.a.address() + "," + run.b.address()
    };
    run.a.holds("snapshot", "ks", "before", run.old);
    assertThat(session.run(full)).as(session.out()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("of 1 earlier keys, 1 are not proved unused: " + run.old);
    assertThat(table.state(run.old)).isEqualTo("REKEYING");
    run.a.uses.removeIf(use -> use.place().equals("snapshot"));
    assertThat(session.run(full)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("no new key is made beside k2", "Key " + run.old + ": PROVED UNUSED");
    assertThat(table.calls.stream().filter(call -> call.startsWith("rotate"))).hasSize(1);
    assertThat(table.state(run.old)).isEqualTo("DEPRECATED");
  }

  @Test
  void a_key_of_a_token_is_replaced_once_every_node_has_left_it() throws Exception {
    of("pkcs11");
    run.source =
        (cluster, state) -> new GivenKeys(cluster, run.groupName, "swap the labels", state);
    assertThatThrownBy(run::run)
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("swap the labels")
        .hasMessageContaining("nothing was changed");
    run.a.sealsWith = "b";
    assertThatThrownBy(run::run).hasMessageContaining("swap the labels");
    run.b.sealsWith = "b";
    run.current = "b";
    Proof proof = run.run();
    assertThat(proof.isProven()).as(run.out()).isTrue();
    assertThat(proof.newKeyId()).isEqualTo("b");
    assertThat(run.out()).contains("seal with key b ");
  }

  /** Other tables' key files tell nothing of it, even while nobody seals by its own. */
  @Test
  void a_key_of_a_key_file_is_followed_by_the_next_one_of_that_file() throws Exception {
    of("local");
    run.groupName = "local";
    for (FakeNode node : new FakeNode[] {run.a, run.b}) {
      node.keyFile = "pay";
      node.otherKeyFiles.put("staff", "s");
    }
    run.source = (cluster, state) -> new GivenKeys(cluster, run.groupName, "add a line", state);
    assertThatThrownBy(run::run).hasMessageContaining("add a line");
    run.current = null;
    assertThatThrownBy(run::run).hasMessageContaining("add a line");
    run.current = "b";
    Proof proof = run.run();
    assertThat(proof.isProven()).as(run.out()).isTrue();
    assertThat(proof.newKeyId()).isEqualTo("b");
  }
}
