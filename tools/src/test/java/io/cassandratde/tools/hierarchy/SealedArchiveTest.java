package io.cassandratde.tools.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.replicated.KeyCopyFile;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.jmx.JmxNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file under a passphrase: the vector opens, whatever was changed does not. */
@Timeout(300)
class SealedArchiveTest {

  private static final Path VECTOR = Path.of("src/test/resources/vectors/key-export-v2.json");
  private static final String PASSPHRASE = "correct horse battery staple 7";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Path file;
  private final Path copies;
  private final TestSession session = new TestSession();

  SealedArchiveTest(@TempDir Path directory) {
    this.directory = directory;
    file = directory.resolve("sealed.json");
    copies = directory.resolve("copies");
  }

  @BeforeEach
  void configure() throws IOException {
    SystemKeyFile.create(directory.resolve("payments"), CipherSpec.AES_256);
    SystemKeyFile.create(directory.resolve("sch\u00fcssel"), CipherSpec.AES_256);
    Files.copy(VECTOR, file);
    Files.writeString(
        directory.resolve("tde.yaml"),
        "audit: {file: %s}\nsystem_key_directory: %s\nreplicated_keys: {directory: copies}\n"
            .formatted(directory.resolve("audit.log"), directory));
    session.environment("TDE_CONFIG", directory.resolve("tde.yaml").toString());
  }

  private ExitCode importing(String passphrase) {
    return session.piping(passphrase + "\n").run("keys", "import", file.toString());
  }

  private List<Path> copied() throws IOException {
    if (!Files.exists(copies)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(copies)) {
      return all.filter(each -> each.toString().endsWith(KeyCopyFile.SUFFIX)).toList();
    }
  }

  @Test
  void the_vector_opens_and_each_key_is_wrapped_under_a_master_key_of_this_configuration()
      throws Exception {
    assertThat(importing(PASSPHRASE)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("Of cluster vector", "3 data keys are now in " + copies);
    assertThat(copied()).hasSize(3);
    for (Path each : copied()) {
      assertThat(KeyCopyFile.masterKeys(each)).hasSize(1);
      // The vector's data keys are made of one letter each.
      assertThat(Files.readString(each, StandardCharsets.ISO_8859_1))
          .doesNotContain("AAAAAAAA", "BBBBBBBB", "CCCCCCCC");
    }
    assertThat(importing(PASSPHRASE)).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("0 data keys are now in", "3 were there already");
    assertThat(Files.readString(directory.resolve("audit.log")))
        .contains("import-keys-under-passphrase")
        .doesNotContain(PASSPHRASE);
  }

  @Test
  void a_wrong_passphrase_is_told_from_a_damaged_file() throws Exception {
    assertThat(importing(PASSPHRASE + "8")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err()).contains("the passphrase is wrong").doesNotContain("damaged");
    assertThat(importing("")).isEqualTo(ExitCode.USAGE);
    assertThat(copied()).isEmpty();
  }

  @Test
  void whatever_was_changed_opens_nothing() throws Exception {
    List<Consumer<ObjectNode>> changes = new ArrayList<>();
    for (String field : List.of("salt", "public_key", "checksum")) {
      changes.add(tree -> flip((ObjectNode) tree.get("passphrase"), field, 3));
    }
    changes.add(tree -> ((ObjectNode) tree.get("passphrase")).put("memory_kib", 19457));
    changes.add(tree -> ((ObjectNode) tree.get("passphrase")).put("memory_kib", 1 << 30));
    changes.add(tree -> ((ObjectNode) tree.get("passphrase")).put("memory_kib", -1));
    changes.add(tree -> ((ObjectNode) tree.get("passphrase")).put("passes", 3));
    changes.add(tree -> ((ObjectNode) tree.get("passphrase")).put("passes", 1 << 20));
    changes.add(tree -> ((ObjectNode) tree.get("passphrase")).put("lanes", 5));
    changes.add(tree -> ((ObjectNode) tree.get("passphrase")).put("function", "scrypt"));
    changes.add(tree -> tree.put("cluster", "other"));
    changes.add(tree -> tree.put("exported_at", "2026-11-27T12:00:01Z"));
    changes.add(tree -> tree.put("exported_at", "today"));
    changes.add(tree -> flip(tree, "mac", 31));
    changes.add(tree -> tree.remove("mac"));
    changes.add(tree -> tree.put("version", 1));
    changes.add(tree -> tree.put("version", 3));
    changes.add(tree -> ((ArrayNode) tree.get("keys")).remove(1));
    changes.add(tree -> ((ArrayNode) tree.get("keys")).add(tree.get("keys").get(0)));
    changes.add(SealedArchiveTest::swapped);
    changes.add(tree -> ((ObjectNode) tree.get("keys").get(0)).put("sealed", "A".repeat(1 << 20)));
    changes.add(tree -> ((ObjectNode) tree.get("keys").get(0)).put("key", "other"));
    for (int at : List.of(0, 7, 9, 24, 30, 33, 34, 40, 61, 90, 130, 175)) {
      changes.add(tree -> flip((ObjectNode) tree.get("keys").get(0), "sealed", at));
    }
    for (int i = 0; i < changes.size(); i++) {
      ObjectNode tree = (ObjectNode) JSON.readTree(VECTOR.toFile());
      changes.get(i).accept(tree);
      Files.writeString(file, tree.toString());
      assertThat(importing(PASSPHRASE)).as("change %d", i).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(session.err())
          .as("change %d", i)
          .contains(file + " is no export of data keys")
          .doesNotContain("passphrase is wrong");
      assertThat(copied()).as("change %d", i).isEmpty();
    }
  }

  /** Whoever writes the file writes its checksum too: costs are bounded before they are paid. */
  @Test
  void a_file_cannot_ask_for_any_memory_and_time() throws Exception {
    for (String field : List.of("memory_kib", "passes", "lanes")) {
      for (int value : List.of(-1, 0, 1 << 20)) {
        ObjectNode tree = (ObjectNode) JSON.readTree(VECTOR.toFile());
        ((ObjectNode) tree.get("passphrase")).put(field, value);
        Files.writeString(file, tree.toString());
        assertThat(importing(PASSPHRASE)).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(session.err()).contains("its " + field + " is no whole number from");
      }
    }
  }

  /** The first two in the other order. */
  private static void swapped(ObjectNode tree) {
    ArrayNode keys = (ArrayNode) tree.get("keys");
    JsonNode first = keys.remove(0);
    keys.insert(1, first);
  }

  private static void flip(ObjectNode in, String field, int at) {
    byte[] bytes = Base64.getDecoder().decode(in.get(field).asText());
    bytes[at] ^= 1;
    in.put(field, Base64.getEncoder().encodeToString(bytes));
  }

  @Test
  void the_passphrase_comes_from_a_file_that_is_closed_to_others() throws Exception {
    Path secret = Files.writeString(directory.resolve("passphrase"), PASSPHRASE + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
    String[] words = {"keys", "import", file.toString(), "--passphrase-file", secret.toString()};
    assertThat(session.run(words)).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err()).contains("chmod 600 " + secret);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    assertThat(session.run(words)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(copied()).hasSize(3);
  }

  @Test
  void without_a_master_key_nothing_is_written() throws Exception {
    Files.delete(directory.resolve("sch\u00fcssel"));
    assertThat(importing(PASSPHRASE)).isNotEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("sch\u00fcssel");
    assertThat(copied()).isEmpty();
  }

  /** What a node sends is not believed. */
  @Test
  void an_export_is_refused_for_a_weak_passphrase_and_for_keys_that_do_not_open() throws Exception {
    HierarchyBean bean = new HierarchyBean();
    Path made = directory.resolve("made.json");
    try (JmxNode node = new JmxNode("id-a")) {
      bean.on(node);
      bean.exported =
          List.of(JSON.readTree(VECTOR.toFile()).get("keys").get(0).get("sealed").asText());
      String[] words = {
        "keys", "export", "--passphrase", made.toString(), "--hosts", node.address()
      };
      for (String weak : List.of("", "short", "fifteen letters", "schl\u00fcssel sch\u00fcssel")) {
        assertThat(session.piping(weak + "\n").run(words)).as(weak).isEqualTo(ExitCode.USAGE);
      }
      assertThat(bean.calls).isEmpty();
      assertThat(session.piping(PASSPHRASE + "\n").run(words)).isEqualTo(ExitCode.REFUSED);
      assertThat(session.err()).contains("sealed to another key", "nothing was written");
      assertThat(made).doesNotExist();
      assertThat(bean.calls).hasSize(1);
      bean.exported = List.of();
      assertThat(session.run(words)).as(session.err()).isEqualTo(ExitCode.OK);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rw-------");
      assertThat(bean.calls.get(0)).as("a salt of its own").isNotEqualTo(bean.calls.get(1));
      TestSession person = new TestSession();
      person.environment("TDE_CONFIG", directory.resolve("tde.yaml").toString());
      Files.delete(made);
      assertThat(person.answering(PASSPHRASE, PASSPHRASE + "8").run(words))
          .isEqualTo(ExitCode.USAGE);
      assertThat(person.err()).contains("differ");
    }
  }
}
