package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.tools.ClosedPort;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.cluster.KeyNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class StatusCommandTest {

  private final TestSession session = new TestSession();
  private KeyNode a;
  private KeyNode b;

  @BeforeEach
  void start() throws Exception {
    a = new KeyNode("id-a").current("one").fence("old").operation("old", "RUNNING", 2, 10);
    b = new KeyNode("id-b");
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
  }

  private String both() {
    return a.address() + "," + b.address();
  }

  @Test
  void what_goes_on_is_told_by_node() {
    b.current("one");
    assertThat(session.run("status", "--hosts", both())).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .contains(
            "prod AES:256|one|" + a.address() + " " + b.address(),
            a.address() + "|rewrite|old|RUNNING|2 of 10|2.00 KiB of 10.00 KiB|0",
            a.address() + "|old|2026-11-27T01:02:03Z|2",
            "SSTables being rewritten: none")
        .noneMatch(line -> line.contains("DISAGREE"));
  }

  @Test
  void nodes_that_seal_under_different_keys_are_told_apart() throws Exception {
    b.current("two");
    assertThat(session.run("status", "--hosts", both())).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("NODES DISAGREE");
    session.run("status", "--hosts", both(), "--format", "json");
    JsonNode tree = new ObjectMapper().readTree(session.out());
    assertThat(tree.get("agreed").asBoolean()).isFalse();
    assertThat(tree.at("/current_keys/prod AES:256/two/0").asText()).isEqualTo(b.address());
    assertThat(tree.at("/nodes/0/operations/0/sstables_done").asLong()).isEqualTo(2);
    assertThat(tree.at("/nodes/0/fences/0/key").asText()).isEqualTo("old");
  }

  @Test
  void a_node_that_cannot_be_asked_is_told() throws Exception {
    try (ClosedPort closed = new ClosedPort()) {
      String gone = closed.address();
      assertThat(session.run("status", "--hosts", a.address() + "," + gone))
          .isEqualTo(ExitCode.INCOMPLETE);
      assertThat(session.err()).contains("NOT ASKED: ", gone);
    }
  }

  @Test
  void watching_needs_a_terminal() {
    assertThat(session.run("status", "--hosts", a.address(), "--watch")).isEqualTo(ExitCode.USAGE);
  }
}
