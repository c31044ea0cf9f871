package io.cassandratde.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A key file that cannot be sealed with is refused when a table names it, and at no other time. On
 * a node of its own: accepted, it would hold up every flush, DROP and the start after a crash. A
 * start without key files, or with ones that are damaged or open to others, names each; also those
 * of master keys, under which the data keys of other tables are.
 */
@ExtendWith(SharedTestBed.class)
class KeyFileTest {

  /** Of these, each with a key file and a table of its own name. */
  private static final List<String> MASTERS = List.of("pay", "staff", "shop");

  private final TestBed bed;

  KeyFileTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void a_key_file_that_cannot_be_sealed_with_is_refused_to_the_client_and_stops_nothing()
      throws IOException {
    bed.cassandraTde("createsystemkey", "AES", "256", "ddl_key").orFail();
    for (String master : MASTERS) {
      bed.cassandraTde("createsystemkey", "AES", "256", master + "_key").orFail();
    }
    Path file = bed.systemKeys().resolve("ddl_key");
    Path config =
        bed.writeConfig(
            "tde-key-file.yaml",
            List.of(),
            "replicated_keys: {directory: key-file-copies, master_keys: {%s}}\n"
                .formatted(
                    String.join(", ", MASTERS)
                        .replaceAll("\\w+", "$0: {system_key_file: $0_key}")));
    try (CassandraNode node = CassandraNode.prepare(bed.setup("key-file", config, false)).start()) {
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

      Map<String, Rows> underMasters = replicated(node);
      node.jmx().flush("k");
      underMasters.forEach((master, its) -> assertReplicated(node, master, its));
      GivenKeyRunbook runbook = new GivenKeyRunbook(bed, node, config, "local", rows);
      String old = isReplaced(runbook, file);
      rows.insert(node.cql(), 50);
      underMasters.values().forEach(its -> its.insert(node.cql(), 50));
      node.kill();
      node.start();
      rows.assertAllRead(node.cql());
      underMasters.values().forEach(its -> its.assertAllRead(node.cql()));
      runbook.assertServesWithout(old);
      node.jmx().flush("k");
      create(node, "typo", "ddl_key", 256);
      node.execute("DROP TABLE k.typo");
      node.nodetool("drain").orFail();

      doesNotStartWithoutTheFiles(node, file, rows, underMasters);
    }
  }

  /** By DSE's default provider: the options name none. The tables of keys come with the node. */
  private static Map<String, Rows> replicated(CassandraNode node) {
    assertThatThrownBy(
            () ->
                node.execute(
                    "CREATE TABLE k.typo %s WITH compression = {'class': 'EncryptingLZ4Compressor', 'pkcs11': 'hsm'}"
                        .formatted(Rows.COLUMNS)))
        .isInstanceOf(InvalidConfigurationInQueryException.class)
        .hasMessageContaining("Pkcs11KeyProviderFactory needs the SSTable format ebti");
    Map<String, Rows> rows = new LinkedHashMap<>();
    for (String master : MASTERS) {
      String create =
          "CREATE TABLE IF NOT EXISTS k.%1$s %2$s WITH compression = {'class': 'EncryptingLZ4Compressor', 'system_key_file': '%1$s'}"
              .formatted(master, Rows.COLUMNS);
      ReplicatedKeys.accepted(node, create);
      rows.put(master, new Rows("k." + master).insert(node.cql(), 50));
    }
    return rows;
  }

  private void assertReplicated(CassandraNode node, String master, Rows rows) {
    List<Path> files = node.dataFiles("k", master);
    assertThat(RawFiles.found(files, rows.secrets())).as("plaintext on disk").isEmpty();
    SealedFiles sealed = SealedFiles.of(bed.distribution(), files.toArray(Path[]::new));
    assertThat(sealed.entries())
        .isNotEmpty()
        .allSatisfy(
            entry ->
                assertThat(entry.keys())
                    .extracting(SealedFiles.Key::group)
                    .containsOnly("replicated:" + master));
    assertThat(bed.directory().resolve("key-file-copies"))
        .isDirectoryContaining(copy -> copy.toString().contains(sealed.onlyKeyId()));
  }

  /** By a new last line; the old one is taken out at the end. Returns the key that is gone. */
  private String isReplaced(GivenKeyRunbook runbook, Path file) throws IOException {
    CassandraNode node = runbook.node();
    String old = runbook.keyIds().iterator().next();
    assertThat(runbook.command("inventory").out()).contains("local", old);
    runbook.isRefusedAsLongAsItSeals("rekey", old);
    bed.cassandraTde("createsystemkey", "AES", "256", "next_key").orFail();
    Path next = bed.systemKeys().resolve("next_key");
    String line = Files.readString(next);
    Files.delete(next);
    Files.writeString(file, line, StandardOpenOption.APPEND);
    node.jmx().snapshot("kept", "k", "good");
    Ran rewrap = runbook.replace("rewrap", old);
    assertThat(rewrap.exit()).as("%s", rewrap).isEqualTo(9);
    assertThat(rewrap.out()).contains("names its key in every chunk", "rewrite it instead");
    runbook.isNotProvedBecauseOf("kept", "rekey", old);
    node.nodetool("clearsnapshot", "-t", "kept", "k").orFail();
    assertThat(runbook.isProved("rekey", old)).isNotEqualTo(old);
    Files.writeString(file, line);
    return old;
  }

  /** Its SSTables cannot be read without the files; the schema, which names them, could. */
  private void doesNotStartWithoutTheFiles(
      CassandraNode node, Path file, Rows rows, Map<String, Rows> underMasters) throws IOException {
    node.stop();
    Path away = bed.directory().resolve("ddl_key.away"); // its key is found in any file beside it
    Path master = bed.systemKeys().resolve("pay_key");
    Path masterAway = bed.directory().resolve("pay_key.away");
    Path open = bed.systemKeys().resolve("staff_key");
    Path cut = bed.systemKeys().resolve("shop_key");
    byte[] whole = Files.readAllBytes(cut);
    Files.move(file, away);
    Files.move(master, masterAway);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    Files.write(cut, Arrays.copyOf(whole, whole.length - 9));
    assertThat(node.startAndAwaitExit()).isNotZero();
    assertThat(node.log())
        .contains(
            "Start stopped, with nothing changed",
            "of group local",
            "is neither in key file",
            "of group replicated:pay",
            "is wrapped under master key 'pay'",
            "is neither in key file " + master,
            "of group replicated:staff",
            open + " is open to others (rw-r--r--): chmod 600 it",
            "of group replicated:shop",
            cut + ", line 1 is not <cipher>:<bits>:<base64>")
        .doesNotContain(new String(whole, US_ASCII).substring("AES:256:".length(), 30));
    Files.move(away, file);
    Files.move(masterAway, master);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-------"));
    Files.write(cut, whole);
    node.start();
    rows.assertAllRead(node.cql());
    underMasters.values().forEach(its -> its.assertAllRead(node.cql()));
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
