package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.ClosedPort;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.jmx.JmxNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code snapshot} and {@code keys redact}. */
@Timeout(300)
class SnapshotCommandTest {

  private final TestSession session = new TestSession();
  private JmxNode node;

  SnapshotCommandTest() throws Exception {
    node = new JmxNode("id-a");
  }

  @BeforeEach
  void start() throws Exception {
    node.member("127.0.0.1:7000", "id-a", true);
    node.table("ks", "t", 1, 10).table("encryption_control", "data_keys", 1, 10);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private ExitCode run(String... words) {
    String[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--hosts";
    all[words.length + 1] = node.address();
    return session.run(all);
  }

  @Test
  void a_redacted_one_is_without_the_keyspace_of_keys() {
    assertThat(run("snapshot", "--redact", "monthly")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("snapshot monthly of 1 keyspaces, without rows of data keys");
    assertThat(run("snapshot", "all")).isEqualTo(ExitCode.OK);
    assertThat(run("snapshot", "some", "ks")).isEqualTo(ExitCode.OK);
    assertThat(node.calls)
        .containsExactly(
            "snapshot monthly ks", "snapshot all encryption_control,ks", "snapshot some ks");
    assertThat(run("snapshot", "--redact", "x", "encryption_control")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void one_that_was_taken_is_redacted_on_every_node_or_said_not_to_be() throws Exception {
    assertThat(run("keys", "redact", "nightly")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(node.calls).containsExactly("clear nightly encryption_control");
    try (ClosedPort closed = new ClosedPort()) {
      String both = node.address() + "," + closed.address();
      assertThat(session.run("keys", "redact", "nightly", "--hosts", both))
          .isEqualTo(ExitCode.INCOMPLETE);
      assertThat(session.err()).contains("NOT REDACTED: " + closed.address());
      assertThat(session.run("snapshot", "nightly", "--hosts", both))
          .isEqualTo(ExitCode.INCOMPLETE);
      assertThat(session.err()).contains("NOT TAKEN: " + closed.address());
    }
  }
}
