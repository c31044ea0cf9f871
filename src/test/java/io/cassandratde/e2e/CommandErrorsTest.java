package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.kmip.Stores;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What operators see when something is wrong: one clear line, the documented exit code, no stack
 * trace.
 */
@SharedNode
class CommandErrorsTest {

  private static final int USAGE = 2;
  private static final int CONFIGURATION = 3;
  private static final int UNREACHABLE = 4;
  private static final int NOT_FOUND = 5;
  private static final int REFUSED = 6;
  private static final int UNSUPPORTED = 7;
  private static final int TLS = 8;
  private static final int INCOMPLETE = 9;
  private static final int NOT_CONFIRMED = 10;

  private final TestBed bed;
  private final CassandraNode node;

  CommandErrorsTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void a_wrong_group_is_named() {
    assertError(bed.dsetool("managekmip", "list", "nowhere"), NOT_FOUND, "nowhere");
  }

  @Test
  void an_unknown_key_is_named() {
    assertError(
        bed.dsetool("managekmip", "revoke", "dev", "no-such-key"), NOT_FOUND, "no-such-key");
    assertError(bed.dsetool("managekmip", "revoke", "py", "4711"), NOT_FOUND, "4711");
    assertError(
        bed.dsetool("managekmip", "destroy", "no-such-key", "--yes"), NOT_FOUND, "no-such-key");
  }

  @Test
  void a_dead_server_is_named() {
    Path config = config("dead.yaml", bed.pykmip().group("dead").withHosts(bed.nobody()));

    assertError(
        bed.distribution().dsetool(config, "managekmip", "list", "dead"),
        UNREACHABLE,
        bed.nobody());
  }

  @Test
  void a_certificate_of_a_stranger_is_told() {
    // Stores that belong to PyKMIP's authority: neither side knows the other's.
    Stores strangers = bed.stores();
    KmipGroup group =
        new KmipGroup(
            "strange",
            List.of(bed.devServer().address()),
            strangers.keystore(),
            strangers.truststore(),
            Stores.PASSWORD,
            Stores.PASSWORD);

    assertError(
        bed.distribution().dsetool(config("strange.yaml", group), "managekmip", "list", "strange"),
        TLS,
        "certificate");
  }

  @Test
  void a_missing_configuration_is_told() {
    Path nowhere = bed.directory().resolve("no-such.yaml");

    assertError(
        bed.distribution().dsetool(nowhere, "managekmip", "list", "dev"),
        CONFIGURATION,
        "no-such.yaml");
  }

  @Test
  void expirekey_refuses_where_the_server_keeps_no_date() {
    String key = anyActiveKeyOfPyKmip();

    assertError(bed.dsetool("managekmip", "expirekey", "py", key), UNSUPPORTED, "revoke");
    assertThat(bed.pykmip().keysInDatabase()).contains(key + " ACTIVE");
  }

  @Test
  void destroy_asks_first_and_the_server_refuses_an_active_key() {
    String key = anyActiveKeyOfPyKmip();

    assertError(
        bed.dsetool("managekmip", "destroy", "py", key, "--force"), NOT_CONFIRMED, "--confirm");
    assertError(
        bed.dsetool("managekmip", "destroy", "py", key, "--attest", "all", "--yes"), REFUSED, key);
    assertThat(bed.pykmip().keysInDatabase()).contains(key + " ACTIVE");
  }

  @Test
  void an_unknown_command_is_a_usage_error() {
    assertError(bed.cassandraTde("managekmip", "frobnicate"), USAGE, "frobnicate");
    assertError(bed.cassandraTde("upgradesstables", "--frobnicate"), USAGE, "frobnicate");
  }

  @Test
  void upgradesstables_tells_which_node_was_not_done() {
    bed.keyspace("upgrade_errors");
    node.execute("CREATE TABLE upgrade_errors.t " + Rows.COLUMNS);
    String live = "127.0.0.1:" + node.jmxPort();

    assertError(
        bed.cassandraTde("upgradesstables", "-a", "--hosts", bed.nobody(), "upgrade_errors"),
        UNREACHABLE,
        bed.nobody());
    assertError(
        bed.cassandraTde(
            "upgradesstables", "-a", "--hosts", live + "," + bed.nobody(), "upgrade_errors"),
        INCOMPLETE,
        bed.nobody());
    assertThat(
            bed.cassandraTde("upgradesstables", "-a", "--hosts", live, "no_such_keyspace").exit())
        .isNotZero();
  }

  @Test
  void upgradesstables_needs_no_list_of_hosts_for_a_single_node() {
    bed.keyspace("no_hosts");
    node.execute("CREATE TABLE no_hosts.t " + Rows.COLUMNS);
    String port = String.valueOf(node.jmxPort());

    // Discovery finds the contact itself, though its JMX listens on loopback and not where the ring
    // says.
    bed.cassandraTde("upgradesstables", "-a", "-h", "127.0.0.1", "-p", port, "no_hosts").orFail();
    bed.cassandraTde("upgradesstables", "-a", "--local", "-p", port, "no_hosts").orFail();
  }

  @Test
  void upgradesstables_says_whether_a_real_node_has_rewritten_anything() {
    bed.keyspace("honest");
    node.execute("CREATE TABLE honest.t " + Rows.COLUMNS);
    new Rows("honest.t").insert(node.cql(), 10);
    node.jmx().flush("honest");
    List<Path> before = node.dataFiles("honest", "t");
    String port = String.valueOf(node.jmxPort());

    Ran idle = bed.cassandraTde("upgradesstables", "--local", "-p", port, "honest").orFail();
    assertThat(idle.out())
        .contains(": nothing to rewrite (1 table)")
        .contains("all SSTables are of the current version; after a key change use -a");
    assertThat(node.dataFiles("honest", "t")).isEqualTo(before);

    Ran all = bed.cassandraTde("upgradesstables", "-a", "--local", "-p", port, "honest").orFail();
    assertThat(all.out()).contains(": complete (1 table rewritten)");
    Await.until(
        "old files to go",
        () -> node.dataFiles("honest", "t").stream().noneMatch(before::contains));
  }

  private String anyActiveKeyOfPyKmip() {
    bed.dsetool("createsystemkey", "AES/GCM/NoPadding", "256", "errors", "-k=py", "-n=errors")
        .orFail();
    return bed.pykmip().keysInDatabase().stream()
        .filter(key -> key.endsWith(" ACTIVE"))
        .map(key -> key.substring(0, key.indexOf(' ')))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private Path config(String name, KmipGroup group) {
    return bed.writeConfig(name, List.of(group));
  }

  private static void assertError(Ran ran, int exitCode, String named) {
    assertThat(ran.exit()).as(ran.toString()).isEqualTo(exitCode);
    assertThat(ran.err()).contains(named);
    assertThat(ran.all()).doesNotContain("\tat ").doesNotContain("Exception in thread");
    assertThat(ran.err().lines().filter(line -> !line.isBlank()).count())
        .as("short: " + ran)
        .isLessThanOrEqualTo(6);
  }
}
