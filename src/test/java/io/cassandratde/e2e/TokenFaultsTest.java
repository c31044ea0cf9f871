package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.keys.pkcs11.FailingToken;
import io.cassandratde.keys.pkcs11.SoftToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What stops a start, what it waits for, and what it says: over a token, and over replicated keys
 * that were chosen while rows wait in the commit log. On a node of its own; the operated node's
 * token fails with this one's.
 */
@ExtendWith(SharedTestBed.class)
@ResourceLock(OperatedNode.LOCK)
class TokenFaultsTest {

  private static final int DEVICE_REMOVED = 0x32;
  private static final String BY_TOKEN =
      "{'class': 'EncryptingLZ4Compressor', 'key_provider': 'Pkcs11KeyProviderFactory', 'pkcs11':"
          + " 'hsm'}";

  private final TestBed bed;
  private final SoftToken token;
  private final Path pin;

  TokenFaultsTest(TestBed bed) throws Exception {
    this.bed = bed;
    token = SoftToken.unused();
    token.makeKey("a", 256);
    pin = bed.directory().resolve("token-faults.pin");
    pin(SoftToken.PIN);
  }

  private void pin(String text) throws IOException {
    Files.writeString(pin, text);
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
  }

  private Path config(String labels, String more) throws Exception {
    return bed.writeConfig(
        "token-faults.yaml",
        List.of(bed.devServer().group("dev")),
        "pkcs11:\n  hsm: {library: %s, slot: %d, pin: {file: %s}, %s}\n"
                .formatted(FailingToken.library(), token.slot(), pin, labels)
            + "replicated_keys: {directory: token-faults-copies, master_keys: {m: {pkcs11: hsm}}}\n"
            + more);
  }

  private static Rows table(CassandraNode node, String name, String compression) {
    node.execute(
        "CREATE TABLE f.%s %s WITH compression = %s".formatted(name, Rows.COLUMNS, compression));
    return new Rows("f." + name).insert(node.cql(), 50);
  }

  @Test
  void a_start_stops_or_waits_and_says_why_and_loses_nothing() throws Exception {
    Path config = config("primary_key: a", "");
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("token-faults", config, true))
            .useYaml(EbtiFormatTest.YAML)
            .start()) {
      node.execute(
          "CREATE KEYSPACE f WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      Rows held = table(node, "held", BY_TOKEN);
      node.jmx().flush("f");
      Rows plain = table(node, "plain", "{'class': 'LZ4Compressor'}");
      refusesLabels(node);
      config("primary_key: a", "");
      node.kill();

      config(
          "primary_key: a",
          "encrypt: {keyspaces: [f]}\ndefault_key: {key_provider: ReplicatedKeyProviderFactory,"
              + " system_key_file: m}\n");
      assertThat(node.startAndAwaitExit()).isNotZero();
      assertThat(node.log())
          .contains(
              "Start stopped, with nothing lost: rows that wait in the commit log",
              "encrypt or default_key in " + config,
              "nodetool flush");

      config("primary_key: a", "");
      pin("87654321");
      assertThat(node.startAndAwaitExit()).isNotZero();
      assertThat(node.log())
          .contains(
              "Start stopped, with nothing changed",
              "refuses the PIN, which is not tried again",
              "correct pin");

      pin(SoftToken.PIN);
      FailingToken.away(DEVICE_REMOVED);
      try {
        CompletableFuture<CassandraNode> start = CompletableFuture.supplyAsync(node::start);
        Await.until(
            "the node says what it waits for",
            () -> node.log().contains("This start waits for 1 of "));
        assertThat(start).isNotDone();
        FailingToken.works();
        start.get(3, TimeUnit.MINUTES);
      } finally {
        FailingToken.works();
      }
      held.assertAllRead(node.cql());
      plain.assertAllRead(node.cql());
      assertThat(node.log()).doesNotContain("CorruptSSTableException", "Corrupt sstable");
    }
  }

  /** The node goes on with what it has. */
  private void refusesLabels(CassandraNode node) throws Exception {
    config("primary_key: nobody", "");
    assertThatThrownBy(() -> node.jmx().run("io.cassandratde:type=Configuration", "reload"))
        .hasStackTraceContaining("no secret key of label nobody");
    token.makeKey("two", 256);
    token.makeKey("two", 256);
    config("primary_key: two", "");
    assertThatThrownBy(() -> node.jmx().run("io.cassandratde:type=Configuration", "reload"))
        .hasStackTraceContaining("two have one label");
    token.deleteKey("two");
    token.deleteKeyIfThere("two");
  }
}
