package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Somebody writes to keyspace encryption_control who should not. */
@OnOperatedNode
class ChangedKeyTablesTest {

  private static final String WRAPS = ReplicatedKeys.WRAPS;

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;
  private final ReplicatedKeys keys;

  ChangedKeyTablesTest(TestBed bed) {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
    keys = ReplicatedKeys.under(bed, "rk_changed");
  }

  @Test
  void what_somebody_changed_in_the_tables_is_told_and_put_right_and_no_data_is_lost()
      throws Exception {
    Rows changed = keys.table("changed");
    Rows copied = keys.table("copied");
    String changedKey = keys.sealed(changed).onlyKeyId();
    String copiedKey = keys.sealed(copied).onlyKeyId();
    ByteBuffer good = wrap(changedKey);
    byte[] spoiled = new byte[good.remaining()];
    good.duplicate().get(spoiled);
    spoiled[spoiled.length - 1] ^= 1;
    overwrite(changedKey, ByteBuffer.wrap(spoiled));
    overwrite(copiedKey, good);

    Ran told = keys.asked("keys", "list", "--master", keys.master());
    assertThat(told.exit()).as("%s", told).isEqualTo(9);
    for (String key : List.of(changedKey, copiedKey)) {
      assertThat(told.err())
          .containsPattern("NOT SOUND: .*" + key)
          .contains("keys rewrap --key " + key, "No data is damaged");
    }
    operated.operations().refreshKeys(); // copies are not given up for what the table has now
    opensOn(changed, changedKey);
    opensOn(copied, copiedKey);
    assertThat(node.log())
        .contains("is passed over", "keys rewrap --key " + changedKey)
        .doesNotContain("CorruptSSTableException");

    for (String key : List.of(changedKey, copiedKey)) {
      Ran rewrap = keys.asked("keys", "rewrap", "--key", key).orFail();
      assertThat(rewrap.out()).contains("1 data keys were wrapped anew");
    }
    isFoundWithoutStaticColumns(changed, changedKey);
    keys.asked("keys", "list", "--master", keys.master()).orFail();
    comesBackFromTheCopies(
        changed,
        changedKey,
        () -> {
          node.execute("TRUNCATE encryption_control.data_keys");
          node.execute("TRUNCATE " + WRAPS);
        });
    comesBackFromTheCopies(
        changed,
        changedKey,
        () -> {
          node.execute("DROP TABLE encryption_control.data_keys");
          node.execute("DROP TABLE encryption_control.master_keys");
        });
    comesBackFromTheCopies(
        changed, changedKey, () -> node.execute("DROP KEYSPACE encryption_control"));
    keys.asked("keys", "rotate", "--master", keys.master(), "--namespace", "changed").orFail();
    assertThat(ReplicatedKeys.states(keys.listed("changed")))
        .as("under a first master key that was agreed on again")
        .containsExactly("INACTIVE", "ACTIVE");
    isKeptThoughRowsSayThatItIsGone(copied, copiedKey);
  }

  private Path copy(String key) {
    return bed.directory().resolve("operations-key-copies").resolve(key + ".key");
  }

  private void isFoundWithoutStaticColumns(Rows rows, String key) throws IOException {
    node.execute("UPDATE " + WRAPS + " SET version = 99 WHERE key_id = " + key);
    Files.delete(copy(key));
    opensOn(rows, key);
    assertThat(copy(key)).as("what the table gave is kept").exists();
    assertThat(node.log()).contains("it is found without them");
  }

  private void isKeptThoughRowsSayThatItIsGone(Rows rows, String key) {
    String row =
        " WHERE master = '%s' AND namespace = '%s' AND bits = 256 AND version = 1"
            .formatted(keys.master(), rows.name());
    for (String state : List.of("DEPRECATED", "REMOVED")) {
      node.execute("UPDATE encryption_control.data_keys SET status = '" + state + "'" + row);
      if (state.equals("DEPRECATED")) {
        assertThatThrownBy(
                () -> node.jmx().run("io.cassandratde:type=KeyHierarchy", "remove", key, 0L))
            .hasStackTraceContaining("need it");
      } else {
        node.execute("DELETE FROM " + WRAPS + " WHERE key_id = " + key);
      }
      operated.operations().refreshKeys();
    }
    assertThat(node.log()).containsPattern(key + " .*says that it was removed, but on this node");
    opensOn(rows, key);
    node.execute("DELETE FROM encryption_control.data_keys" + row);
    operated.operations().refreshKeys();
    assertThat(keys.count("WHERE key_id = " + key)).as("back from the copy").isPositive();
    opensOn(rows, key);
  }

  private ByteBuffer wrap(String key) {
    return Objects.requireNonNull(
        keys.one("SELECT wrapped FROM " + WRAPS + " WHERE key_id = " + key + " LIMIT 1")
            .getByteBuffer(0));
  }

  private void overwrite(String key, ByteBuffer wrapped) {
    UUID at =
        keys.one("SELECT wrapped_at FROM " + WRAPS + " WHERE key_id = " + key + " LIMIT 1")
            .getUuid(0);
    var unused =
        node.cql()
            .execute(
                "UPDATE " + WRAPS + " SET wrapped = ? WHERE key_id = ? AND wrapped_at = ?",
                wrapped,
                UUID.fromString(key),
                at);
  }

  /** Fetched past what the node has in memory. */
  private void opensOn(Rows rows, String key) {
    assertThat(operated.operations().checkKey(keys.group(), key).get("keyId")).isEqualTo(key);
    rows.assertAllRead(node.cql());
  }

  private void comesBackFromTheCopies(Rows rows, String key, Runnable loss) throws IOException {
    Map<Integer, JsonNode> before = keys.listed("changed", "--no-counts");
    loss.run();
    opensOn(rows, key);
    Await.until("the tables, created again", this::hasTables);
    // What Cassandra keeps of them would need keys that other tests take away.
    node.nodetool("clearsnapshot", "--all", "encryption_control").orFail();
    opensOn(rows, key);
    operated.operations().refreshKeys();
    assertThat(node.log()).containsPattern(key + " .* was lost in the table: it is back");
    Map<Integer, JsonNode> after = keys.listed("changed"); // with a look at each wrap
    assertThat(ReplicatedKeys.states(after)).isEqualTo(ReplicatedKeys.states(before));
    assertThat(ReplicatedKeys.id(after, 1)).isEqualTo(key);
    keys.flushed(rows);
    assertThat(keys.sealed(rows).onlyKeyId()).as("no other key was made").isEqualTo(key);
    rows.assertAllRead(node.cql());
  }

  private boolean hasTables() {
    return node
            .execute(
                "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'encryption_control'")
            .all()
            .stream()
            .map(row -> row.getString(0))
            .filter(List.of("data_keys", "data_key_wraps", "master_keys")::contains)
            .count()
        == 3;
  }
}
