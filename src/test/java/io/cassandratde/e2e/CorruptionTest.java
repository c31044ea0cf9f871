package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
import io.cassandratde.e2e.files.Chunk;
import io.cassandratde.e2e.node.CassandraNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A damaged file is an error of that file: no wrong row, no missing row, and the other files go on.
 */
@SharedNode
class CorruptionTest {

  private static final int ROWS = 100;

  private final TestBed bed;
  private final CassandraNode node;

  CorruptionTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  /** With a correct CRC only the authentication tag stands in the way. */
  @ParameterizedTest(name = "CRC recomputed: {0}")
  @ValueSource(booleans = {false, true})
  void a_flipped_bit_is_corruption_of_its_sstable(boolean crcRecomputed) {
    String keyspace = crcRecomputed ? "tampered" : "damaged";
    bed.keyspace(keyspace);
    String table = keyspace + ".t";
    node.execute(
        "CREATE TABLE "
            + table
            + " "
            + Rows.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND "
            + Encryption.lz4("dev", "corruption").options());
    Rows rows = new Rows(table).insert(node.cql(), ROWS);
    node.jmx().flush(keyspace);
    Path victim = node.dataFiles(keyspace, "t").get(0);
    rows.insert(node.cql(), ROWS);
    node.jmx().flush(keyspace);
    rows.assertAllRead(node.cql());
    assertThat(node.dataFiles(keyspace, "t")).hasSize(2);

    Chunk.first(victim).damage(crcRecomputed);

    assertThatThrownBy(() -> node.execute("SELECT * FROM " + table).all())
        .isInstanceOf(ReadFailureException.class);
    List<Integer> readable = new ArrayList<>();
    for (int id = 0; id < 2 * ROWS; id++) {
      try {
        var row = node.execute("SELECT secret FROM " + table + " WHERE id = " + id).one();
        assertThat(row).as("a row may not vanish, id " + id).isNotNull();
        assertThat(row.getString(0)).isEqualTo(rows.secretOf(id));
        readable.add(id);
      } catch (ReadFailureException damaged) {
        assertThat(id).as("only rows of the damaged file fail").isLessThan(ROWS);
      }
    }
    assertThat(readable)
        .as("all rows of the other file, none of the damaged one")
        .hasSize(ROWS)
        .allMatch(id -> id >= ROWS);
    assertThat(node.log().lines().filter(line -> line.contains(victim.getFileName().toString())))
        .as("the log names the file")
        .anyMatch(line -> line.contains("Corrupt"));
    assertThat(node.isRunning()).isTrue();
    node.execute("DROP TABLE " + table);
  }
}
