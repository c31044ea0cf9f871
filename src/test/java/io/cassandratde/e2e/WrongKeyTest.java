package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.PyKmip;
import io.cassandratde.e2e.node.CassandraNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Another server's key of the same id: PyKMIP counts its keys from 1, so two of them give the same
 * ids to different keys (docs/RULES.md R2).
 */
@ExtendWith(SharedTestBed.class)
class WrongKeyTest {

  private final TestBed bed;

  WrongKeyTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void another_servers_key_stops_the_start_with_a_clear_error() {
    try (PyKmip right = bed.startPyKmip("pykmip-right");
        PyKmip wrong = bed.startPyKmip("pykmip-wrong")) {
      Path rightConfig = bed.writeConfig("right.yaml", List.of(right.group("prod")));
      Path wrongConfig = bed.writeConfig("wrong.yaml", List.of(wrong.group("prod")));
      try (CassandraNode node =
          CassandraNode.prepare(bed.setup("wrong-key", rightConfig, false)).start()) {
        node.execute(
            "CREATE KEYSPACE w WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        node.execute(
            "CREATE TABLE w.t " + Rows.COLUMNS + " WITH " + Encryption.lz4("prod", "w").options());
        Rows rows = new Rows("w.t").insert(node.cql(), 100);
        node.jmx().flush("w");
        Path file = node.dataFiles("w", "t").get(0);
        String id = SealedFiles.of(bed.distribution(), file).onlyKeyId();
        wrong.createKeyWithId(id);
        node.kill();

        // It would serve errors in the place of rows, so it does not serve (docs/RULES.md R22).
        assertThat(node.useConfig(wrongConfig).startAndAwaitExit()).isNotZero();
        assertThat(node.log())
            .contains(
                "key " + id + " of group prod", "gave another key under this id", file.toString());
        assertThat(node.log().lines().filter(line -> line.contains("Corrupt")))
            .as("a wrong key is no corruption")
            .isEmpty();

        node.useConfig(rightConfig).start();
        rows.assertAllRead(node.cql());
      }
    }
  }
}
