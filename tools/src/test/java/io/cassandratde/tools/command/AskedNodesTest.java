package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AskedNodesTest {

  private final Path directory;

  AskedNodesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void one_node_alone_is_refused_where_every_one_is_needed() throws Exception {
    Path state = directory.resolve("state.json");
    try (KmipFixture kmip = new KmipFixture(directory.resolve("kmip"))) {
      TestSession session = kmip.session();
      String key = kmip.newKey();
      assertThat(session.run("managekmip", "revoke", "prod", key)).isEqualTo(ExitCode.OK);
      kmip.anHourPasses();
      for (List<String> command :
          List.of(
              List.of("rekey", "--group", "prod", "--key", key, "--state", state.toString()),
              List.of("rewrap", "--group", "prod", "--key", key, "--state", state.toString()),
              List.of("managekmip", "destroy", "prod", key, "--attest", "all", "--yes"))) {
        List<String> line = new ArrayList<>(command);
        line.add("--local");
        assertThat(session.run(line.toArray(String[]::new)))
            .as(command + session.err())
            .isEqualTo(ExitCode.USAGE);
        assertThat(session.err()).contains("every node of the cluster is needed");
      }
    }
    assertThat(Files.exists(state)).as("a run was begun").isFalse();
  }
}
