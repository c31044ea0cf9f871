package io.cassandratde.tools.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.Version;
import io.cassandratde.tools.jmx.JmxNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts as processes. */
class LaunchTest {
  private final Path directory;

  LaunchTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void prints_its_version_under_both_names() throws Exception {
    try (Run one = Run.of(Run.tool(), "--version");
        Run other = Run.of(Run.dsetool(), "--version")) {
      assertThat(one.out()).isEqualTo("cassandra-tde " + Version.current() + "\n");
      assertThat(other.out()).isEqualTo("dsetool " + Version.current() + "\n");
      assertThat(one.err() + other.err()).isEmpty();
    }
  }

  @Test
  void works_from_any_directory_and_through_links_to_links() throws Exception {
    Path first = Files.createDirectories(directory.resolve("a b")).resolve("tde");
    Files.createSymbolicLink(first, Path.of(Run.dsetool()));
    Path second = directory.resolve("again");
    Files.createSymbolicLink(second, Path.of("a b/tde"));
    try (Run run = Run.start(directory, Map.of(), List.of("./again", "--version"))) {
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).startsWith("dsetool ");
    }
  }

  @Test
  void uses_java_home_and_says_what_is_wrong_with_it() throws Exception {
    Map<String, String> wrong = Map.of("JAVA_HOME", directory.toString());
    try (Run run = Run.start(directory, wrong, List.of(Run.tool(), "--version"))) {
      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.err()).contains(directory.toString()).contains("no bin/java");
    }
    Map<String, String> right = Map.of("JAVA_HOME", System.getProperty("java.home"));
    try (Run run = Run.start(directory, right, List.of(Run.tool(), "--version"))) {
      assertThat(run.exit()).isZero();
    }
  }

  @Test
  void an_older_java_is_named_before_it_fails() throws Exception {
    Path home = directory.resolve("jdk11");
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nexit 99\n");
    assertThat(home.resolve("bin/java").toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    try (Run run =
        Run.start(
            directory, Map.of("JAVA_HOME", home.toString()), List.of(Run.tool(), "--version"))) {
      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.err()).contains("is Java 11; set JAVA_HOME to a Java 17");
    }
  }

  @Test
  void exit_codes_reach_the_shell_and_errors_are_one_line_without_a_trace() throws Exception {
    try (Run usage = Run.of(Run.tool(), "nonsense");
        Run config = Run.of(Run.tool(), "encryptconfigvalue", "--config", "/no/such.yaml")) {
      assertThat(usage.exit()).isEqualTo(2);
      assertThat(usage.err()).contains("nonsense").doesNotContain("\tat ");
      assertThat(config.exit()).isEqualTo(3);
      assertThat(config.err().lines()).hasSize(1).first().asString().contains("/no/such.yaml");
    }
  }

  @Test
  void scan_tells_the_shell_whether_something_is_readable() throws Exception {
    Files.writeString(directory.resolve("da-1-bti-Data.db"), "rows");
    Files.writeString(directory.resolve("da-1-bti-TOC.txt"), "Data.db\n");
    Path table =
        Files.createDirectories(directory.resolve("shop/orders-5a1c395e015411f0b1c9e9d2f6f0a1b2"));
    Files.writeString(table.resolve("da-1-bti-Data.db"), "rows");
    Files.writeString(table.resolve("da-1-bti-TOC.txt"), "Data.db\n");
    try (Run open = Run.of(Run.tool(), "scan", "--path", directory.toString());
        Run broken =
            Run.of(
                Run.tool(), "scan", "--path", directory.toString(), "--protected", "shop.orders")) {
      assertThat(open.exit()).as(open.err()).isZero();
      assertThat(open.out()).contains("PLAINTEXT").contains("da-1-bti-Data.db");
      assertThat(broken.exit()).isEqualTo(11);
      assertThat(broken.err()).contains("READABLE: 1 files of shop.orders").doesNotContain("\tat ");
    }
  }

  @Test
  void completion_loads_in_bash_and_completes_commands_options_and_values() throws Exception {
    assertThat(completed("dsetool", "mana")).containsExactly("managekmip");
    assertThat(completed("dsetool", "managekmip", "exp")).containsExactly("expirekey");
    assertThat(completed("cassandra-tde", "sstablekeys", "--headers-o"))
        .containsExactly("--headers-only");
    assertThat(completed("cassandra-tde", "scan", "--accept")).containsExactly("--accept-codec");
    assertThat(completed("cassandra-tde", "managekmip", "revoke", "--for"))
        .containsExactly("--force");
    assertThat(completed("dsetool", "sstablekeys", "--format", ""))
        .containsExactly("json", "table");
    assertThat(completed("dsetool", "managekmip", "list", "prod", "--format", "j"))
        .containsExactly("json");
    assertThat(completed("dsetool", "sstablekeys", "--format", "=", "t")).containsExactly("table");
    assertThat(completed("dsetool", "sstablekeys", "--format", "="))
        .containsExactly("json", "table");
  }

  @Test
  void completion_knows_the_commands_that_help_explains() throws Exception {
    String[] keyCommands = {"destroy", "expirekey", "help", "list", "revoke"};
    assertThat(completed("dsetool", "help", ""))
        .contains("managekmip", "sstablekeys", "upgradesstables")
        .doesNotContain("revoke");
    assertThat(completed("dsetool", "help", "up")).containsExactly("upgradesstables");
    assertThat(completed("dsetool", "help", "managekmip", "")).containsExactly(keyCommands);
    assertThat(completed("dsetool", "managekmip", "help", "")).containsExactly(keyCommands);
  }

  @Test
  void completion_offers_files_only_where_a_file_may_stand() throws Exception {
    Files.createFile(directory.resolve("helpful"));
    assertThat(completed("dsetool", "help")).containsExactly("help");
    assertThat(completed("dsetool", "sstablekeys", "help")).containsExactly("helpful");
  }

  /** What bash offers for the last word. */
  private List<String> completed(String... line) throws Exception {
    String script =
        """
        set -u
        source "$1"
        complete -p cassandra-tde dsetool >/dev/null
        shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
        _cassandra_tde
        printf '%s\n' "${COMPREPLY[@]}"
        """;
    String completion = Run.HOME.resolve("completion/cassandra-tde.bash").toString();
    List<String> command = new ArrayList<>(List.of("bash", "-c", script, "bash", completion));
    command.addAll(List.of(line));
    try (Run run = Run.start(directory, Map.of(), command)) {
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.err()).isEmpty();
      return run.out().lines().toList();
    }
  }

  @Test
  void ctrl_c_during_a_rewrite_stops_the_node_and_says_what_is_left() throws Exception {
    try (JmxNode node =
            new JmxNode("id").table("cycling", "races", 1, 1).table("cycling", "riders", 1, 1);
        Run run =
            Run.start(
                directory,
                Map.of(),
                List.of(Run.tool(), "upgradesstables", "--hosts", node.address(), "-a"))) {
      node.block("riders");
      run.awaitLine(node.address() + ": cycling.races: done");
      node.awaitBlocked();
      run.signal("INT");
      assertThat(run.exit()).isEqualTo(130);
      assertThat(node.calls).last().isEqualTo("stop UPGRADE_SSTABLES");
      assertThat(run.err())
          .contains("Stopping")
          .contains("NOT DONE:")
          .contains(node.address() + ": not rewritten: cycling.riders")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void the_dev_server_makes_what_it_needs_and_stops_on_sigterm() throws Exception {
    Path dir = directory.resolve("kmip");
    try (Run server =
        Run.start(
            directory,
            Map.of(),
            List.of(Run.tool(), "kmip-dev-server", "--dir", dir.toString(), "--group", "prod"))) {
      assertThat(server.awaitLine("listening on ")).matches("listening on 127\\.0\\.0\\.1:\\d+");
      assertThat(server.out().lines()).hasSize(1);
      assertThat(server.err()).contains("DEVELOPMENT ONLY");
      Path config = dir.resolve("tde.yaml");
      // No busy machine reaches that: the client's JVM is cold, and so is the server's.
      Files.writeString(
          config, Files.readString(config).replace("timeout: 5000", "timeout: 60000"));
      try (Run list =
          Run.start(
              directory,
              Map.of("TDE_CONFIG", config.toString()),
              List.of(Run.dsetool(), "managekmip", "list", "prod"))) {
        assertThat(list.exit()).as(list.err()).isZero();
        assertThat(list.out()).startsWith("Keys on 127.0.0.1");
      }
      for (String password : passwords(dir)) {
        assertThat(commandLine(server.pid())).doesNotContain(password);
      }
      server.signal("TERM");
      assertThat(server.exit()).isEqualTo(143);
    }
  }

  private static List<String> passwords(Path dir) throws Exception {
    return List.of(
        Files.readString(dir.resolve("server.p12.password")).strip(),
        Files.readString(dir.resolve("client.p12.password")).strip(),
        Files.readString(dir.resolve("truststore.p12.password")).strip());
  }

  private static String commandLine(long pid) throws Exception {
    return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
  }
}
