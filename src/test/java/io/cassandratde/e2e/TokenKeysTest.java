package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.keys.pkcs11.FailingToken;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/**
 * A table whose data keys are wrapped within a token: its key is replaced there by labels and a
 * reload, as an HSM's primary and secondary key are, and a token that is away holds flushes up and
 * spoils nothing.
 */
@OnOperatedNode
class TokenKeysTest {

  private static final int DEVICE_REMOVED = 0x32;
  private static final String GROUP = "pkcs11:" + OperatedNode.TOKEN;

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;
  private final Rows rows = new Rows("held.t");

  TokenKeysTest(TestBed bed) {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
  }

  private CompositeData reload() {
    CompositeData report =
        (CompositeData) node.jmx().run("io.cassandratde:type=Configuration", "reload");
    operated.operations().refreshKeys();
    return report;
  }

  private void flushed(int count) {
    rows.insert(node.cql(), count);
    node.jmx().flush("held");
  }

  private Set<String> keyIds() {
    return SealedFiles.of(bed.distribution(), node.dataFiles("held", "t").toArray(Path[]::new))
        .keyIds();
  }

  private List<Path> files() {
    return RawFiles.below(node.tableDirectory("held", "t"));
  }

  private List<Path> carriers() {
    return files().stream().filter(file -> file.toString().endsWith("-Encryption.db")).toList();
  }

  @Test
  void the_key_is_replaced_by_labels_and_a_reload_and_the_old_one_deleted_from_the_token()
      throws Exception {
    operated.token().makeKey("a", 256);
    operated.useLabels("primary_key: a");
    assertThat((String[]) reload().get("changed")).contains("pkcs11.hsm.primary_key");
    operated.keyspace("held");
    node.execute(
        "CREATE TABLE held.t "
            + Rows.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND"
            + " compression = {'class': 'EncryptingLZ4Compressor', 'key_provider':"
            + " 'Pkcs11KeyProviderFactory', 'pkcs11': 'hsm', 'cipher_algorithm':"
            + " 'AES/GCM/NoPadding', 'secret_key_strength': 256}");
    flushed(100);
    assertThat(keyIds()).hasSize(1);
    String a = keyIds().iterator().next();
    assertThat(RawFiles.found(carriers(), List.of(a))).as("visible in the raw file").hasSize(1);
    assertThat(RawFiles.found(files(), rows.secrets())).isEmpty();

    operated.token().makeKey("b", 256);
    operated.useLabels("primary_key: b, secondary_key: a");
    assertThat((String[]) reload().get("changed"))
        .contains("pkcs11.hsm.primary_key", "pkcs11.hsm.secondary_key");
    flushed(50);
    assertThat(keyIds()).hasSize(2).contains(a);
    String b = keyIds().stream().filter(id -> !id.equals(a)).findFirst().orElseThrow();
    CompositeData done =
        operated.operations().done(operated.operations().rewrap(GROUP, a, "held.t"));
    assertThat(done.get("SSTablesDone")).isEqualTo(1L);
    assertThat(keyIds()).containsExactly(b);
    assertThat(RawFiles.found(files(), List.of(a))).isEmpty();
    assertThat(carriers()).hasSize(2);
    for (Path carrier : carriers()) {
      assertThat(RawFiles.found(List.of(carrier), List.of(b))).hasSize(1);
    }

    awayAndBack();

    operated.useFirstLabels();
    var unused = reload();
    operated.token().deleteKey("a");
    node.restart();
    rows.assertAllRead(node.cql());
    assertThat(node.log()).doesNotContain("CorruptSSTableException");
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
