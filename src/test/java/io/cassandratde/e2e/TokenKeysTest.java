package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.keys.pkcs11.FailingToken;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A table whose data keys are wrapped within a token: its key is replaced by the runbook, labels
 * and a reload, as an HSM's primary and secondary key are, and a token that is away holds flushes
 * up and spoils nothing.
 */
@OnOperatedNode
class TokenKeysTest {

  private static final int DEVICE_REMOVED = 0x32;
  private static final String GROUP = "pkcs11:" + OperatedNode.TOKEN;

  private final OperatedNode operated;
  private final CassandraNode node;
  private final Rows rows = new Rows("held.t");
  private final GivenKeyRunbook runbook;

  TokenKeysTest(TestBed bed) {
    operated = bed.operated();
    node = operated.node();
    runbook = new GivenKeyRunbook(bed, node, operated.config(), GROUP, rows);
  }

  /** The labels of the token's keys in the configuration, taken over by the command. */
  private void label(String labels, String... changed) {
    operated.useLabels(labels);
    assertThat(runbook.command("reload").orFail().out()).contains(changed);
  }

  private List<Path> carriers() {
    return runbook.files().stream()
        .filter(file -> file.toString().endsWith("-Encryption.db"))
        .toList();
  }

  private static String other(Set<String> ids, String known) {
    assertThat(ids).hasSize(2).contains(known);
    return ids.stream().filter(id -> !id.equals(known)).findFirst().orElseThrow();
  }

  @Test
  void the_key_is_replaced_by_labels_and_a_reload_and_the_old_one_deleted_from_the_token()
      throws Exception {
    operated.token().makeKey("a", 256);
    label("primary_key: a", "pkcs11.hsm.primary_key");
    operated.keyspace("held");
    node.execute(
        "CREATE TABLE held.t "
            + Rows.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND"
            + " compression = {'class': 'EncryptingLZ4Compressor', 'key_provider':"
            + " 'Pkcs11KeyProviderFactory', 'pkcs11': 'hsm', 'cipher_algorithm':"
            + " 'AES/GCM/NoPadding', 'secret_key_strength': 256}");
    runbook.flushed(100);
    assertThat(runbook.keyIds()).hasSize(1);
    String a = runbook.keyIds().iterator().next();
    assertThat(RawFiles.found(carriers(), List.of(a))).as("visible in the raw file").hasSize(1);
    runbook.assertNothingReadable();
    assertThat(runbook.command("inventory").out()).contains(GROUP, a);
    isTheEndOfTheHierarchy(a);
    runbook.isRefusedAsLongAsItSeals("rewrap", a);

    String c = rewrapped(a);
    awayAndBack();
    rewritten(c);

    operated.useFirstLabels();
    assertThat(runbook.command("reload").orFail().out()).contains("pkcs11.hsm.secondary_key");
    operated.token().deleteKey("a");
    operated.token().deleteKey("c");
    node.restart();
    runbook.assertServesWithout(a);
    runbook.assertServesWithout(c);
  }

  /** An SSTable's own keys are wrapped by it, and nothing wraps it. */
  private void isTheEndOfTheHierarchy(String a) {
    Row row =
        Objects.requireNonNull(
            node.execute(
                    "SELECT * FROM system_encryption.key_hierarchy WHERE keyspace_name = 'held'")
                .one());
    assertThat(row.getString("path")).endsWith("-Data.db");
    assertThat(row.getString("data_key")).isEqualTo(a);
    assertThat(row.getString("key_group")).isEqualTo(GROUP);
    assertThat(row.getString("master_key")).isNull();
  }

  /** Carriers alone are replaced, and say so; the snapshot keeps the key until it is gone. */
  private String rewrapped(String a) throws Exception {
    operated.token().makeKey("c", 256);
    label("primary_key: c, secondary_key: a", "pkcs11.hsm.primary_key", "pkcs11.hsm.secondary_key");
    node.jmx().snapshot("kept", "held", "t");
    runbook.flushed(50);
    String c = other(runbook.keyIds(), a);
    List<Path> data = node.dataFiles("held", "t");
    runbook.isNotProvedBecauseOf("kept", "rewrap", a);
    assertThat(runbook.keyIds()).containsExactly(c);
    node.nodetool("clearsnapshot", "-t", "kept", "held").orFail();
    assertThat(runbook.isProved("rewrap", a)).isEqualTo(c);
    assertThat(node.dataFiles("held", "t")).as("no data was rewritten").isEqualTo(data);
    assertThat(carriers()).hasSize(2);
    for (Path carrier : carriers()) {
      assertThat(RawFiles.found(List.of(carrier), List.of(c))).hasSize(1);
    }
    return c;
  }

  private void rewritten(String c) throws Exception {
    operated.token().makeKey("b", 256);
    label("primary_key: b, secondary_key: c", "pkcs11.hsm.primary_key");
    List<Path> data = node.dataFiles("held", "t");
    String b = runbook.isProved("rekey", c);
    assertThat(b).isNotEqualTo(c);
    assertThat(node.dataFiles("held", "t")).doesNotContainAnyElementsOf(data);
  }

  /** What is open is read on; what is sealed waits, and is there when the token is back. */
  private void awayAndBack() throws Exception {
    rows.insert(node.cql(), 20);
    int before = node.dataFiles("held", "t").size();
    FailingToken.away(DEVICE_REMOVED);
    try {
      CompletableFuture<Void> flush = CompletableFuture.runAsync(() -> node.jmx().flush("held"));
      Await.until(
          "the node says what it waits for",
          () -> node.log().contains("Whatever seals for pkcs11 group hsm"));
      rows.assertAllRead(node.cql());
      assertThat(flush).isNotDone();
      FailingToken.works();
      flush.get(2, TimeUnit.MINUTES);
    } finally {
      FailingToken.works();
    }
    assertThat(node.log()).contains("Sealing for pkcs11 group hsm");
    assertThat(node.dataFiles("held", "t")).hasSize(before + 1);
    rows.assertAllRead(node.cql());
  }
}
