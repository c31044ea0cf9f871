package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.sstable.format.ChunkHeader;
import io.cassandratde.sstable.format.CompressionInfo;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.DataFileReport;
import io.cassandratde.sstable.format.DataFileScanner;
import io.cassandratde.sstable.format.DataFileScanner.Depth;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.PythonReader;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that stock Cassandra writes and reads through the compressors, in both of its SSTable
 * formats.
 */
class SSTableTest {

  private static final int ROWS = 300;

  @TempDir private Path root = Path.of("set by JUnit");

  private TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  @BeforeEach
  void install() {
    runtime.close();
    runtime = new TestRuntime(TestKeys.corretto());
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private static Map<String, String> with(String... more) {
    Map<String, String> options = new HashMap<>(TestRuntime.OPTIONS);
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return options;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EncryptingLZ4Compressor",
        "EncryptingZstdCompressor",
        "EncryptingSnappyCompressor",
        "EncryptingDeflateCompressor",
        "Encryptor",
        "com.datastax.bdp.cassandra.crypto.EncryptingLZ4Compressor",
        "com.datastax.bdp.cassandra.crypto.EncryptingZstdCompressor",
        "com.datastax.bdp.cassandra.crypto.EncryptingSnappyCompressor",
        "com.datastax.bdp.cassandra.crypto.EncryptingDeflateCompressor",
        "com.datastax.bdp.cassandra.crypto.Encryptor"
      })
  void writes_ciphertext_and_reads_it_back(String compressor) throws Exception {
    for (SSTableFormat<?, ?> format : OfflineTable.formats()) {
      for (String kib : List.of("4", "64")) {
        OfflineTable table = new OfflineTable(root, compressor, with("chunk_length_in_kb", kib));
        table.write(ROWS, format);
        assertThat(table.leaks()).isFalse();
        Map<Integer, ByteBuffer> rows = table.read();
        assertThat(rows).hasSize(ROWS);
        rows.forEach((id, value) -> assertThat(value).isEqualTo(OfflineTable.value(id)));
        assertThat(table.metadata().params.compression.asMap().get("class"))
            .as("what the schema stores, whatever name the DDL used")
            .isEqualTo(
                "org.apache.cassandra.io.compress."
                    + compressor.substring(compressor.lastIndexOf('.') + 1));
      }
    }
  }

  /** What docs/FORMAT.md says of CompressionInfo.db and Data.db is all that a reader needs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "EncryptingLZ4Compressor",
        "EncryptingZstdCompressor",
        "EncryptingSnappyCompressor",
        "EncryptingDeflateCompressor",
        "Encryptor"
      })
  void a_reader_written_from_the_documentation_reads_the_whole_file(String compressor)
      throws Exception {
    for (SSTableFormat<?, ?> format : OfflineTable.formats()) {
      OfflineTable table = new OfflineTable(root, compressor, with("chunk_length_in_kb", "16"));
      table.write(ROWS, format);
      Path data = table.dataFiles().get(0);
      ChunkHeader first = ChunkHeader.parse(ByteBuffer.wrap(Files.readAllBytes(data)));
      assertThat(first.inner() == InnerCompression.STORED)
          .isEqualTo(compressor.equals("Encryptor"));
      List<String> arguments = new ArrayList<>(List.of(data.toString()));
      arguments.addAll(runtime.export());
      assertThat(PythonReader.run(arguments.toArray(String[]::new)))
          .isEqualTo(table.plaintext(data));
    }
  }

  @Test
  void the_same_table_under_plain_lz4_does_leak_so_the_search_can_find_it() throws Exception {
    OfflineTable table = new OfflineTable(root, "LZ4Compressor", Map.of());
    table.write(ROWS, null);
    assertThat(table.leaks()).isTrue();
  }

  @Test
  void the_scanner_names_both_keys_of_a_file_written_across_a_key_switch() throws Exception {
    for (SSTableFormat<?, ?> format : OfflineTable.formats()) {
      OfflineTable table =
          new OfflineTable(root, "EncryptingLZ4Compressor", with("chunk_length_in_kb", "4"));
      table.write(ROWS, format);
      runtime.rotate();
      table.write(ROWS, format);
      for (Path data : table.dataFiles()) {
        DataFileReport report = DataFileScanner.scan(data, Depth.CHECKSUMS);
        assertThat(report.ours()).isTrue();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.chunks()).isGreaterThan(20);
        assertThat(report.sealed().values()).containsExactly(report.chunks());
        assertThat(report.options()).containsEntry("kmip_host", TestRuntime.GROUP);
        assertThat(DataFileScanner.scan(data, Depth.HEADERS).sealed()).isEqualTo(report.sealed());
      }
      assertThat(table.dataFiles().stream().map(SSTableTest::keys).distinct()).hasSize(2);
      assertThat(table.read()).hasSize(ROWS);
    }
  }

  private static String keys(Path data) {
    try {
      return DataFileScanner.scan(data, Depth.HEADERS).sealed().keySet().toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void the_scanner_tells_what_is_not_ours_and_counts_what_is_damaged() throws Exception {
    OfflineTable plain = new OfflineTable(root, "LZ4Compressor", Map.of());
    plain.write(ROWS, null);
    DataFileReport foreign = DataFileScanner.scan(plain.dataFiles().get(0), Depth.CHECKSUMS);
    assertThat(foreign.ours()).isFalse();
    assertThat(foreign.compressor()).isEqualTo("LZ4Compressor");

    OfflineTable table = new OfflineTable(root, "Encryptor", with("chunk_length_in_kb", "4"));
    table.write(ROWS, null);
    Path data = table.dataFiles().get(0);
    flip(data, 0);
    flip(data, 3 * (4096 + 62 + 4) + 100);
    DataFileReport headers = DataFileScanner.scan(data, Depth.HEADERS);
    assertThat(headers.badChunks()).isEqualTo(1);
    DataFileReport all = DataFileScanner.scan(data, Depth.CHECKSUMS);
    assertThat(all.badChunks()).isEqualTo(2);
    assertThat(all.problems()).hasSize(2).anyMatch(p -> p.startsWith("chunk 3 at 12486:"));
    assertThat(all.isComplete()).isFalse();

    try (FileChannel file = FileChannel.open(data, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 1);
    }
    assertThat(DataFileScanner.scan(data, Depth.CHECKSUMS).badChunks()).isEqualTo(3);
    try (FileChannel file = FileChannel.open(data, StandardOpenOption.WRITE)) {
      file.truncate(5000);
    }
    DataFileReport cut = DataFileScanner.scan(data, Depth.HEADERS);
    assertThat(cut.badChunks()).isEqualTo(cut.chunks());
  }

  private static void flip(Path file, long position) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.put(0, (byte) (one.get(0) ^ 1));
      channel.write(one.flip(), position);
    }
  }

  @Test
  void a_damaged_compression_info_is_refused_before_anything_is_allocated() throws Exception {
    OfflineTable table = new OfflineTable(root, "Encryptor", with());
    table.write(10, null);
    Path data = table.dataFiles().get(0);
    Path info =
        data.resolveSibling(data.getFileName().toString().replace("Data", "CompressionInfo"));
    byte[] good = Files.readAllBytes(info);
    for (int cut = 0; cut < good.length; cut++) {
      Files.write(info, java.util.Arrays.copyOf(good, cut));
      assertThatThrownBy(() -> DataFileScanner.scan(data, Depth.HEADERS))
          .isInstanceOf(IOException.class);
    }
    ByteBuffer huge = ByteBuffer.wrap(good.clone());
    huge.putInt(2 + "Encryptor".length(), Integer.MAX_VALUE);
    Files.write(info, huge.array());
    assertThatThrownBy(() -> CompressionInfo.open(info).close()).isInstanceOf(IOException.class);
  }

  @Test
  void a_flipped_byte_surfaces_as_a_corrupt_sstable_and_no_row() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingZstdCompressor", with());
    table.write(ROWS, null);
    Path data = table.dataFiles().get(0);
    // Cassandra's CRC is over the ciphertext; repaired as an attacker would, only the tag is left
    // to notice.
    flip(data, 1000);
    repairChecksumOfFirstChunk(data);
    assertThatThrownBy(table::read)
        .isInstanceOf(CorruptSSTableException.class)
        .rootCause()
        .isInstanceOfAny(CorruptChunkException.class, javax.crypto.AEADBadTagException.class);
  }

  private static void repairChecksumOfFirstChunk(Path data) throws IOException {
    Path info =
        data.resolveSibling(data.getFileName().toString().replace("Data", "CompressionInfo"));
    int end;
    try (CompressionInfo offsets = CompressionInfo.open(info)) {
      offsets.nextOffset();
      end = (int) offsets.nextOffset();
    }
    byte[] bytes = Files.readAllBytes(data);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(bytes, 0, end - 4);
    ByteBuffer.wrap(bytes).putInt(end - 4, (int) crc.getValue());
    Files.write(data, bytes);
  }

  @Test
  void bad_options_are_refused_when_the_table_is_made() {
    assertRefused("EncryptingLZ4Compressor", with("kmip_host", "nowhere"), "nowhere");
    assertRefused("EncryptingLZ4Compressor", with("chunk_length_kb", "64"), "chunk_length_in_kb");
    assertRefused("EncryptingLZ4Compressor", with("compression_level", "3"), "compression_level");
    assertRefused("EncryptingZstdCompressor", with("compression_level", "99"), "compression_level");
    assertRefused("EncryptingLZ4Compressor", with("lz4_compressor_type", "slow"), "slow");
    assertRefused("Encryptor", with("cipher_algorithm", "ROT13"), "ROT13");
    assertRefused("Encryptor", Map.of(), "system_key"); // the default: replicated keys
  }

  private void assertRefused(String compressor, Map<String, String> options, String named) {
    assertThatThrownBy(() -> new OfflineTable(root, compressor, options).write(1, null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(named)
        .message()
        .doesNotContain("threw an error");
  }

  @Test
  void inner_options_pass_through() throws Exception {
    OfflineTable high =
        new OfflineTable(
            root,
            "EncryptingLZ4Compressor",
            with("lz4_compressor_type", "high", "lz4_high_compressor_level", "17"));
    high.write(ROWS, null);
    OfflineTable level =
        new OfflineTable(root, "EncryptingZstdCompressor", with("compression_level", "19"));
    level.write(ROWS, null);
    assertThat(high.read()).hasSize(ROWS);
    assertThat(level.read()).hasSize(ROWS);
  }
}
