package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.format.PythonReader;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.cassandra.io.sstable.CQLSSTableWriter;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.StatsComponent;
import org.apache.cassandra.io.sstable.format.bti.BtiFormat;
import org.apache.cassandra.io.sstable.metadata.MetadataSerializer;
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

  private static Set<String> wrappedBy(OfflineTable table) throws IOException {
    Set<String> ids = new HashSet<>();
    for (StatisticsFile.Part part : StatisticsFile.read(table.file("Statistics.db"))) {
      ids.add(part.sealed().wrappedBy().keyId());
    }
    return ids;
  }

  private String currentKey() {
    return SystemKeyFile.withLast(keyFile(), TestKeys.HKDF, SystemKeyFile.Entry::id);
  }

  private void addKey() throws IOException {
    Path next = root.resolve("next_key");
    SystemKeyFile.create(next, CipherSpec.aes(256));
    Files.writeString(keyFile(), Files.readString(next), StandardOpenOption.APPEND);
    Files.delete(next);
    restart();
  }

  /**
   * The importer and the offline tools rewrite Statistics.db by a descriptor that knows nothing of
   * encryption (docs/RULES.md R12): each part is sealed under the current key, and stays what it
   * was.
   */
  @Test
  void a_rewrite_by_a_tool_is_sealed_under_the_current_key() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    String before = currentKey();
    assertThat(wrappedBy(table)).containsOnly(before);
    addKey();
    Descriptor stock = descriptor(table);
    assertThat(stock.getMetadataSerializer()).isExactlyInstanceOf(MetadataSerializer.class);
    stock.getMetadataSerializer().mutateLevel(stock, 3);
    assertThat(wrappedBy(table)).containsOnly(currentKey()).doesNotContain(before);
    assertThat(StatsComponent.load(stock).statsMetadata().sstableLevel).isEqualTo(3);
    assertThat(table.read()).hasSize(ROWS);
    assertThat(read(table, root.resolve("out"))).contains("1 SSTables, 0 components rejected");
  }

  /**
   * Two SSTables at once on one thread, in clear and sealed: nothing of one stays for the other.
   */
  @Test
  void rewrites_of_several_sstables_do_not_mix() throws Exception {
    OfflineTable sealed = new OfflineTable(root, "EncryptingLZ4Compressor", OPTIONS);
    sealed.write(ROWS, OfflineTable.ebti());
    OfflineTable clear = new OfflineTable(root, "LZ4Compressor", Map.of());
    clear.write(ROWS, OfflineTable.ebti());
    StatsComponent ofSealed = StatsComponent.load(descriptor(sealed));
    StatsComponent ofClear = StatsComponent.load(descriptor(clear));
    Files.delete(sealed.file("Statistics.db"));
    ofSealed.save(descriptor(sealed));
    Files.delete(clear.file("Statistics.db"));
    ofClear.save(descriptor(clear));
    assertThat(sealed.read()).hasSize(ROWS);
    assertThat(clear.read()).hasSize(ROWS);
    Files.delete(clear.file("Statistics.db"));
    ofSealed.save(descriptor(clear));
    assertThatThrownBy(clear::read).hasStackTraceContaining("is sealed in an SSTable in clear");
    Files.delete(sealed.file("Statistics.db"));
    ofClear.save(descriptor(sealed));
    assertThatThrownBy(sealed::read).hasStackTraceContaining("stands in clear");
  }

  /** docs/RULES.md R16: what is begun under one key and becomes live under another. */
  @Test
  void a_long_write_is_finished_under_the_key_that_is_current_then() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", OPTIONS);
    String before = currentKey();
    try (CQLSSTableWriter writer = table.sortedWriter(OfflineTable.ebti())) {
      boolean changed = false;
      for (int row : table.inOrder(ROWS)) {
        writer.addRow(row, OfflineTable.value(row));
        if (!changed && !table.dataFiles().isEmpty()) {
          Carrier carrier = CarrierFile.read(table.file("Encryption.db"));
          assertThat(carrier.rows().get(0).wrappedBy().keyId()).isEqualTo(before);
          addKey();
          changed = true;
        }
      }
      assertThat(changed).isTrue();
    }
    assertThat(currentKey()).isNotEqualTo(before);
    assertThat(CarrierFile.read(table.file("Encryption.db")).rows())
        .singleElement()
        .satisfies(row -> assertThat(row.wrappedBy().keyId()).isEqualTo(currentKey()));
    assertThat(wrappedBy(table)).containsOnly(currentKey());
    assertThat(table.read()).hasSize(ROWS);
  }

  /** A part of Statistics.db that was sealed again later, under the key that is current then. */
  @Test
  void a_file_that_was_rewritten_under_the_next_key_opens_too() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    addKey();
    EncryptedDescriptor descriptor =
        EncryptedDescriptor.of(
            descriptor(table), TableMetadataRef.forOfflineTools(table.metadata()));
    descriptor.getMetadataSerializer().mutateLevel(descriptor, 3);
    assertThat(CarrierFile.read(table.file("Encryption.db")).rows()).hasSize(1);
    assertThat(table.read()).hasSize(ROWS);
    assertThat(read(table, root.resolve("out"))).contains("1 SSTables, 0 components rejected");
    assertThat(wrappedBy(table)).containsOnly(currentKey());
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
