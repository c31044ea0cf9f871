package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.format.PythonReader;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.bti.BtiFormat;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadataRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SSTables that Cassandra wrote, under keys of a key file, read by the program in Python that was
 * written from docs/FORMAT-EBTI.md alone.
 */
class EbtiReaderTest {

  private static final int ROWS = 300;
  private static final Map<String, String> OPTIONS =
      Map.of(
          "key_provider", "LocalFileSystemKeyProviderFactory",
          "secret_key_file", "system_key",
          "cipher_algorithm", "AES/GCM/NoPadding",
          "secret_key_strength", "256");

  @TempDir private Path root = Path.of("set by JUnit");

  private @Nullable TdeRuntime runtime;

  private Path keyFile() {
    return root.resolve("system_key");
  }

  @BeforeEach
  void install() throws IOException {
    SystemKeyFile.create(keyFile(), CipherSpec.aes(256));
    restart();
  }

  private void restart() throws IOException {
    close();
    Path file = root.resolve("tde.yaml");
    runtime =
        TdeRuntime.open(
            TdeConfig.load(Files.writeString(file, "system_key_directory: " + root + "\n")));
    TdeRuntime.install(runtime);
  }

  @AfterEach
  void close() {
    TdeRuntime.install(null);
    if (runtime != null) {
      runtime.close();
    }
  }

  private String read(OfflineTable table, Path out) throws Exception {
    byte[] said =
        PythonReader.runProgram(
            "read_ebti.py",
            "--keys",
            keyFile().toString(),
            "--out",
            Files.createDirectories(out).toString(),
            table.directory.toString());
    return new String(said, StandardCharsets.UTF_8);
  }

  private static Descriptor descriptor(OfflineTable table) throws IOException {
    return Descriptor.fromFile(new File(table.file("Data.db")));
  }

  /** What Cassandra reads from this component. */
  private static byte[] inClear(OfflineTable table, Component component) throws IOException {
    try (InputStream in =
        EncryptedDescriptor.of(descriptor(table), null).fileFor(component).newInputStream()) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EncryptingLZ4Compressor",
        "EncryptingDeflateCompressor",
        "EncryptingSnappyCompressor",
        "EncryptingZstdCompressor",
        "Encryptor"
      })
  void every_component_opens_and_is_what_cassandra_reads(String compressor) throws Exception {
    OfflineTable table = new OfflineTable(root, compressor, OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    Path out = root.resolve("out");
    assertThat(read(table, out)).contains("1 SSTables, 0 components rejected");
    List<Component> paged =
        List.of(
            BtiFormat.Components.PARTITION_INDEX,
            BtiFormat.Components.ROW_INDEX,
            BtiFormat.Components.FILTER);
    for (Component component : paged) {
      Path mine = out.resolve(table.file(component.name()).getFileName());
      assertThat(Files.readAllBytes(mine)).isEqualTo(inClear(table, component));
    }
    assertThat(out.resolve(table.file("Statistics.db").getFileName() + ".HEADER"))
        .content(StandardCharsets.ISO_8859_1)
        .contains("Int32Type");
    Path data = out.resolve(table.file("Data.db").getFileName());
    String rows = Files.readString(data, StandardCharsets.ISO_8859_1);
    assertThat(rows.split(OfflineTable.SECRET, -1)).hasSize(ROWS + 1);
  }

  /** A part of Statistics.db that was sealed again later, under a row that was added. */
  @Test
  void a_file_that_was_rewritten_under_the_next_key_opens_too() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    Path next = root.resolve("next_key");
    SystemKeyFile.create(next, CipherSpec.aes(256));
    Files.writeString(keyFile(), Files.readString(next), StandardOpenOption.APPEND);
    Files.delete(next);
    restart();
    EncryptedDescriptor descriptor =
        EncryptedDescriptor.of(
            descriptor(table), TableMetadataRef.forOfflineTools(table.metadata()));
    descriptor.getMetadataSerializer().mutateLevel(descriptor, 3);
    assertThat(CarrierFile.read(table.file("Encryption.db")).rows()).hasSize(2);
    assertThat(table.read()).hasSize(ROWS);
    assertThat(read(table, root.resolve("out")))
        .contains("data key 1 wrapped by")
        .contains("1 SSTables, 0 components rejected");
  }

  @Test
  void a_table_in_clear_has_a_carrier_that_says_so() throws Exception {
    OfflineTable table = new OfflineTable(root, "LZ4Compressor", Map.of());
    table.write(ROWS, OfflineTable.ebti());
    assertThat(read(table, root.resolve("out")))
        .contains("in clear")
        .contains("1 SSTables, 0 components rejected");
  }

  @Test
  void a_changed_component_is_named_and_the_others_are_read() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    for (String component : List.of("Partitions.db", "CompressionInfo.db", "Statistics.db")) {
      Path file = table.file(component);
      byte[] before = Files.readAllBytes(file);
      byte[] changed = before.clone();
      changed[changed.length - 40] ^= 1;
      Files.write(file, changed);
      assertThatThrownBy(() -> read(table, root.resolve("out")))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(file.getFileName() + ": REJECTED")
          .hasMessageContaining("1 SSTables, 1 components rejected");
      Files.write(file, before);
    }
  }
}
