package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Lacking;
import io.cassandratde.kmip.devserver.DevServerSettings;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.kmip.devserver.ObjectState;
import io.cassandratde.tools.ClosedPort;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.devca.DevCertificates;
import io.cassandratde.tools.devca.DevStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every managekmip command against a real dev server over mutual TLS. */
class ManageKmipTest {
  private static DevStores stores;
  private static DevStores strangers;

  private KmipDevServer server;
  private final TestSession session = new TestSession();

  /** How far the server's clock has moved on. */
  private volatile Duration serverTime = Duration.ZERO;

  @BeforeAll
  static void certificates(@TempDir Path directory) throws Exception {
    stores = create(directory.resolve("stores"));
    strangers = create(directory.resolve("strangers"));
  }

  private static DevStores create(Path directory) throws Exception {
    return DevCertificates.create(directory, List.of(), new SecureRandom(), Instant.now());
  }

  @BeforeEach
  void start() throws Exception {
    server =
        KmipDevServer.start(
            DevServerSettings.of(
                    stores.serverStore(),
                    stores.password(stores.serverStore()),
                    stores.trustStore(),
                    stores.password(stores.trustStore()))
                .withClock(() -> Instant.now().plus(serverTime)));
    configure(stores, "127.0.0.1:" + server.port());
    session.environment("TDE_CONFIG", stores.configuration().toString());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** With a time-out that no busy machine reaches. */
  private static void configure(DevStores of, String hosts) throws IOException {
    of.writeConfiguration("prod", hosts);
    String text = Files.readString(of.configuration());
    assertThat(text).contains("timeout: 5000");
    Files.writeString(of.configuration(), text.replace("timeout: 5000", "timeout: 60000"));
  }

  private String newKey(String namespace) {
    assertThat(
            session.run(
                "createsystemkey", "AES/GCM/NoPadding", "256", "-k=prod", "-n=" + namespace))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    String[] words = session.out().split(" ", 4);
    return words[2];
  }

  private JsonNode key(String id) throws IOException {
    assertThat(session.run("managekmip", "list", "prod", "--format", "json"))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    for (JsonNode key : new ObjectMapper().readTree(session.out()).get("keys")) {
      if (key.get("id").asText().equals(id)) {
        return key;
      }
    }
    throw new AssertionError("no key " + id + " in " + session.out());
  }

  @Test
  void list_prints_dse_s_columns_and_dates() throws Exception {
    String id = newKey("cycling");
    assertThat(session.run("managekmip", "list", "prod")).isEqualTo(ExitCode.OK);
    List<String> lines = session.out().lines().toList();
    assertThat(lines.get(0)).isEqualTo("Keys on 127.0.0.1:" + server.port() + ":");
    assertThat(lines.get(1).split(" {2,}", -1))
        .containsExactly(
            "ID",
            "Name",
            "Cipher",
            "State",
            "Activation Date",
            "Creation Date",
            "Protect Stop Date",
            "Namespace");
    String[] cells = lines.get(2).split(" {2,}", -1);
    assertThat(cells[0]).isEqualTo(id);
    assertThat(cells[1]).matches("[0-9a-f-]{36}_0");
    assertThat(cells[2]).isEqualTo("AES/256");
    assertThat(cells[3]).isEqualTo("Active");
    assertThat(cells[4])
        .matches("[A-Z][a-z]{2} [A-Z][a-z]{2} \\d\\d \\d\\d:\\d\\d:\\d\\d CES?T \\d{4}");
    assertThat(cells[6]).isEqualTo("n/a");
    assertThat(cells[7]).isEqualTo("cycling");
  }

  @Test
  void createsystemkey_gives_the_name_and_says_when_the_group_is_wrong() throws Exception {
    assertThat(session.run("createsystemkey", "AES", "128", "my_key", "-k", "prod"))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    JsonNode key = key(session.out().split(" ", 4)[2]);
    assertThat(key.get("name").asText()).isEqualTo("my_key");
    assertThat(key.get("cipher").asText()).isEqualTo("AES/128");
    assertThat(session.run("createsystemkey", "AES", "128", "my_key", "-k=prodd"))
        .isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void list_filters_by_namespace_and_prints_json() throws Exception {
    String mine = newKey("one");
    String other = newKey("two");
    session.run("managekmip", "list", "prod", "namespace=one");
    assertThat(session.out()).contains(mine).doesNotContain(other);
    JsonNode key = key(other);
    assertThat(key.get("namespace").asText()).isEqualTo("two");
    assertThat(key.get("protect_stop_date").isNull()).isTrue();
    assertThat(Instant.parse(key.get("creation_date").asText()))
        .isBefore(Instant.now().plusSeconds(2));
    assertThat(session.run("managekmip", "list", "prod", "one")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_wrong_group_or_key_is_named_and_the_known_groups_are_listed() {
    assertThat(session.run("managekmip", "list", "prodd")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.err()).contains("no KMIP group 'prodd'").contains("there are: prod");
    for (String command : List.of("revoke", "expirekey", "destroy")) {
      assertThat(session.run("managekmip", command, "prod", "nokey")).isEqualTo(ExitCode.NOT_FOUND);
      assertThat(session.err().lines()).hasSize(1).first().asString().contains("nokey");
    }
  }

  @Test
  void expirekey_takes_the_date_in_one_word_or_two_and_the_key_stays_active() throws Exception {
    String id = newKey("ns");
    assertThat(session.run("managekmip", "expirekey", "prod", id, "2036-04-13", "20:05:00:0"))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("from Sun Apr 13 20:05:00 CEST 2036 on");
    assertThat(key(id).get("protect_stop_date").asText()).isEqualTo("2036-04-13T18:05:00Z");
    assertThat(session.run("managekmip", "expirekey", "prod", id, "2035-04-13 20:05:00:0"))
        .isEqualTo(ExitCode.OK);
    assertThat(key(id).get("protect_stop_date").asText()).isEqualTo("2035-04-13T18:05:00Z");
    assertThat(key(id).get("state").asText()).isEqualTo("Active");
    assertThat(session.run("managekmip", "expirekey", "prod", id, "soon"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(session.run("managekmip", "expirekey", "prod", id)).isEqualTo(ExitCode.OK);
    assertThat(Instant.parse(key(id).get("protect_stop_date").asText()))
        .isBeforeOrEqualTo(Instant.now());
  }

  @Test
  void expirekey_has_its_own_exit_code_where_the_server_keeps_no_date() throws Exception {
    String id = newKey("ns");
    server.behaviour().lacking(Lacking.DATES);
    assertThat(session.run("managekmip", "expirekey", "prod", id)).isEqualTo(ExitCode.UNSUPPORTED);
    assertThat(session.err()).contains("managekmip revoke");
    assertThat(key(id).get("state").asText()).isEqualTo("Active");
  }

  @Test
  void revoke_deactivates_warns_on_stderr_and_never_asks() throws Exception {
    String id = newKey("ns");
    assertThat(session.run("managekmip", "revoke", "prod", id)).isEqualTo(ExitCode.OK);
    assertThat(session.out()).isEqualTo("Key " + id + " is revoked: Deactivated.\n");
    assertThat(session.err().lines())
        .hasSize(2)
        .anyMatch(l -> l.startsWith("WARNING: nodes may seal with it until 20"))
        .anyMatch(l -> l.endsWith("do not destroy it before"));
    assertThat(key(id).get("state").asText()).isEqualTo("Deactivated");
  }

  @Test
  void a_second_revoke_contradicts_itself_in_nothing() {
    String id = newKey("ns");
    session.run("managekmip", "revoke", "prod", id);
    serverTime = serverTime.plus(Duration.ofHours(1));
    assertThat(session.run("managekmip", "revoke", "prod", id)).isEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("already; nothing was done").doesNotContain("may seal");
  }

  @Test
  void revoke_takes_a_reason() throws Exception {
    String id = newKey("ns");
    assertThat(session.run("managekmip", "revoke", "prod", id, "--reason", "lost"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("key-compromise").contains("superseded");
    assertThat(session.run("managekmip", "revoke", "--reason", "key-compromise", "prod", id))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(key(id).get("state").asText()).isEqualTo("Compromised");
  }

  @Test
  void revoke_refuses_where_deactivated_keys_are_not_served() throws Exception {
    String id = newKey("ns");
    server.behaviour().refuseGetIn(ObjectState.DEACTIVATED);
    assertThat(session.run("managekmip", "revoke", "prod", id)).isEqualTo(ExitCode.REFUSED);
    assertThat(session.err()).contains("--force");
    assertThat(key(id).get("state").asText()).isEqualTo("Active");
    assertThat(session.run("managekmip", "revoke", "--force", "prod", id))
        .isNotEqualTo(ExitCode.REFUSED);
    assertThat(key(id).get("state").asText()).isEqualTo("Deactivated");
  }

  @Test
  void destroy_of_an_active_key_is_refused() throws Exception {
    String id = newKey("ns");
    assertThat(session.run("managekmip", "destroy", "prod", id, "--yes"))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(key(id).get("state").asText()).isEqualTo("Active");
  }

  @Test
  void destroy_without_a_group_acts_only_when_one_group_holds_the_key() throws Exception {
    String id = newKey("ns");
    session.run("managekmip", "revoke", "prod", id);
    String one = Files.readString(stores.configuration());
    String twice = one + one.substring(one.indexOf("  prod:")).replace("  prod:", "  copy:");
    Files.writeString(stores.configuration(), twice);
    assertThat(session.run("managekmip", "destroy", id, "--yes")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("several groups (prod, copy)");
    Files.writeString(stores.configuration(), one);
    assertThat(session.run("managekmip", "destroy", "other", "--yes"))
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(key(id).get("state").asText()).isEqualTo("Deactivated");
    serverTime = serverTime.plus(Duration.ofHours(1));
    assertThat(session.run("managekmip", "destroy", id, "--force", "--confirm", id))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void destroy_waits_until_no_node_can_seal_under_the_key_unless_forced() throws Exception {
    String id = newKey("ns");
    session.run("managekmip", "revoke", "prod", id);
    assertThat(session.run("managekmip", "destroy", "prod", id, "--yes"))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(session.err()).contains("key_cache_millis").contains("--force");
    assertThat(session.run("managekmip", "destroy", "prod", id, "--yes", "--force"))
        .as("--yes is not enough")
        .isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(session.run("managekmip", "destroy", "prod", id, "--force", "--confirm", "other"))
        .isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(key(id).get("state").asText()).isEqualTo("Deactivated");
    session.answering(id);
    assertThat(session.run("managekmip", "destroy", "prod", id, "--force"))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("WARNING: ").contains("destroyed all the same");
    assertThat(session.run("managekmip", "revoke", "prod", id)).isEqualTo(ExitCode.REFUSED);
    assertThat(session.err().lines())
        .containsExactly(
            "cassandra-tde: key "
                + id
                + " of group prod is Destroyed: there is nothing left to revoke");
  }

  @Test
  void no_connection_names_every_host_and_its_reason() throws Exception {
    try (ClosedPort one = new ClosedPort();
        ClosedPort other = new ClosedPort()) {
      configure(stores, one.address() + ", " + other.address());
      assertThat(session.run("managekmip", "list", "prod")).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(session.err().lines()).hasSize(1);
      assertThat(session.err())
          .contains(one.address())
          .contains(other.address())
          .contains("Check that the servers run, host and port in kmip_hosts, and firewalls")
          .doesNotContain("\tat ");
      assertThat(session.run("managekmip", "list", "prod", "--debug"))
          .isEqualTo(ExitCode.UNREACHABLE);
      assertThat(session.err()).contains("\tat ");
    }
  }

  @Test
  void a_wrong_store_password_is_told_with_its_file() throws Exception {
    Path wrong = stores.configuration().resolveSibling("wrong.password");
    Files.writeString(wrong, "not it\n");
    Files.setPosixFilePermissions(wrong, PosixFilePermissions.fromString("rw-------"));
    String config = Files.readString(stores.configuration());
    Files.writeString(
        stores.configuration(), config.replace("client.p12.password", "wrong.password"));
    assertThat(session.run("managekmip", "list", "prod")).isEqualTo(ExitCode.TLS);
    assertThat(session.err().lines())
        .singleElement()
        .asString()
        .contains("keystore_path ")
        .contains("with keystore_password from " + wrong)
        .doesNotContain("not it");
  }

  @Test
  void a_certificate_of_another_authority_has_its_own_exit_code() throws Exception {
    configure(strangers, "127.0.0.1:" + server.port());
    session.environment("TDE_CONFIG", strangers.configuration().toString());
    assertThat(session.run("managekmip", "list", "prod")).as(session.err()).isEqualTo(ExitCode.TLS);
    assertThat(session.err().lines()).hasSize(1);
  }
}
