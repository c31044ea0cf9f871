package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * DSE's rekeying runbook as its pages give it, typed with our {@code dsetool} and stock {@code
 * nodetool}: against PyKMIP by revoke, against the development server by revoke and by expirekey
 * (PyKMIP keeps no dates).
 */
@SharedNode
class RunbookTest {

  private final TestBed bed;
  private final CassandraNode node;

  RunbookTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void replaces_a_key_of_pykmip_by_revoke() {
    Runbook runbook = new Runbook("runbook_py", "py");

    runbook.fill();
    assertThat(bed.pykmip().keysInDatabase())
        .as("the server's own database has the key that the raw files name")
        .contains(runbook.oldKey + " ACTIVE");
    runbook.backUp();
    runbook.revoke();
    assertThat(bed.pykmip().keysInDatabase()).contains(runbook.oldKey + " DEACTIVATED");
    runbook.seeNewKey();
    assertThat(bed.pykmip().keysInDatabase()).contains(runbook.newKey + " ACTIVE");
    runbook.rewrite();
    runbook.destroy();

    assertThat(bed.pykmip().keysInDatabase())
        .noneMatch(key -> key.startsWith(runbook.oldKey + " "))
        .contains(runbook.newKey + " ACTIVE");
  }

  @Test
  void replaces_a_key_of_the_development_server_by_revoke() {
    Runbook runbook = new Runbook("runbook_dev", "dev");

    runbook.fill();
    runbook.backUp();
    runbook.revoke();
    runbook.seeNewKey();
    runbook.rewrite();
    runbook.destroy();
  }

  @Test
  void replaces_a_key_of_the_development_server_by_expirekey() {
    Runbook runbook = new Runbook("runbook_expire", "dev");

    runbook.fill();
    runbook.backUp();
    assertThat(runbook.listed(runbook.oldKey)).contains("  Active  ");
    bed.dsetool("managekmip", "expirekey", runbook.group, runbook.oldKey).orFail();
    runbook.seeNewKey();
    runbook.rewrite();
    // Destroying takes a deactivated key (KMIP 1.4, 4.21), so an expired one is revoked first.
    runbook.revoke();
    runbook.destroy();
  }

  /** The steps, with what must be seen after each. */
  private final class Runbook {
    private final String keyspace;
    private final String group;
    private final Encryption encryption;
    private final Rows rows;
    private String oldKey = "";
    private String newKey = "";

    Runbook(String keyspace, String group) {
      this.keyspace = keyspace;
      this.group = group;
      this.encryption = Encryption.lz4(group, keyspace);
      this.rows = new Rows(keyspace + ".riders");
    }

    void fill() {
      bed.keyspace(keyspace);
      node.execute(
          "CREATE TABLE " + keyspace + ".riders " + Rows.COLUMNS + " WITH " + encryption.options());
      rows.insert(node.cql(), 500);
      node.jmx().flush(keyspace);
      oldKey = live().onlyKeyId();
    }

    void backUp() {
      node.nodetool("snapshot", "-t", "backup", keyspace).orFail();
    }

    void revoke() {
      assertThat(listed(oldKey)).contains("  Active  ");
      bed.dsetool("managekmip", "revoke", group, oldKey).orFail();
      assertThat(listed(oldKey)).contains("  Deactivated  ");
    }

    /** After the refresh a new key seals by itself, and the old one still opens. */
    void seeNewKey() {
      Pattern line = Pattern.compile(encryption.currentKeyLine(oldKey));
      Await.until("a new current key", () -> line.matcher(node.log()).find());
      rows.insert(node.cql(), 500);
      node.jmx().flush(keyspace);

      assertThat(live().keyIds()).hasSize(2).contains(oldKey);
      newKey = live().keyIds().stream().filter(id -> !id.equals(oldKey)).findFirst().orElseThrow();
      assertThat(listed(newKey)).contains("  Active  ");
      rows.assertAllRead(node.cql());
    }

    void rewrite() {
      node.nodetool("upgradesstables", "--include-all-sstables", keyspace, "riders").orFail();

      Await.until("old files to go", () -> live().keyIds().equals(Set.of(newKey)));
      assertThat(SealedFiles.of(bed.distribution(), snapshot()).keyIds())
          .as("the backup still needs the old key, and says so")
          .containsExactly(oldKey);
      rows.assertAllRead(node.cql());
    }

    void destroy() {
      Ran early = typedDestroy();
      assertThat(early.exit()).as("the backup needs the key, %s", early).isIn(6, 14);
      node.nodetool("clearsnapshot", "-t", "backup", keyspace).orFail();
      // Refused until every node has noticed the revocation: key_cache_millis and a time-out later.
      Await.until(
          "destroy",
          () -> {
            Ran destroy = typedDestroy();
            assertThat(destroy.exit()).as("%s", destroy).isIn(0, 6);
            return destroy.exit() == 0;
          });

      rows.assertAllRead(node.cql());
      assertThat(listed(newKey)).contains("  Active  ");
      bed.mustSurviveRestart(rows);
    }

    /** On a terminal: each class of places is attested, then the key id typed. */
    private Ran typedDestroy() {
      return bed.distribution()
          .dsetoolOnTerminal(
              bed.config(),
              "yes\n".repeat(6) + oldKey,
              "managekmip",
              "destroy",
              group,
              oldKey,
              "-p",
              String.valueOf(node.jmxPort()));
    }

    String listed(String key) {
      Ran list = bed.dsetool("managekmip", "list", group).orFail();
      assertThat(list.out()).startsWith("Keys on ");
      List<String> lines =
          list.out()
              .lines()
              // The first column: PyKMIP's ids are small numbers, which stand in dates too.
              .filter(row -> row.startsWith(key + "  "))
              .toList();
      assertThat(lines).as("lines about " + key + " in " + list).hasSize(1);
      return lines.get(0);
    }

    private SealedFiles live() {
      return SealedFiles.of(
          bed.distribution(), node.dataFiles(keyspace, "riders").toArray(Path[]::new));
    }

    private Path snapshot() {
      return node.tableDirectory(keyspace, "riders").resolve("snapshots/backup");
    }
  }
}
