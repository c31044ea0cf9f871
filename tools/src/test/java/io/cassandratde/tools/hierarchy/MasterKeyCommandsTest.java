package io.cassandratde.tools.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.hierarchy.HierarchyBean.Master;
import io.cassandratde.tools.jmx.JmxNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code masterkey propose}, {@code fetch}, {@code status}, {@code activate}, {@code abort}. */
@Timeout(300)
class MasterKeyCommandsTest {

  private final TestSession session = new TestSession();
  private final HierarchyBean bean = new HierarchyBean();
  private final Master proposed = new Master(2, "PROPOSED");
  private JmxNode node;

  MasterKeyCommandsTest() throws Exception {
    node = new JmxNode("id-a");
  }

  @BeforeEach
  void start() throws Exception {
    bean.on(node);
    node.member("127.0.0.1:7000", "id-a", true).member("127.0.0.9:7000", "id-b", false);
    Master active = new Master(1, "ACTIVE");
    active.reports.put("id-a", HierarchyBean.check(1));
    active.reports.put("id-b", HierarchyBean.check(1));
    bean.masters.add(active);
    bean.masters.add(proposed);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private ExitCode master(String... words) {
    List<String> all = new ArrayList<>(List.of("masterkey"));
    all.addAll(List.of(words));
    all.addAll(List.of("--hosts", node.address()));
    return session.run(all.toArray(String[]::new));
  }

  @Test
  void a_proposal_that_all_nodes_have_can_be_activated() {
    proposed.reports.put("id-a", HierarchyBean.check(2));
    proposed.reports.put("id-b", HierarchyBean.check(2));
    assertThat(master("propose", "prod")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("Version 2 of master key prod is proposed", "masterkey activate prod 2")
        .contains("127.0.0.1:7000 (id-a): same");
    assertThat(bean.calls).containsExactly("propose prod");
  }

  @Test
  void silence_and_difference_are_named_by_node() {
    proposed.reports.put("id-a", "deadbeef");
    proposed.awaited.add("id-b");
    assertThat(master("propose", "prod", "--wait", "0")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("127.0.0.1:7000 (id-a): has another key, check value deadbeef")
        .contains("127.0.0.9:7000 (id-b): is down and has not said")
        .contains("masterkey abort prod 2");
    proposed.reports.put("id-a", "key file /etc/prod is not there");
    assertThat(master("status", "prod")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT AGREED: prod version 2: ", "is not there");
  }

  @Test
  void what_a_node_said_that_has_left_the_cluster_counts_no_more() {
    proposed.reports.put("id-a", HierarchyBean.check(2));
    proposed.reports.put("id-b", HierarchyBean.check(2));
    proposed.reports.put("id-gone", "key file /etc/prod is not there");
    assertThat(master("propose", "prod", "--wait", "0")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(master("status")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).doesNotContain("id-gone");
  }

  @Test
  void a_node_without_the_key_that_wraps_is_named_too() {
    bean.masters.remove(proposed);
    bean.masters.get(0).reports.put("id-b", "key file /etc/prod is not there");
    assertThat(master("status")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT AGREED: prod version 1: 127.0.0.9:7000 (id-b)");
    assertThat(master("status", "other")).as("of another name").isEqualTo(ExitCode.OK);
  }

  @Test
  void status_tells_versions_and_reports() throws Exception {
    bean.masters.remove(proposed);
    assertThat(master("status")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .anyMatch(line -> line.startsWith("prod|1|ACTIVE|m1|00000001|key file /etc/prod|"))
        .contains("127.0.0.9:7000 (id-b): same");
    assertThat(master("status", "--format", "json")).isEqualTo(ExitCode.OK);
    JsonNode first = new ObjectMapper().readTree(session.out()).at("/master_keys/0");
    assertThat(first.at("/reports/id-b").asText()).isEqualTo("00000001");
    bean.masters.clear();
    assertThat(master("status")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("agreed on no master key yet");
  }

  @Test
  void activation_is_the_nodes_to_refuse() {
    proposed.awaited.add("id-b");
    assertThat(master("activate", "prod", "2", "--without", "id-b")).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("activate prod 2 [id-b]");
    assertThat(session.out()).contains("is active", "keys rewrap --master prod");
    bean.refusal = "node id-b has not said";
    assertThat(master("activate", "prod", "2")).isEqualTo(ExitCode.REFUSED);
    assertThat(session.err()).contains("node id-b has not said");
    assertThat(master("activate", "prod", "7")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(master("activate", "prod", "new")).isEqualTo(ExitCode.USAGE);
    assertThat(master("activate", "prod", "0")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void abort_and_fetch_are_passed_on() {
    assertThat(master("abort", "prod", "2")).isEqualTo(ExitCode.OK);
    assertThat(master("fetch", "prod")).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("abort prod 2", "fetch prod");
    bean.refusal = "the token does not answer";
    assertThat(master("fetch", "prod")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT FETCHED: ", "the token does not answer");
    bean.refusal = null;
    assertThat(
            session.run("masterkey", "fetch", "prod", "--hosts", node.address() + ",127.0.0.1:1"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT FETCHED: 127.0.0.1:1");
  }
}
