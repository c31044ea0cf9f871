package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.sstable.cassandra.configuration.ConfigurationMXBean;
import io.cassandratde.tools.ClosedPort;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.cluster.BeanOf;
import io.cassandratde.tools.jmx.JmxNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ReloadCommandTest {

  private final TestSession session = new TestSession();
  private JmxNode node;
  private volatile @Nullable String refusal;

  ReloadCommandTest() throws Exception {
    node = new JmxNode("id-a");
  }

  @BeforeEach
  void start() throws Exception {
    node.bean(
        ConfigurationMXBean.NAME,
        new BeanOf(ConfigurationMXBean.class)
            .answer(
                "reload",
                none -> {
                  String why = refusal;
                  if (why != null) {
                    throw new IllegalStateException(why);
                  }
                  return Map.of(
                      "changed",
                      List.of("pkcs11.hsm.primary_key"),
                      "needRestart",
                      List.of("encrypt"),
                      "warnings",
                      List.of("chmod 600 it"));
                }));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void what_changed_is_told_by_node() throws Exception {
    assertThat(session.run("reload", "--hosts", node.address())).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains(node.address() + ": in force now: pkcs11.hsm.primary_key")
        .contains("waits for a restart: encrypt", "WARNING: chmod 600 it");
    assertThat(session.run("reload", "--hosts", node.address(), "--format", "json"))
        .isEqualTo(ExitCode.OK);
    JsonNode first = new ObjectMapper().readTree(session.out()).at("/nodes/0");
    assertThat(first.at("/changed/0").asText()).isEqualTo("pkcs11.hsm.primary_key");
  }

  @Test
  void a_node_that_refuses_or_is_away_is_as_it_was() throws Exception {
    refusal = "tde.yaml, line 3: no such label";
    try (ClosedPort closed = new ClosedPort()) {
      String both = node.address() + "," + closed.address();
      assertThat(session.run("reload", "--hosts", both)).isEqualTo(ExitCode.INCOMPLETE);
      assertThat(session.err())
          .contains("NOT RELOADED: " + node.address() + ": ", "line 3: no such label")
          .contains("NOT RELOADED: " + closed.address(), "2 nodes are as they were");
    }
  }
}
