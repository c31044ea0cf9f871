package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.node.KeyOperations;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node records of its keys, and how that is proved. */
@OnOperatedNode
class NodeAuditTest {

  private static final int TAMPERED = 13;

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;

  NodeAuditTest(TestBed bed) {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
  }

  @Test
  void each_operation_stands_in_a_chain_that_shows_a_changed_line() throws IOException {
    operated.keyspace("audited");
    operated.table("audited.t", Rows.COLUMNS, Encryption.lz4("dev", "audited"));
    Rows rows = new Rows("audited.t").insert(node.cql(), 10);
    node.jmx().flush("audited");
    String key =
        SealedFiles.of(bed.distribution(), node.dataFiles("audited", "t").toArray(Path[]::new))
            .onlyKeyId();
    KeyOperations operations = operated.operations();
    assertThatThrownBy(() -> operations.fence("dev", key)).hasStackTraceContaining("current");
    var unused = operations.checkKey("dev", key);
    bed.dsetool("managekmip", "revoke", "dev", key).orFail();
    operations.refreshKeys();
    unused = operations.done(operations.rewrite("dev", key, 0, "audited"));
    unused = operations.fence("dev", key);
    assertThat(operations.unfence("dev", key)).isTrue();
    var control = "io.cassandratde:type=EncryptionControl";
    assertThat(
            node.jmx()
                .run(control, "holdBackup", "audited", "dev", key, "", "2031-01-31T00:00:00Z", ""))
        .isNull();
    assertThat(node.jmx().run(control, "releaseBackup", "audited")).isEqualTo(true);
    Await.until(
        "the last record", () -> Files.readString(operated.audit()).contains("release-backup"));

    assertThat(records(key))
        // Whether a look finds the key revoked before another has replaced it.
        .filteredOn(record -> !record.equals("sealing-stopped done"))
        .containsExactly(
            "create done",
            "activate done",
            "became-current done",
            "fence refused",
            "check-key done",
            "rewrite done",
            "rewrite-ended done",
            "fence done",
            "unfence done",
            "hold-backup done");
    assertThat(all().stream().filter(record -> key.equals(record.path("before").asText())))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.path("operation").asText()).isEqualTo("became-current");
              assertThat(record.path("namespace").asText()).isEqualTo("audited");
              assertThat(record.path("pid").asLong()).isEqualTo(node.pid());
              assertThat(record.path("certificate").asText()).startsWith("CN=");
            });
    assertThat(Files.readString(operated.audit())).doesNotContain(rows.secrets());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(operated.audit())))
        .isEqualTo("rw-------");
    Ran whole = verified(operated.audit());
    assertThat(whole.exit()).as("%s", whole).isZero();
    assertThat(whole.out()).contains(" records, chained whole");
    tampered(key);
  }

  private List<JsonNode> all() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    for (String line : Files.readAllLines(operated.audit())) {
      all.add(new ObjectMapper().readTree(line));
    }
    return all;
  }

  /** Operation and outcome of what concerns a key. */
  private List<String> records(String key) throws IOException {
    return all().stream()
        .filter(record -> key.equals(record.path("key").asText()))
        .map(record -> record.path("operation").asText() + " " + record.path("outcome").asText())
        .toList();
  }

  /** Someone would have the refused fence look like one that held. */
  private void tampered(String key) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(operated.audit()));
    int changed = 0;
    while (!(lines.get(changed).contains(key) && lines.get(changed).contains("\"refused\""))) {
      changed++;
    }
    lines.set(changed, lines.get(changed).replace("\"refused\"", "\"done\""));
    Path copy = bed.directory().resolve("tampered-audit.log");
    Ran caught = verified(Files.write(copy, lines));
    assertThat(caught.exit()).as("%s", caught).isEqualTo(TAMPERED);
    assertThat(caught.err()).contains("line " + (changed + 1) + " ");
  }

  private Ran verified(Path file) {
    return bed.distribution().cassandraTde("audit", "verify", file.toString());
  }
}
