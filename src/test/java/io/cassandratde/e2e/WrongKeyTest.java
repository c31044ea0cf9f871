package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
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
  void another_servers_key_gives_a_clear_error_and_no_data() {
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

        node.useConfig(wrongConfig).start();
        assertThatThrownBy(() -> node.execute("SELECT * FROM w.t").all())
            .isInstanceOf(ReadFailureException.class);
        assertThatThrownBy(() -> node.execute("SELECT * FROM w.t WHERE id = 7").all())
            .isInstanceOf(ReadFailureException.class);
        assertThat(node.log()).contains("WrongKeyException").contains("prod").contains(id);
        assertThat(node.log().lines().filter(line -> line.contains("Corrupt")))
            .as("a wrong key is no corruption")
            .isEmpty();
        node.kill();

        node.useConfig(rightConfig).start();
        rows.assertAllRead(node.cql());
      }
    }
  }
}
