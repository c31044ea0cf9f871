package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.cql.Sessions;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.load.SteadyLoad;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A table goes from a KMIP group to replicated keys, to a token, to a key file and back by the
 * steps of docs/MIGRATION.md while it is written and read; no request fails.
 */
@OnOperatedNode
class ProviderChangeTest {

  private static final int PER_SECOND = 50;

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;

  ProviderChangeTest(TestBed bed) {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
  }

  /** A place of keys. */
  private record Provider(String group, String options) {}

  private static final Provider KMIP =
      new Provider(
          "dev",
          "'key_provider': 'KmipKeyProviderFactory', 'kmip_host': 'dev', 'key_namespace': 'moved'");
  private static final Provider REPLICATED =
      new Provider(
          "replicated:moved_key",
          "'key_provider': 'ReplicatedKeyProviderFactory', 'system_key_file': 'moved_key',"
              + " 'key_namespace': 'moved'");
  private static final Provider TOKEN =
      new Provider(
          "pkcs11:" + OperatedNode.TOKEN,
          "'key_provider': 'Pkcs11KeyProviderFactory', 'pkcs11': '" + OperatedNode.TOKEN + "'");
  private static final Provider KEY_FILE =
      new Provider(
          "local", "'key_provider': 'LocalFileSystemKeyProviderFactory', 'secret_key_file': '%s'");

  @Test
  void a_table_changes_its_provider_while_it_serves() throws Exception {
    bed.cassandraTde("createsystemkey", "AES", "256", "moved_key").orFail();
    bed.cassandraTde("createsystemkey", "AES", "256", "moved_local").orFail();
    operated.token().makeKey("b", 256);
    operated.keyspace("moved");
    node.execute("CREATE TABLE moved.t %s WITH %s".formatted(Rows.COLUMNS, compression(KMIP)));
    try (SteadyLoad load =
        new SteadyLoad(Sessions.quorum(List.of(node.address()), 9042), "moved.t", 0, PER_SECOND)
            .start()) {
      Await.until("the first rows", () -> load.rows() > PER_SECOND);
      node.jmx().flush("moved");
      assertThat(groups()).containsExactly(KMIP.group());

      for (Provider next : new Provider[] {REPLICATED, TOKEN, KEY_FILE, KMIP}) {
        change(next);
      }
      load.stop();
      assertThat(load.failures()).isEmpty();
      load.requireAllRows(node.cql(), "moved.t");
    }
    assertThat(RawFiles.found(RawFiles.below(node.tableDirectory("moved", "t")), List.of("load-")))
        .as("plaintext on disk")
        .isEmpty();
    operated.token().deleteKey("b");
    node.execute("DROP KEYSPACE moved");
  }

  private String compression(Provider provider) {
    return "compression = {'class': 'EncryptingLZ4Compressor', 'cipher_algorithm':"
        + " 'AES/GCM/NoPadding', 'secret_key_strength': 256, "
        + provider.options().formatted(bed.systemKeys().resolve("moved_local"))
        + "}";
  }

  private void change(Provider next) throws Exception {
    ReplicatedKeys.accepted(node, "ALTER TABLE moved.t WITH " + compression(next));
    command("upgradesstables", "-a", "moved", "t");
    Await.until("nothing but " + next.group(), () -> groups().equals(Set.of(next.group())));
  }

  /** Whose keys any file of the table needs, as the node tells that has just read its disk. */
  private Set<String> groups() throws Exception {
    JsonNode inventory =
        new ObjectMapper().readTree(command("inventory", "--table", "moved.t", "--format", "json"));
    assertThat(inventory.path("complete").asBoolean()).isTrue();
    Set<String> groups = new TreeSet<>();
    inventory
        .path("nodes")
        .path(0)
        .path("uses")
        .forEach(use -> groups.add(use.path("group").asText()));
    return groups;
  }

  private String command(String... words) {
    String[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--hosts";
    all[words.length + 1] = "127.0.0.1:" + node.jmxPort();
    return bed.distribution().cassandraTde(operated.config(), all).orFail().out();
  }
}
