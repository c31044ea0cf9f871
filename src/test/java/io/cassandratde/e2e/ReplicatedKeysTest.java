package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Replicated data keys as docs/OPERATIONS.md tells operators to look after them, by commands. The
 * node has other tests' keys too: each test looks at those of its own namespaces.
 */
@OnOperatedNode
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicatedKeysTest {

  private static final String MASTER = "rk_master";
  private static final String BEAN = "io.cassandratde:type=KeyHierarchy";

  private final TestBed bed;
  private final CassandraNode node;
  private final ReplicatedKeys keys;

  ReplicatedKeysTest(TestBed bed) {
    this.bed = bed;
    node = bed.operated().node();
    keys = ReplicatedKeys.under(bed, MASTER);
  }

  @Test
  void data_keys_are_rotated_and_in_full_each_with_its_proof_and_taken_away_after_the_retention()
      throws Exception {
    Rows rows = keys.table("cards");
    String first = keys.sealed(rows).onlyKeyId();
    assertThat(ReplicatedKeys.id(keys.listed("cards"), 1)).isEqualTo(first);
    assertThat(RawFiles.found(RawFiles.below(node.tableDirectory(MASTER, "cards")), rows.secrets()))
        .as("plaintext on disk")
        .isEmpty();

    Ran rotated = keys.asked("keys", "rotate", "--master", MASTER, "--namespace", "cards").orFail();
    assertThat(rotated.out()).contains("is version 2 of " + MASTER, "has looked for it");
    keys.flushed(rows);
    Set<String> both = keys.sealed(rows).keyIds();
    assertThat(both).as("at once, for the node was told").hasSize(2).contains(first);
    assertThat(rotated.out()).contains(both);

    String third = rotatedByTwoAtOnce(2);
    rotatedInFull(rows, third);
    isTakenAway(rows, first);
  }

  /** Both saw the version that is followed; they get one key. */
  private String rotatedByTwoAtOnce(int version) throws Exception {
    Set<String> made = new ConcurrentSkipListSet<>();
    Runnable operator =
        () -> made.add((String) node.jmx().run(BEAN, "rotate", MASTER, "cards", 256, version));
    Together.run(operator, operator);
    operator.run(); // and one who looked before they were done
    assertThat(made).hasSize(1);
    Map<Integer, JsonNode> all = keys.listed("cards", "--no-counts");
    assertThat(ReplicatedKeys.states(all)).containsExactly("INACTIVE", "INACTIVE", "ACTIVE");
    assertThat(made).containsExactly(ReplicatedKeys.id(all, version + 1));
    return ReplicatedKeys.id(all, version + 1);
  }

  private void rotatedInFull(Rows rows, String before) throws Exception {
    Map<Integer, JsonNode> all = keys.rotatedInFull(rows);
    assertThat(ReplicatedKeys.states(all))
        .containsExactly("DEPRECATED", "DEPRECATED", "DEPRECATED", "ACTIVE");
    assertThat(ReplicatedKeys.id(all, 3)).isEqualTo(before);
    inVirtualTables(all);
  }

  private void inVirtualTables(Map<Integer, JsonNode> all) {
    Await.until(
        "virtual tables of data keys",
        () -> {
          for (JsonNode key : all.values()) {
            Row row =
                keys.one(
                    "SELECT * FROM system_encryption.data_keys WHERE master = '%s' AND namespace = 'cards' AND bits = 256 AND version = %d"
                        .formatted(MASTER, key.path("version").asInt()));
            assertThat(row.getString("key_id")).isEqualTo(key.path("key").asText());
            assertThat(row.getString("state")).isEqualTo(key.path("state").asText());
            assertThat(row.getString("wrapped_by")).isEqualTo(key.path("wrapped_by").asText());
            assertThat(row.getLong("live_sstables")).isEqualTo(key.path("live_sstables").asLong());
          }
          return true;
        });
    Row row =
        keys.one(
            "SELECT * FROM system_encryption.key_hierarchy WHERE keyspace_name = '"
                + MASTER
                + "' AND table_name = 'cards'");
    assertThat(row.getString("data_key")).isEqualTo(ReplicatedKeys.id(all, 4));
    assertThat(row.getString("key_group")).isEqualTo(keys.group());
    assertThat(row.getString("master_key"))
        .isEqualTo(ReplicatedKeys.key(all, 4).path("wrapped_by").asText());
    assertThat(gauge("DeprecatedDataKeys")).isGreaterThanOrEqualTo(3);
  }

  private long gauge(String name) {
    return (Long)
        node.jmx()
            .attribute("org.apache.cassandra.metrics:type=TdeKeyHierarchy,name=" + name, "Value");
  }

  private void isTakenAway(Rows rows, String first) throws Exception {
    Ran early = keys.asked("keys", "gc", "--key", first).orFail();
    assertThat(early.out()).contains(first + ": stays: deprecated; it may go from");
    Ran alone = keys.asked("keys", "gc", "--key", first, "--retention", "0d");
    assertThat(alone.exit()).as("nobody has attested anything, %s", alone).isEqualTo(10);
    assertThat(keys.listed("cards", "--no-counts")).hasSize(4);
    keys.asked("keys", "gc", "--key", first, "--retention", "0d", "--attest", "all", "--yes")
        .orFail();
    assertThat(keys.listed("cards", "--no-counts")).containsOnlyKeys(2, 3, 4);
    assertThat(bed.directory().resolve("operations-key-copies").resolve(first + ".key"))
        .doesNotExist();
    assertThat(keys.count("WHERE key_id = " + first)).isZero();
    rows.assertAllRead(node.cql());
  }

  @Test
  void one_key_is_replaced_by_rekey_with_the_proof_once_no_snapshot_needs_it() throws Exception {
    Rows rows = keys.table("runbook");
    String first = keys.sealed(rows).onlyKeyId();
    GivenKeyRunbook runbook =
        new GivenKeyRunbook(bed, node, bed.operated().config(), keys.group(), rows);
    node.jmx().snapshot("kept", MASTER, "runbook");
    runbook.isNotProvedBecauseOf("kept", "rekey", first);
    node.nodetool("clearsnapshot", "-t", "kept", MASTER).orFail();
    String second = runbook.isProved("rekey", first);
    Map<Integer, JsonNode> all = keys.listed("runbook");
    assertThat(ReplicatedKeys.states(all)).containsExactly("DEPRECATED", "ACTIVE");
    assertThat(ReplicatedKeys.id(all, 2)).isEqualTo(second);
    runbook.assertNothingReadable();
  }

  @Test
  void a_new_master_key_is_agreed_on_wraps_every_data_key_and_is_rolled_back() throws Exception {
    Rows rows = keys.table("moved");
    UUID key = UUID.fromString(keys.sealed(rows).onlyKeyId());
    String before = wrappedBy(key);
    keys.command("createsystemkey", "AES", "256", MASTER + "_next").orFail();
    Path next = bed.systemKeys().resolve(MASTER + "_next");
    String line = Files.readString(next);
    Files.delete(next);
    Files.writeString(bed.systemKeys().resolve(MASTER), line, StandardOpenOption.APPEND);

    keys.asked("masterkey", "propose", MASTER).orFail();
    assertThat(wrappedBy(key)).isEqualTo(before);
    keys.asked("masterkey", "activate", MASTER, "2").orFail();
    Await.until(
        "the gauge of data keys under another master key",
        () -> gauge("DataKeysUnderOtherMasterKeys") > 0);
    Await.until(
        "virtual table of master keys",
        () -> state(1).equals("FORMER") && state(2).equals("ACTIVE"));
    assertThat(keys.asked("keys", "list", "--no-counts", "--master", MASTER).orFail().out())
        .contains("FORMER", "keys rewrap");

    rewrapped();
    String now = wrappedBy(key);
    assertThat(now).isNotEqualTo(before);
    assertThat(
            keys.one(
                    "SELECT key_id FROM system_encryption.master_keys WHERE name = '"
                        + MASTER
                        + "' AND version = 2")
                .getString(0))
        .isEqualTo(now);
    assertThat(keys.sealed(rows).onlyKeyId()).as("no data was touched").isEqualTo(key.toString());

    keys.asked("keys", "rollback", MASTER).orFail();
    assertThat(
            ReplicatedKeys.key(keys.listed("moved", "--no-counts"), 1)
                .path("wrapped_by_active")
                .asBoolean())
        .isFalse();
    rewrapped();
    assertThat(wrappedBy(key)).as("the one of before").isEqualTo(before);
    assertThat(keys.count("WHERE key_id = " + key)).as("nothing was removed").isEqualTo(3);
    assertThat(keys.asked("keys", "gc", "--master", MASTER, "--namespace", "moved").orFail().out())
        .contains(key + ": 2 former wraps removed");
    assertThat(keys.count("WHERE key_id = " + key)).isEqualTo(1);
    rows.assertAllRead(node.cql());
    keys.flushed(rows);
    rows.assertAllRead(node.cql());
  }

  private String state(int version) {
    return String.valueOf(
        keys.one(
                "SELECT state FROM system_encryption.master_keys WHERE name = '%s' AND version = %d"
                    .formatted(MASTER, version))
            .getString(0));
  }

  /** All of the master key, by what the table says. */
  private void rewrapped() throws IOException {
    Ran rewrap = keys.asked("keys", "rewrap", "--master", MASTER, "--per-second", "100").orFail();
    assertThat(rewrap.out())
        .contains("Every data key is wrapped by its active master key", "has taken this over");
    Set<String> by = new TreeSet<>();
    for (JsonNode key : keys.listed("moved", "--no-counts").values()) {
      assertThat(key.path("wrapped_by_active").asBoolean()).isTrue();
      by.add(key.path("wrapped_by").asText());
    }
    assertThat(by).hasSize(1);
  }

  /** The master key of the newest wrap in the table. */
  private String wrappedBy(UUID key) {
    return String.valueOf(
        keys.one(
                "SELECT master_key FROM "
                    + ReplicatedKeys.WRAPS
                    + " WHERE key_id = "
                    + key
                    + " LIMIT 1")
            .getString(0));
  }
}
