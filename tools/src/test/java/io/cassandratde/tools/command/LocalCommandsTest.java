package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.config.ValueEncryption;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands without a server: help, createsystemkey in a file, encryptconfigvalue. */
class LocalCommandsTest {
  private final Path directory;
  private final TestSession session = new TestSession();

  LocalCommandsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void configuration() throws IOException {
    Path file = directory.resolve("dse.yaml");
    Files.writeString(file, "system_key_directory: " + directory + "\n");
    session.environment("CASSANDRA_CONF", directory.toString());
  }

  @Test
  void createsystemkey_writes_dse_s_form_for_its_owner_only() throws Exception {
    assertThat(session.run("createsystemkey", "AES/ECB/PKCS5Padding", "128", "mykey"))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    Path file = directory.resolve("mykey");
    String[] parts = Files.readString(file).strip().split(":", -1);
    assertThat(parts).hasSize(3).startsWith("AES", "128");
    assertThat(Base64.getDecoder().decode(parts[2])).hasSize(16);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(session.out()).doesNotContain(parts[2]);
  }

  @Test
  void createsystemkey_never_overwrites_and_defaults_to_256_bits() throws Exception {
    assertThat(session.run("createsystemkey")).isEqualTo(ExitCode.OK);
    String first = Files.readString(directory.resolve("system_key"));
    assertThat(first).startsWith("AES:256:");
    assertThat(session.run("createsystemkey")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err()).contains("never overwritten");
    assertThat(Files.readString(directory.resolve("system_key"))).isEqualTo(first);
  }

  @Test
  void createsystemkey_takes_another_directory_and_refuses_weak_or_odd_keys() {
    Path other = directory.resolve("other");
    assertThat(session.run("createsystemkey", "AES", "256", "k", "-d", other.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(other.toFile().mkdir()).isTrue();
    assertThat(session.run("createsystemkey", "AES", "256", "k", "-d", other.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(other.resolve("k")).exists();
    assertThat(session.run("createsystemkey", "DES", "56")).isEqualTo(ExitCode.USAGE);
    assertThat(session.run("createsystemkey", "AES", "100")).isEqualTo(ExitCode.USAGE);
    assertThat(session.run("createsystemkey", "AES", "128", "a", "b")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void encryptconfigvalue_asks_twice_and_its_value_opens_again() {
    session.run("createsystemkey", "AES", "256", "system_key");
    session.answering("s3cret", "s3cret");
    assertThat(session.run("encryptconfigvalue")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).startsWith("Your encrypted value is:").doesNotContain("s3cret");
    String value = session.out().lines().reduce((a, b) -> b).orElseThrow();
    assertThat(new ValueEncryption(directory.resolve("system_key")).decrypt(value))
        .containsExactly("s3cret".toCharArray());
    session.answering("one", "two");
    assertThat(session.run("encryptconfigvalue")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("differ").doesNotContain("one ");
  }

  @Test
  void encryptconfigvalue_reads_a_pipe_once_or_twice() {
    session.run("createsystemkey", "AES", "256", "mine");
    Path key = directory.resolve("mine");
    for (String piped : new String[] {"pass word", "pass word\n", "pass word\r\npass word\n"}) {
      assertThat(session.piping(piped).run("encryptconfigvalue", "--key", "mine"))
          .as(session.err())
          .isEqualTo(ExitCode.OK);
      String value = session.out().lines().reduce((a, b) -> b).orElseThrow();
      assertThat(new ValueEncryption(key).decrypt(value))
          .containsExactly("pass word".toCharArray());
    }
    assertThat(session.piping("one\ntwo\n").run("encryptconfigvalue", "--key", key.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(session.piping("").run("encryptconfigvalue", "--key", key.toString()))
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_missing_key_file_says_how_to_make_one() {
    assertThat(session.piping("x").run("encryptconfigvalue", "--key", "absent"))
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.err()).contains("absent").contains("createsystemkey");
  }

  @Test
  void without_a_configuration_every_place_looked_at_is_named() {
    TestSession bare = new TestSession().environment("CASSANDRA_CONF", "/nowhere");
    assertThat(bare.run("managekmip", "list", "prod")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(bare.err()).contains("/nowhere/tde.yaml").contains("/etc/cassandra/dse.yaml");
    assertThat(bare.err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upgradesstables --frobnicate",
        "upgradesstables keyspace --frobnicate",
        "sstablekeys --frobnicate",
        "managekmip list --frobnicate",
        "managekmip destroy prod --frobnicate",
        "createsystemkey --frobnicate",
        "completion --frobnicate",
      })
  void a_misspelt_option_is_a_usage_error_and_no_name(String line) {
    assertThat(session.run(line.split(" ", -1))).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("--frobnicate").doesNotContain("\tat ");
  }

  @Test
  void the_dev_server_names_a_port_that_is_taken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listen = "127.0.0.1:" + taken.getLocalPort();
      assertThat(devServer("--listen", listen)).isEqualTo(ExitCode.USAGE);
      assertThat(session.err().lines())
          .containsExactly(
              "cassandra-tde: cannot listen on "
                  + listen
                  + ": Address already in use; stop what listens there, or name another address"
                  + " with --listen (with port 0 the system chooses a free one)",
              "Try: cassandra-tde help kmip-dev-server");
    }
    assertThat(devServer("--listen", "127.0.0.1:70000")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("a port up to 65535, not '127.0.0.1:70000'");
    assertThat(devServer("--listen", "no-such-host.invalid:1")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("no-such-host.invalid:1");
  }

  private ExitCode devServer(String... options) {
    List<String> line =
        new ArrayList<>(List.of("kmip-dev-server", "--dir", directory.resolve("kmip").toString()));
    line.addAll(List.of(options));
    return session.run(line.toArray(String[]::new));
  }

  @Test
  void a_directory_that_cannot_be_made_is_named() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(session.run("kmip-dev-server", "--dir", file.resolve("below").toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err().lines()).singleElement().asString().contains(file.toString());
    assertThat(session.err()).doesNotContain("unexpected");
  }

  @Test
  void help_knows_every_command_and_nonsense_is_a_usage_error() {
    assertThat(session.run()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains(
            "managekmip",
            "createsystemkey",
            "encryptconfigvalue",
            "kmip-dev-server",
            "upgradesstables",
            "sstablekeys",
            "completion");
    assertThat(session.run("managekmip", "help")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("list", "expirekey", "revoke", "destroy");
    assertThat(session.run("managekmip", "destroy", "--help")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("--yes");
    assertThat(session.run("help", "sstablekeys")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("--headers-only");
    assertThat(session.run("nonsense")).isEqualTo(ExitCode.USAGE);
    assertThat(session.run("help", "nonsense")).isEqualTo(ExitCode.USAGE);
    assertThat(session.run("managekmip", "nonsense")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("nonsense");
    assertThat(session.run("--version")).isEqualTo(ExitCode.OK);
    assertThat(session.out()).startsWith("cassandra-tde ");
  }
}
