package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.cluster.KeyNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class InventoryCommandTest {

  private final Path directory;
  private final TestSession session = new TestSession();
  private KeyNode a;
  private KeyNode b;

  InventoryCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws Exception {
    a =
        new KeyNode("id-a")
            .member("127.0.0.1:7000", "id-a", "rack1", true)
            .member("127.0.0.2:7000", "id-b", "rack2", true)
            .current("new")
            .use("old", "live", "cycling.riders", 3, 3072)
            .use("old", "snapshot", "cycling.riders", 2, 2048)
            .use("new", "live", "cycling.races", 1, 1024)
            .use("new", "commitlog", null, 4, 4096);
    b = new KeyNode("id-b").current("new").use("old", "live", "cycling.riders", 5, 5120);
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
  }

  private ExitCode inventory(String... more) {
    List<String> line =
        new java.util.ArrayList<>(List.of("inventory", "--hosts", a.address() + "," + b.address()));
    line.addAll(List.of(more));
    return session.run(line.toArray(String[]::new));
  }

  @Test
  void keys_are_summed_over_all_nodes() {
    assertThat(inventory()).as(session.err()).isEqualTo(ExitCode.OK);
    List<String> rows = session.out().lines().map(row -> row.replaceAll(" {2,}", "|")).toList();
    assertThat(rows)
        .containsExactly(
            "Group|Key ID|Check|State|Current on|Nodes|SSTables|Bytes|Snapshots|Backups"
                + "|Commit log|CDC|Hints|Others",
            "prod|new|0000aaaa|n/a|1|1|1|1.00 KiB|-|-|4 (4.00 KiB)|-|-|-",
            "prod|old|0000aaaa|n/a|-|2|8|8.00 KiB|2 (2.00 KiB)|-|-|-|-|-");
  }

  @Test
  void the_json_holds_every_use_and_where_every_node_stands() throws Exception {
    assertThat(inventory("--format", "json", "--key", "old")).isEqualTo(ExitCode.OK);
    JsonNode tree = new ObjectMapper().readTree(session.out());
    assertThat(tree.get("format").asText()).isEqualTo("cassandra-tde-inventory");
    assertThat(tree.get("version").asInt()).isEqualTo(1);
    assertThat(tree.get("complete").asBoolean()).isTrue();
    assertThat(tree.get("keys")).hasSize(1);
    assertThat(tree.at("/keys/0/places/live/files").asLong()).isEqualTo(8);
    assertThat(tree.at("/nodes/0/rack").asText()).isEqualTo("dc1/rack1");
    assertThat(tree.at("/nodes/1/rack").asText()).isEqualTo("dc1/rack2");
    assertThat(tree.at("/nodes/0/uses")).hasSize(2);
    assertThat(tree.at("/nodes/0/uses/1/snapshot").asText()).isEqualTo("before");
  }

  @Test
  void a_table_or_keyspace_is_told_by_node() {
    assertThat(inventory("--table", "cycling.riders")).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("cycling.riders", "snapshot before", a.address(), b.address())
        .doesNotContain("cycling.races", "commitlog");
    assertThat(inventory("--table", "cycling")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("cycling.races").doesNotContain("commitlog");
  }

  @Test
  void what_was_not_read_is_listed_and_incomplete() throws Exception {
    a.unread("/data/cycling/riders/da-1-bti-Data.db");
    b.refuse("the configuration was not applied");
    assertThat(inventory("--key", "old")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err().lines())
        .containsExactly(
            "NOT READ: "
                + a.address()
                + ": unreadable: /data/cycling/riders/da-1-bti-Data.db:"
                + " Permission denied",
            "NOT READ: " + b.address() + ": the configuration was not applied");
    assertThat(inventory("--format", "json")).isEqualTo(ExitCode.INCOMPLETE);
    JsonNode tree = new ObjectMapper().readTree(session.out());
    assertThat(tree.get("complete").asBoolean()).isFalse();
    assertThat(tree.at("/nodes/1/failure").asText()).contains("was not applied");
  }

  @Test
  void a_member_that_is_down_is_an_open_item_and_keeps_its_rack() throws Exception {
    a.member("127.0.0.3:7000", "id-c", "rack3", false);
    assertThat(session.run("inventory", "-h", a.address(), "--format", "json"))
        .isEqualTo(ExitCode.INCOMPLETE);
    JsonNode down = new ObjectMapper().readTree(session.out()).get("nodes").get(2);
    assertThat(down.get("host_id").asText()).isEqualTo("id-c");
    assertThat(down.get("rack").asText()).isEqualTo("dc1/rack3");
    assertThat(down.get("failure").asText()).isEqualTo("the node is down");
  }

  @Test
  void members_beside_the_named_hosts_are_told() {
    assertThat(session.run("inventory", "--hosts", a.address())).isEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("this is not the whole cluster; not asked: 127.0.0.2:7000");
  }

  @Test
  void the_report_is_written_too() throws Exception {
    Path file = directory.resolve("report.html");
    assertThat(inventory("--html", file.toString(), "--key", "old")).isEqualTo(ExitCode.OK);
    assertThat(Files.readString(file)).contains("<code>old</code>", "group prod", "8.00 KiB");
    assertThat(inventory("--html", file.toString(), "--key", "nowhere")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("needs --group too");
  }
}
