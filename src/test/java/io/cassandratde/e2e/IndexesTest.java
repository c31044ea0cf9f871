package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.ResultSet;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Indexes and views on encrypted tables. */
@SharedNode
class IndexesTest {

  private final TestBed bed;
  private final CassandraNode node;

  IndexesTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void a_secondary_index_works_and_inherits_the_encryption() {
    Rows rows = fill("legacy_index");
    node.execute("CREATE INDEX by_secret ON legacy_index.t (secret)");
    awaitIndex("legacy_index", "by_secret");
    node.jmx().flush("legacy_index");

    assertThat(idsOf("legacy_index", rows.secretOf(7))).containsExactly(7);
    List<Path> index =
        CassandraNode.dataFiles(node.tableDirectory("legacy_index", "t").resolve(".by_secret"));
    assertThat(index).isNotEmpty();
    assertThat(RawFiles.found(index, rows.secrets()))
        .as("plaintext in the index's Data.db")
        .isEmpty();
    bed.mustSurviveRestart(rows);
  }

  @Test
  void a_storage_attached_index_works() {
    Rows rows = fill("sai_index");
    node.execute("CREATE INDEX by_secret ON sai_index.t (secret) USING 'sai'");
    awaitIndex("sai_index", "by_secret");
    rows.insert(node.cql(), 50);
    node.jmx().flush("sai_index");
    node.jmx().compact("sai_index", "t");

    assertThat(idsOf("sai_index", rows.secretOf(7))).containsExactly(7);
    assertThat(idsOf("sai_index", rows.secretOf(120))).containsExactly(120);
    assertThat(RawFiles.found(node.dataFiles("sai_index", "t"), rows.secrets())).isEmpty();
    bed.mustSurviveRestart(rows);
  }

  @Test
  void a_view_would_be_plaintext_and_says_so() {
    Rows rows = fill("views");
    String view =
        "CREATE MATERIALIZED VIEW views.%s AS SELECT id, secret FROM views.t"
            + " WHERE id IS NOT NULL AND secret IS NOT NULL PRIMARY KEY (id, secret)";

    ResultSet created = node.execute(view.formatted("plain"));

    assertThat(created.getExecutionInfo().getWarnings())
        .anyMatch(warning -> warning.contains("views.plain") && warning.contains("NOT encrypted"));
    assertThat(node.log())
        .contains("Materialized view views.plain of the encrypted table views.t is NOT");
    awaitView("plain");
    node.jmx().flush("views");
    assertThat(RawFiles.found(node.dataFiles("views", "plain"), rows.secrets())).isNotEmpty();

    // What the warning advises.
    node.execute(
        "ALTER MATERIALIZED VIEW views.plain WITH " + Encryption.lz4("dev", "views").options());
    node.nodetool("upgradesstables", "-a", "views", "plain").orFail();
    Await.until(
        "no plaintext in the view",
        () -> RawFiles.found(node.dataFiles("views", "plain"), rows.secrets()).isEmpty());
    ResultSet sealed =
        node.execute(
            view.formatted("sealed") + " WITH " + Encryption.lz4("dev", "views").options());
    assertThat(sealed.getExecutionInfo().getWarnings())
        .noneMatch(warning -> warning.contains("NOT encrypted"));
    awaitView("sealed");
    node.jmx().flush("views");
    assertThat(RawFiles.found(node.dataFiles("views", "sealed"), rows.secrets())).isEmpty();
    for (String name : List.of("plain", "sealed")) {
      assertThat(node.execute("SELECT * FROM views." + name).all()).hasSize(100);
    }
    bed.mustSurviveRestart(rows);
  }

  private Rows fill(String keyspace) {
    bed.keyspace(keyspace);
    node.execute(
        "CREATE TABLE "
            + keyspace
            + ".t "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.lz4("dev", keyspace).options());
    Rows rows = new Rows(keyspace + ".t").insert(node.cql(), 100);
    node.jmx().flush(keyspace);
    return rows;
  }

  private void awaitIndex(String keyspace, String index) {
    Await.until(
        "index " + index,
        () ->
            node
                .execute(
                    "SELECT index_name FROM system.\"IndexInfo\" WHERE table_name = '"
                        + keyspace
                        + "'")
                .all()
                .stream()
                .anyMatch(row -> index.equals(row.getString(0))));
  }

  private void awaitView(String name) {
    Await.until(
        "view " + name, () -> node.execute("SELECT * FROM views." + name).all().size() == 100);
  }

  private List<Integer> idsOf(String keyspace, String secret) {
    return node
        .execute("SELECT id FROM " + keyspace + ".t WHERE secret = '" + secret + "'")
        .all()
        .stream()
        .map(row -> row.getInt(0))
        .toList();
  }
}
