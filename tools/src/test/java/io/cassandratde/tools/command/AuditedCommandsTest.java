package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.audit.AuditChain;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the key commands record, and that they do nothing which they cannot record. */
class AuditedCommandsTest {
  private final KmipFixture kmip;
  private final TestSession session;
  private final Path directory;
  private final Path log;

  AuditedCommandsTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    kmip = new KmipFixture(directory.resolve("stores"));
    session = kmip.session();
    log = directory.resolve("audit.log");
    kmip.configureToo("audit: {file: " + log + "}\n");
  }

  @AfterEach
  void stop() {
    kmip.close();
  }

  private List<JsonNode> records() throws IOException {
    List<JsonNode> records = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      records.add(new ObjectMapper().readTree(line));
    }
    return records;
  }

  private JsonNode last() throws IOException {
    List<JsonNode> records = records();
    return records.get(records.size() - 1);
  }

  private String state(String id) throws IOException {
    assertThat(session.run("managekmip", "list", "prod", "--format", "json"))
        .isEqualTo(ExitCode.OK);
    for (JsonNode key : new ObjectMapper().readTree(session.out()).get("keys")) {
      if (key.get("id").asText().equals(id)) {
        return key.get("state").asText();
      }
    }
    throw new AssertionError("no key " + id);
  }

  @Test
  void the_life_of_a_key_stands_there_in_pairs() throws Exception {
    session.environment("SUDO_USER", "alice");
    session.clock(InstantSource.fixed(Instant.parse("2026-11-26T22:00:00Z")));
    String id = kmip.newKey();
    assertThat(session.run("managekmip", "expirekey", "prod", id)).isEqualTo(ExitCode.OK);
    assertThat(
            session.run(
                "managekmip", "revoke", "prod", id, "--reason", "superseded", "--message", "old"))
        .isEqualTo(ExitCode.OK);
    kmip.anHourPasses();
    assertThat(session.run("managekmip", "destroy", id, "--force", "--confirm", id))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(session.err()).doesNotContain("recorded nowhere");

    List<JsonNode> records = records();
    assertThat(
            records.stream().map(r -> r.get("operation").asText() + ' ' + r.get("phase").asText()))
        .containsExactly(
            "createsystemkey intent",
            "createsystemkey result",
            "expirekey intent",
            "expirekey result",
            "revoke intent",
            "revoke result",
            "destroy intent",
            "destroy result");
    for (JsonNode record : records) {
      assertThat(record.get("time").asText()).isEqualTo("2026-11-26T22:00:00Z");
      assertThat(record.get("user").asText())
          .isEqualTo(ProcessHandle.current().info().user().orElseThrow());
      assertThat(record.get("sudo_user").asText()).isEqualTo("alice");
      assertThat(record.get("host").asText()).isNotBlank();
      assertThat(record.get("group").asText()).isEqualTo("prod");
      assertThat(record.get("certificate").asText()).startsWith("CN=");
      if (record.get("phase").asText().equals("result")) {
        assertThat(record.get("intent").asLong()).isEqualTo(record.get("seq").asLong() - 1);
        assertThat(record.get("outcome").asText()).isEqualTo("done");
        assertThat(record.get("key").asText()).isEqualTo(id);
      }
    }
    assertThat(records.get(4).get("options").toString())
        .isEqualTo("{\"reason\":\"superseded\",\"message\":\"old\"}");
    assertThat(records.get(6).get("options").toString()).isEqualTo("{\"force\":true}");
    assertThat(AuditChain.verify(log, null).whole()).isTrue();
    assertThat(session.run("audit", "verify")).as("by the configuration").isEqualTo(ExitCode.OK);
  }

  @Test
  void a_refusal_is_recorded_with_its_reason() throws Exception {
    String id = kmip.newKey();
    assertThat(session.run("managekmip", "destroy", "prod", id, "--yes"))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(last().get("outcome").asText()).isEqualTo("failed");
    assertThat(last().get("error").asText()).contains(id).contains("revoke it first");
    int before = records().size();
    assertThat(session.run("managekmip", "destroy", "prod", id, "--force"))
        .isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(records()).as("nothing was begun").hasSize(before);
  }

  @Test
  void what_cannot_be_recorded_is_not_done() throws Exception {
    String id = kmip.newKey();
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-rw-rw-"));
    for (String command : List.of("revoke", "expirekey", "destroy")) {
      List<String> words = new ArrayList<>(List.of("managekmip", command, "prod", id));
      if (command.equals("destroy")) {
        words.addAll(List.of("--force", "--confirm", id));
      }
      assertThat(session.run(words.toArray(String[]::new)))
          .as(command)
          .isEqualTo(ExitCode.CONFIGURATION);
      assertThat(session.err())
          .contains("nothing was done, since it could not be recorded")
          .contains(log + "")
          .contains("chmod 600");
      assertThat(state(id)).isEqualTo("Active");
    }
    assertThat(session.run("createsystemkey", "AES", "256", "-k=prod"))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.run("createsystemkey", "AES", "256", "k", "-d", directory.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(directory.resolve("k")).doesNotExist();
  }

  @Test
  void files_and_values_are_recorded_without_what_is_in_them() throws Exception {
    assertThat(session.run("createsystemkey", "AES", "256", "k", "-d", directory.toString()))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    String key = last().get("key").asText();
    Path file = directory.resolve("k");
    session.answering("s3cret", "s3cret");
    assertThat(session.run("encryptconfigvalue", "--key", file.toString()))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    String sealed = session.out().lines().reduce((a, b) -> b).orElseThrow();
    assertThat(last().get("operation").asText()).isEqualTo("encryptconfigvalue");
    assertThat(last().get("key").asText()).isEqualTo(key);
    assertThat(records().get(2).get("options").get("file").asText()).isEqualTo(file.toString());
    assertThat(Files.readString(log))
        .doesNotContain("s3cret")
        .doesNotContain(sealed)
        .doesNotContain(Files.readString(file).strip().split(":", -1)[2]);
  }

  @Test
  void the_rest_of_a_new_configuration_may_be_unusable_but_not_this_section() throws Exception {
    kmip.configure("keystore: to come\naudit: {file: " + log + "}\n");
    assertThat(session.run("createsystemkey", "AES", "256", "k", "-d", directory.toString()))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(records()).hasSize(2);
    kmip.configure("audit: {file: " + log + ", sislog: true}\n");
    assertThat(session.run("createsystemkey", "AES", "256", "j", "-d", directory.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err())
        .contains("audit.sislog")
        .contains("known here: file, node_file, syslog");
    assertThat(directory.resolve("j")).doesNotExist();
  }

  @Test
  void without_the_option_nothing_is_recorded_and_a_destroy_says_so() throws Exception {
    kmip.configure(
        Files.readString(kmip.configuration()).replace("audit: {file: " + log + "}\n", ""));
    String id = kmip.newKey();
    assertThat(session.err()).isEmpty();
    session.run("managekmip", "destroy", "prod", id, "--yes");
    assertThat(session.err()).contains("recorded nowhere").contains("audit.file");
    assertThat(log).doesNotExist();
  }
}
