package io.cassandratde.tools.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.export.ExportFile;
import io.cassandratde.tools.export.KeyArchive;
import io.cassandratde.tools.jmx.JmxNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code keys export} and {@code import}. */
@Timeout(300)
class KeyArchiveTest {

  private static final String ID = "7d0e1b86-8f3c-4f6a-9a52-4f1c6f1d2a10";

  private final Path directory;
  private final Path file;
  private final TestSession session = new TestSession();
  private final HierarchyBean bean = new HierarchyBean();
  private JmxNode node;

  KeyArchiveTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.file = directory.resolve("wrapped-keys.json");
    node = new JmxNode("id-a");
  }

  @BeforeEach
  void start() throws Exception {
    Path vectors = Path.of("../keycache/src/test/resources/vectors/key-copy-v1.txt");
    String vector =
        Files.readAllLines(vectors).stream()
            .filter(line -> line.startsWith("two wraps|"))
            .findFirst()
            .orElseThrow();
    byte[] copy = HexFormat.of().parseHex(vector.substring(vector.lastIndexOf('|') + 1));
    bean.exported = List.of(Base64.getEncoder().encodeToString(copy));
    bean.on(node);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private ExitCode export() {
    return session.run("keys", "export", "--wrapped", file.toString(), "--hosts", node.address());
  }

  private ExitCode importTo(Path copies) {
    return session.run("keys", "import", file.toString(), "--directory", copies.toString());
  }

  @Test
  void what_was_exported_becomes_a_local_copy_once() throws Exception {
    assertThat(export()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("1 data keys, wrapped", "system_key 90afd88f-71b8-8a1b-98b3-67f0a0d5332a");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Path copies = directory.resolve("copies");
    assertThat(importTo(copies)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("1 data keys are now in", "0 were there already");
    assertThat(Base64.getEncoder().encodeToString(Files.readAllBytes(copies.resolve(ID + ".key"))))
        .isEqualTo(bean.exported.get(0));
    assertThat(importTo(copies)).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("0 data keys are now in", "1 were there already");
  }

  @Test
  void under_another_master_key_it_is_the_nodes_that_wrap() throws Exception {
    String[] words = {
      "keys", "export", "--under", "escrow", file.toString(), "--hosts", node.address()
    };
    bean.refusal = "master_keys has no escrow";
    assertThat(session.run(words)).isEqualTo(ExitCode.REFUSED);
    assertThat(session.err())
        .contains("no node gives the data keys under master key escrow", "has no escrow");
    assertThat(file).doesNotExist();
    bean.refusal = null;
    assertThat(session.run(words)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly("export under escrow");
    assertThat(importTo(directory.resolve("copies"))).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.run("keys", "import", file.toString(), "--passphrase"))
        .isEqualTo(ExitCode.USAGE);
    Files.delete(file);
    assertThat(
            session.run("keys", "export", "--under", "e", "--wrapped", file.toString(), "--local"))
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void nothing_is_overwritten_or_exported_in_clear() throws Exception {
    assertThat(session.run("keys", "export", file.toString(), "--hosts", node.address()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(export()).isEqualTo(ExitCode.OK);
    assertThat(export()).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("is there already");
  }

  @Test
  void a_damaged_file_is_refused_and_named() throws Exception {
    assertThat(export()).isEqualTo(ExitCode.OK);
    String good = Files.readString(file);
    for (String bad :
        List.of(
            "no json",
            "{}",
            good.replace("key-export", "proof"),
            good.replaceFirst("\"version\" *: *1", "\"version\": 2"),
            good.replace(ID, "00000000-0000-0000-0000-000000000000"),
            good.replaceFirst("(\"copy\" *: *\".{60})....", "$1AAAA"),
            good.replaceFirst("(\"copy\" *: *\")", "$1!"))) {
      Files.writeString(file, bad);
      assertThatThrownBy(() -> KeyArchive.read(ExportFile.read(file)))
          .as(bad)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining(file + " is no export of data keys");
    }
    assertThat(importTo(directory.resolve("copies"))).isEqualTo(ExitCode.CONFIGURATION);
  }
}
