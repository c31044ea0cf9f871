package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import io.cassandratde.keys.pkcs11.SoftToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A cluster with replicated keys is lost with its directories, and built again by "build a cluster
 * again" of docs/OPERATIONS.md: once with one of its two master keys and escrow keys, in KMIP and
 * in a token, for the other, once with neither, by passphrase.
 */
@ExtendWith(SharedTestBed.class)
@ResourceLock(TestBed.SEVERAL_NODES)
class RecoveryDrillTest {

  private static final String PASSPHRASE = "eleven zebras count 4 moons";
  private static final int CONFIGURATION = 3;
  private static final int INCOMPLETE = 9;
  private static final int KEY_LOST = 12;
  private static final List<String> TABLES = List.of("cards", "people");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestBed bed;
  private final Path root;
  private final Path exports;
  private final Path backup;
  private final SoftToken token;
  private final Map<String, Rows> rows =
      Map.of("cards", new Rows("shop.cards"), "people", new Rows("shop.people"));

  RecoveryDrillTest(TestBed bed) throws Exception {
    this.bed = bed;
    token = SoftToken.unused();
    token.makeKey("escrow", 256);
    root = Files.createDirectories(bed.directory().resolve("drill"));
    exports = Files.createDirectories(root.resolve("exports"));
    backup = root.resolve("backup");
  }

  @Test
  void a_cluster_is_built_again_from_backups_and_each_kind_of_export() throws Exception {
    Path lost = root.resolve("lost-node");
    Path keys = keyFiles("lost-keys", "pay_key", "staff_key");
    Path config =
        config(
            lost, keys, "pay: {system_key_file: pay_key}", "staff: {system_key_file: staff_key}");
    Set<String> dataKeys;
    try (CassandraNode node = node("lost", config)) {
      node.start();
      schema(node);
      for (String table : TABLES) {
        rows(table).insert(node.cql(), 100);
      }
      node.jmx().flush("shop");
      command(node, config, "keys", "rotate", "--master", "pay").orFail();
      MasterRing.look(node);
      rows("cards").insert(node.cql(), 100);
      redactedSnapshotHasNoKeys(node, config);
      backUp(node);
      export(node, config);
      dataKeys = keyIds(node, config);
    }
    assertThat(dataKeys).hasSize(3);
    Path pay = Files.copy(keys.resolve("pay_key"), root.resolve("pay_key.backup"));
    RawFiles.delete(lost);
    RawFiles.delete(keys);
    RawFiles.delete(root.resolve("lost"));

    Together.run(
        () -> unchecked(() -> withOneMasterKeyAndEscrow(pay, dataKeys)),
        () -> unchecked(() -> byPassphrase(dataKeys)));
  }

  private Rows rows(String table) {
    return Objects.requireNonNull(rows.get(table));
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void unchecked(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Path keyFiles(String directory, String... names) throws IOException {
    Path keys = Files.createDirectories(root.resolve(directory));
    for (String name : names) {
      Path empty = bed.writeConfig("drill-createsystemkey.yaml", List.of());
      bed.distribution()
          .cassandraTde(empty, "createsystemkey", "AES", "256", keys.resolve(name).toString())
          .orFail();
    }
    return keys;
  }

  /** With escrow keys in KMIP and in a token, and everything of this node's own. */
  private Path config(Path own, Path keys, String... masters) throws Exception {
    Files.createDirectories(own);
    Path pin = secret("escrow.pin", SoftToken.PIN);
    String yaml =
        "pkcs11:\n  safe: {library: %s, slot: %d, pin: {file: %s}, primary_key: escrow}\nreplicated_keys:\n  directory: %s\n  passphrase_export: true\n  master_keys:\n    escrow: {kmip_host: py, key_namespace: drill}\n    token: {pkcs11: safe}\n    %s\n"
            .formatted(
                SoftToken.LIBRARY,
                token.slot(),
                pin,
                own.resolve("copies"),
                String.join("\n    ", masters));
    Path shared =
        bed.writeConfig(
            "drill-" + own.getFileName() + ".yaml", List.of(bed.pykmip().group("py")), yaml);
    Path file = own.resolve("tde.yaml");
    Files.writeString(
        file,
        Files.readString(shared)
            .replace("system_key_directory: " + bed.systemKeys(), "system_key_directory: " + keys));
    return privately(file);
  }

  private Path secret(String name, String text) throws IOException {
    return privately(Files.writeString(root.resolve(name), text + "\n"));
  }

  private static Path privately(Path file) throws IOException {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private CassandraNode node(String name, Path config) {
    return CassandraNode.prepare(bed.setup("drill/" + name, config, true));
  }

  private static void schema(CassandraNode node) {
    node.execute(
        "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    for (String table : TABLES) {
      String create =
          "CREATE TABLE IF NOT EXISTS shop.%s %s WITH compression = {'class': 'EncryptingLZ4Compressor', 'system_key_file': '%s', 'key_namespace': '%s', 'secret_key_strength': 256}"
              .formatted(table, Rows.COLUMNS, table.equals("cards") ? "pay" : "staff", table);
      ReplicatedKeys.accepted(node, create);
    }
  }

  private Ran command(CassandraNode node, Path config, String... words) {
    return bed.distribution()
        .cassandraTde(
            config,
            Stream.concat(Stream.of(words), Stream.of("--hosts", "127.0.0.1:" + node.jmxPort()))
                .toArray(String[]::new));
  }

  /** Ids of master keys stand in each row of a wrap, and nowhere else. */
  private void redactedSnapshotHasNoKeys(CassandraNode node, Path config) throws IOException {
    Set<String> masters = new TreeSet<>();
    for (JsonNode key : list(node, config)) {
      masters.add(key.get("wrapped_by").asText());
    }
    assertThat(masters).hasSize(2);
    node.jmx().flush("encryption_control");
    command(node, config, "snapshot", "whole").orFail();
    command(node, config, "snapshot", "redacted", "--redact").orFail();
    assertThat(RawFiles.found(snapshot(node, "whole"), masters)).isNotEmpty();
    assertThat(RawFiles.found(snapshot(node, "redacted"), masters)).isEmpty();
    assertNoKeyTables(snapshot(node, "redacted"));
    List<Path> rest =
        snapshot(node, "whole").stream()
            .filter(file -> !file.toString().contains("/encryption_control/"))
            .toList();
    command(node, config, "keys", "redact", "whole").orFail();
    assertThat(RawFiles.found(snapshot(node, "whole"), masters)).isEmpty();
    assertNoKeyTables(snapshot(node, "whole"));
    assertThat(snapshot(node, "whole")).as("nothing else was taken").containsAll(rest);
  }

  private static void assertNoKeyTables(List<Path> snapshot) {
    assertThat(snapshot)
        .anyMatch(file -> file.toString().contains("/shop/"))
        .noneMatch(file -> file.toString().contains("/encryption_control/"));
  }

  private static List<Path> snapshot(CassandraNode node, String name) {
    return RawFiles.below(node.directory()).stream()
        .filter(file -> file.toString().contains("/snapshots/" + name + "/"))
        .toList();
  }

  private void backUp(CassandraNode node) {
    for (String table : TABLES) {
      RawFiles.copySSTables(
          node.tableDirectory("shop", table).resolve("snapshots/redacted"),
          backup.resolve("shop").resolve(table));
      assertThat(RawFiles.found(RawFiles.below(backup), rows(table).secrets())).isEmpty();
    }
  }

  private void export(CassandraNode node, Path config) throws IOException {
    command(node, config, "keys", "export", "--wrapped", export("wrapped")).orFail();
    command(node, config, "keys", "export", "--under", "escrow", export("escrow")).orFail();
    command(node, config, "keys", "export", "--under", "token", export("token")).orFail();
    Ran unknown = command(node, config, "keys", "export", "--under", "escro", export("typo"));
    assertThat(unknown.exit()).as("%s", unknown).isNotZero();
    assertThat(unknown.err()).contains("has no escro", "escrow");
    assertThat(Path.of(export("typo"))).doesNotExist();
    Ran same = command(node, config, "keys", "export", "--under", "pay", export("same"));
    assertThat(same.err()).contains("name another master key");

    Path secret = secret("passphrase", PASSPHRASE);
    String[] sealed = {"keys", "export", "--passphrase-file", secret.toString(), export("sealed")};
    String allowed = Files.readString(config);
    Files.writeString(config, allowed.replace("passphrase_export: true", ""));
    command(node, config, "reload").orFail();
    Ran refused = command(node, config, sealed);
    assertThat(refused.exit()).as("%s", refused).isNotZero();
    assertThat(refused.err()).contains("passphrase_export: true");
    Files.writeString(config, allowed);
    command(node, config, "reload").orFail();
    command(node, config, sealed).orFail();
    assertThat(node.log()).doesNotContain(PASSPHRASE);
  }

  private String export(String name) {
    return exports.resolve(name + ".json").toString();
  }

  private JsonNode list(CassandraNode node, Path config) throws IOException {
    Ran listed = command(node, config, "keys", "list", "--no-counts", "--format", "json").orFail();
    return JSON.readTree(listed.out()).get("keys");
  }

  private Set<String> keyIds(CassandraNode node, Path config) throws IOException {
    Set<String> ids = new TreeSet<>();
    list(node, config).forEach(key -> ids.add(key.get("key").asText()));
    return ids;
  }

  private Ran importing(Path config, String file, String passphrase) {
    return bed.distribution()
        .cassandraTdeReading(config, passphrase + "\n", "keys", "import", file);
  }

  /** {@code pay}'s key file comes from its backup; {@code staff}'s is lost, and has a successor. */
  private void withOneMasterKeyAndEscrow(Path pay, Set<String> dataKeys) throws Exception {
    Path keys = keyFiles("first-keys", "staff_next");
    Files.copy(pay, keys.resolve("pay_key"));
    Path config =
        config(
            root.resolve("first-node"),
            keys,
            "pay: {system_key_file: pay_key}",
            "staff: {system_key_file: staff_next, former: [{kmip_host: py, key_namespace: drill}, {pkcs11: safe}]}");
    foretold(config);
    importing(config, export("wrapped"), "").orFail();
    for (String kind : List.of("token", "escrow")) {
      Ran escrow = importing(config, export(kind), "").orFail();
      assertThat(escrow.out()).contains("3 data keys are now in");
    }
    rebuilt("first", config, dataKeys);
  }

  /** What each export is worth with this configuration, before anything is built. */
  private void foretold(Path config) throws IOException {
    Ran manifest =
        bed.distribution()
            .cassandraTde(config, "manifest", "--keys", export("wrapped"), backup.toString())
            .orFail();
    assertThat(JSON.readTree(manifest.out()).at("/exported/master_keys")).hasSize(2);
    Path file = Files.writeString(root.resolve("manifest.json"), manifest.out());
    Ran wrapped = preflight(config, file, "wrapped");
    assertThat(wrapped.exit()).as("%s", wrapped).isEqualTo(KEY_LOST);
    assertThat(wrapped.out()).contains("2 of 3 keys can be had");
    Ran escrow = preflight(config, file, "escrow");
    assertThat(escrow.exit()).as("%s", escrow).isEqualTo(CONFIGURATION);
    assertThat(escrow.out()).contains("1 of 3 keys can be had");
    for (String kind : List.of("token", "escrow")) {
      Ran both = preflight(config, file, "wrapped", kind);
      assertThat(both.exit()).as("%s", both).isZero();
      assertThat(both.out()).contains("3 of 3 keys can be had");
    }
    assertThat(preflight(config, file, "sealed").exit()).isZero();
    ObjectNode less = (ObjectNode) JSON.readTree(Path.of(export("escrow")).toFile());
    ((com.fasterxml.jackson.databind.node.ArrayNode) less.get("keys")).remove(0);
    Files.writeString(Path.of(export("less")), less.toString());
    Ran incomplete =
        bed.distribution()
            .cassandraTde(config, "manifest", "--keys", export("less"), backup.toString());
    assertThat(incomplete.exit()).as("%s", incomplete).isEqualTo(INCOMPLETE);
    assertThat(incomplete.err()).contains("NOT EXPORTED");
    Ran lacking = preflight(config, file, "less");
    assertThat(lacking.exit()).as("%s", lacking).isEqualTo(KEY_LOST);
  }

  private Ran preflight(Path config, Path manifest, String... from) {
    List<String> words = new ArrayList<>(List.of("preflight", manifest.toString()));
    for (String each : from) {
      words.addAll(List.of("--keys", export(each)));
    }
    return bed.distribution().cassandraTde(config, words.toArray(String[]::new));
  }

  /** Both key files are lost; those that have their names now hold new keys. */
  private void byPassphrase(Set<String> dataKeys) throws Exception {
    Path keys = keyFiles("second-keys", "pay_key", "staff_key");
    Path config =
        config(
            root.resolve("second-node"),
            keys,
            "pay: {system_key_file: pay_key}",
            "staff: {system_key_file: staff_key}");
    String good = export("sealed");
    Ran wrong = importing(config, good, PASSPHRASE + "!");
    assertThat(wrong.exit()).as("%s", wrong).isEqualTo(CONFIGURATION);
    assertThat(wrong.err()).contains("the passphrase is wrong");
    for (Path bad : DamagedExport.each(Path.of(good))) {
      Ran refused = importing(config, bad.toString(), PASSPHRASE);
      assertThat(refused.exit()).as("%s", refused).isEqualTo(CONFIGURATION);
      assertThat(refused.err()).contains("is no export of data keys");
    }
    Path copies = root.resolve("second-node/copies");
    assertThat(Files.exists(copies) ? RawFiles.below(copies) : List.of()).isEmpty();
    Ran imported = importing(config, good, PASSPHRASE).orFail();
    assertThat(imported.out()).contains("3 data keys are now in");
    rebuilt("second", config, dataKeys);
  }

  private void rebuilt(String name, Path config, Set<String> dataKeys) throws Exception {
    try (CassandraNode node = node(name, config)) {
      node.start();
      schema(node);
      for (String table : TABLES) {
        Path from = backup.resolve("shop").resolve(table);
        node.nodetool("import", "--copy-data", "shop", table, from.toString()).orFail();
        rows(table).assertAllRead(node.cql());
      }
      MasterRing.look(node);
      Await.until("the table has its keys back", () -> keyIds(node, config).containsAll(dataKeys));
      command(node, config, "keys", "rewrap").orFail();
      for (JsonNode key : list(node, config)) {
        assertThat(key.get("wrapped_by_active").asBoolean()).as("%s", key).isTrue();
      }
      for (String table : TABLES) {
        String master = table.equals("cards") ? "pay" : "staff";
        command(node, config, "keys", "rotate", "--master", master).orFail();
      }
      MasterRing.look(node);
      for (String table : TABLES) {
        Set<Path> before = Set.copyOf(node.dataFiles("shop", table));
        rows(table).copiedTo("shop." + table).insert(node.cql(), 10).assertAllRead(node.cql());
        node.jmx().flush("shop", table);
        List<Path> later = new ArrayList<>(node.dataFiles("shop", table));
        later.removeAll(before);
        assertThat(SealedFiles.of(bed.distribution(), later.toArray(Path[]::new)).keyIds())
            .as("sealed by a new key")
            .isNotEmpty()
            .doesNotContainAnyElementsOf(dataKeys);
      }
      assertThat(keyIds(node, config)).hasSize(dataKeys.size() + 2).containsAll(dataKeys);
    }
  }
}
