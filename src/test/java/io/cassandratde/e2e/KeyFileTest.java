package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import io.cassandratde.e2e.node.CassandraNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A key file that cannot be sealed with is refused when a table names it, and at no other time. On
 * a node of its own: accepted, it would hold up every flush, DROP and the start after a crash.
 */
@ExtendWith(SharedTestBed.class)
class KeyFileTest {

  private final TestBed bed;

  KeyFileTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void a_key_file_that_cannot_be_sealed_with_is_refused_to_the_client_and_stops_nothing()
      throws IOException {
    bed.cassandraTde("createsystemkey", "AES", "256", "ddl_key").orFail();
    Path file = bed.systemKeys().resolve("ddl_key");
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("key-file", bed.config(), false)).start()) {
      node.execute(
          "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      create(node, "good", "ddl_key", 256);
      Rows rows = new Rows("k.good").insert(node.cql(), 50);

      assertRefused(() -> create(node, "typo", "ddl_kye", 256), "ddl_kye is not there");
      assertRefused(() -> create(node, "typo", "ddl_key", 128), "has no AES:128 key");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      assertRefused(() -> create(node, "typo", "ddl_key", 256), "chmod 600");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      assertRefused(
          () -> node.execute("ALTER TABLE k.good WITH " + options("ddl_kye", 256)),
          "ddl_kye is not there");

      node.jmx().flush("k");
      rows.insert(node.cql(), 50);
      node.kill();
      node.start();
      rows.assertAllRead(node.cql());
      node.jmx().flush("k");
      create(node, "typo", "ddl_key", 256);
      node.execute("DROP TABLE k.typo");
      node.nodetool("drain").orFail();

      doesNotStartWithoutTheFile(node, file, rows);
    }
  }

  /** Its SSTables cannot be read without the file; the schema, which names it, could. */
  private void doesNotStartWithoutTheFile(CassandraNode node, Path file, Rows rows)
      throws IOException {
    node.stop();
    Path away = bed.directory().resolve("ddl_key.away"); // its key is found in any file beside it
    Files.move(file, away);
    assertThat(node.startAndAwaitExit()).isNotZero();
    assertThat(node.log())
        .contains(
            "Start stopped, with nothing changed", "of group local", "is neither in key file");
    Files.move(away, file);
    node.start();
    rows.assertAllRead(node.cql());
  }

  private static void assertRefused(Runnable statement, String why) {
    assertThatThrownBy(statement::run)
        .isInstanceOf(InvalidConfigurationInQueryException.class)
        .hasMessageContaining("secret_key_file")
        .hasMessageContaining(why);
  }

  private static void create(CassandraNode node, String table, String file, int strength) {
    node.execute(
        "CREATE TABLE k." + table + " " + Rows.COLUMNS + " WITH " + options(file, strength));
  }

  private static String options(String file, int strength) {
    return "compression = {'class': 'EncryptingLZ4Compressor', 'key_provider': 'LocalFileSystemKeyProviderFactory', 'secret_key_file': '%s', 'secret_key_strength': %d}"
        .formatted(file, strength);
  }
}
