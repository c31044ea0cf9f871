package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.node.CassandraNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A key file's key is replaced in carriers alone: by a new last line and {@code rewrap}, without
 * any data rewritten, until the old line can go.
 */
@OnOperatedNode
class KeyLinesTest {

  private static final String FILE = "lines_key";

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;
  private final GivenKeyRunbook runbook;

  KeyLinesTest(TestBed bed) {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
    runbook = new GivenKeyRunbook(bed, node, operated.config(), "local", new Rows("lines.t"));
  }

  @Test
  void the_next_line_takes_over_the_carriers_and_the_data_stays() throws IOException {
    createKey(FILE);
    Path file = bed.systemKeys().resolve(FILE);
    operated.keyspace("lines");
    node.execute(
        "CREATE TABLE lines.t "
            + Rows.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND"
            + " compression = {'class': 'EncryptingLZ4Compressor', 'key_provider':"
            + " 'LocalFileSystemKeyProviderFactory', 'secret_key_file': '"
            + FILE
            + "', 'secret_key_strength': 256}");
    runbook.flushed(100);
    final String old = runbook.keyIds().iterator().next();
    runbook.isRefusedAsLongAsItSeals("rewrap", old);

    createKey("lines_next");
    Path next = bed.systemKeys().resolve("lines_next");
    String line = Files.readString(next);
    Files.delete(next);
    Files.writeString(file, line, StandardOpenOption.APPEND);
    List<Path> data = node.dataFiles("lines", "t");
    assertThat(runbook.isProved("rewrap", old)).isNotEqualTo(old);
    assertThat(node.dataFiles("lines", "t")).as("no data was rewritten").isEqualTo(data);

    Files.writeString(file, line);
    node.restart();
    runbook.assertServesWithout(old);
  }

  private void createKey(String name) {
    bed.cassandraTde("createsystemkey", "AES", "256", name).orFail();
  }
}
