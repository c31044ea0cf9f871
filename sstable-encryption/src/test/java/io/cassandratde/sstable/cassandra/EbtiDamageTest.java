package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.cassandra.ebti.MappedMemoryException;
import io.cassandratde.sstable.format.page.CorruptPageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.sstable.format.bti.BtiFormat;
import org.apache.cassandra.io.util.ChannelProxy;
import org.apache.cassandra.io.util.DataOutputStreamPlus;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.FileHandle;
import org.apache.cassandra.io.util.RandomAccessReader;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.utils.IFilter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Cassandra is told when a file of an encrypted SSTable is damaged, its key cannot be had, or
 * it does not fit into memory: three things that it must not take for each other, nor for a failure
 * of the disk.
 */
class EbtiDamageTest {

  private static final int ROWS = 3000;
  private static final Map<String, String> OPTIONS =
      Map.of(
          "key_provider", "LocalFileSystemKeyProviderFactory",
          "secret_key_file", "system_key",
          "cipher_algorithm", "AES/GCM/NoPadding",
          "secret_key_strength", "256");

  @TempDir private Path root = Path.of("set by JUnit");

  private @Nullable TdeRuntime runtime;

  @BeforeEach
  void install() throws IOException {
    SystemKeyFile.create(root.resolve("system_key"), CipherSpec.aes(256));
    restart();
  }

  private void restart() throws IOException {
    close();
    String config =
        "system_key_directory: "
            + root
            + "\nstartup_key_wait: 1s\nmapped_index_memory: 100KiB\nindex_cache_size: 1MiB\n";
    runtime = TdeRuntime.open(TdeConfig.load(Files.writeString(root.resolve("tde.yaml"), config)));
    TdeRuntime.install(runtime);
  }

  @AfterEach
  void close() {
    TdeRuntime.install(null);
    if (runtime != null) {
      runtime.close();
    }
  }

  private OfflineTable written() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    return table;
  }

  private static Descriptor descriptor(OfflineTable table) throws IOException {
    return Descriptor.fromFile(new File(table.file("Data.db")));
  }

  private static EncryptedDescriptor encrypted(OfflineTable table) throws IOException {
    return EncryptedDescriptor.of(
        descriptor(table), TableMetadataRef.forOfflineTools(table.metadata()));
  }

  private static void damage(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 1;
    Files.write(file, bytes);
  }

  private static File custom(OfflineTable table, String component) throws IOException {
    return encrypted(table).fileFor(Component.parse(component, OfflineTable.ebti()));
  }

  /** As storage-attached and SASI indexes write theirs. */
  private static void write(File file, int length) throws IOException {
    try (DataOutputStreamPlus out = file.newOutputStream(File.WriteMode.OVERWRITE)) {
      out.write(new byte[length]);
    }
  }

  private static SSTableReader openOnline(OfflineTable table) throws IOException {
    Descriptor descriptor = descriptor(table);
    return SSTableReader.open(
        null,
        descriptor,
        descriptor.discoverComponents(),
        TableMetadataRef.forOfflineTools(table.metadata()));
  }

  private static byte[] first(FileHandle handle) throws IOException {
    try (RandomAccessReader reader = handle.createReader()) {
      byte[] some = new byte[100];
      reader.readFully(some);
      return some;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Partitions.db", "SAI+aa+i+TermsData.db", "SI_v.db"})
  void a_damaged_page_is_a_corrupt_sstable_whoever_reads_it(String name) throws Exception {
    OfflineTable table = written();
    File file =
        name.equals("Partitions.db")
            ? encrypted(table).fileFor(BtiFormat.Components.PARTITION_INDEX)
            : custom(table, name);
    if (!file.exists()) {
      write(file, 50_000);
    }
    Path onDisk = file.toJavaIOFile().toPath();
    damage(onDisk, 500);
    try (FileHandle read = new FileHandle.Builder(file).complete()) {
      assertThatThrownBy(() -> first(read))
          .isInstanceOf(CorruptSSTableException.class)
          .hasCauseInstanceOf(CorruptPageException.class);
    }
    assertThatThrownBy(() -> new FileHandle.Builder(file).mmapped(true).complete().close())
        .isInstanceOf(CorruptSSTableException.class)
        .hasCauseInstanceOf(CorruptPageException.class);
    damage(onDisk, Files.size(onDisk) - 20);
    assertThatThrownBy(() -> new FileHandle.Builder(file).complete().close())
        .isInstanceOf(CorruptSSTableException.class)
        .hasCauseInstanceOf(CorruptPageException.class);
  }

  @Test
  void a_damaged_carrier_is_a_corrupt_sstable() throws Exception {
    OfflineTable table = written();
    damage(table.file("Encryption.db"), 20);
    File file = encrypted(table).fileFor(BtiFormat.Components.PARTITION_INDEX);
    assertThatThrownBy(() -> new ChannelProxy(file).close())
        .isInstanceOf(CorruptSSTableException.class);
    assertThatThrownBy(() -> openOnline(table)).isInstanceOf(CorruptSSTableException.class);
  }

  @Test
  void a_missing_key_is_neither_damage_nor_a_failure_of_the_disk() throws Exception {
    OfflineTable table = written();
    File file = encrypted(table).fileFor(BtiFormat.Components.PARTITION_INDEX);
    Files.delete(root.resolve("system_key"));
    restart();
    assertThatThrownBy(() -> new ChannelProxy(file).close()).isInstanceOf(KeyException.class);
    assertThatThrownBy(() -> openOnline(table))
        .isInstanceOf(KeyMissingError.class)
        .hasMessageContaining("is not damaged")
        .hasMessageContaining("system_key");
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 70, -1})
  void a_damaged_filter_is_built_anew(long at) throws Exception {
    OfflineTable table = written();
    Path file = table.file("Filter.db");
    byte[] before = Files.readAllBytes(file);
    damage(file, at < 0 ? before.length + at : at);
    SSTableReader reader = openOnline(table);
    try (IFilter filter = filter(table)) {
      assertThat(filter.isInformative()).isTrue();
    } finally {
      reader.selfRef().release();
    }
    assertThat(Files.readAllBytes(file)).isNotEqualTo(before);
  }

  private static IFilter filter(OfflineTable table) throws IOException {
    return java.util.Objects.requireNonNull(
        org.apache.cassandra.io.sstable.format.FilterComponent.load(encrypted(table)));
  }

  /** Stock Cassandra would take memory for as many offsets as the file says. */
  @Test
  void the_index_of_chunks_is_authenticated_before_cassandra_reads_it() throws Exception {
    OfflineTable table = written();
    Path file = table.file("CompressionInfo.db");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).putInt(chunkCountAt(bytes), Integer.MAX_VALUE);
    Files.write(file, bytes);
    assertThatThrownBy(() -> openOnline(table))
        .isInstanceOf(CorruptSSTableException.class)
        .hasRootCauseMessage(file + " has 2147483647 chunks: changed");
  }

  private static int chunkCountAt(byte[] index) {
    ByteBuffer in = ByteBuffer.wrap(index);
    in.position(2 + in.getShort(0));
    int options = in.getInt();
    for (int i = 0; i < 2 * options; i++) {
      int length = in.getShort();
      in.position(in.position() + length);
    }
    return in.position() + 4 + 4 + 8;
  }

  @Test
  void a_map_that_does_not_fit_is_refused_by_name_and_closing_one_makes_room() throws Exception {
    OfflineTable table = written();
    File one = custom(table, "SAI+aa+i+TermsData.db");
    File other = custom(table, "SAI+aa+j+TermsData.db");
    write(one, 60_000);
    write(other, 60_000);
    try (FileHandle open = new FileHandle.Builder(one).mmapped(true).complete()) {
      assertThat(first(open)).containsOnly(0);
      assertThatThrownBy(() -> new FileHandle.Builder(other).mmapped(true).complete().close())
          .isInstanceOf(MappedMemoryException.class)
          .hasMessageContaining("SAI+aa+j+TermsData.db")
          .hasMessageContaining("60000 bytes")
          .hasMessageContaining("mapped_index_memory (102400)");
    }
    try (FileHandle open = new FileHandle.Builder(other).mmapped(true).complete()) {
      assertThat(first(open)).containsOnly(0);
    }
  }

  /** The subkey of Data.db is wiped when the last reader of the SSTable is closed. */
  @Test
  void chunks_do_not_open_once_the_reader_is_closed() throws Exception {
    OfflineTable table = written();
    SSTableReader reader = openOnline(table);
    SSTableReader second = reader.cloneWithRestoredStart(reader.getFirst());
    CompressionMetadata metadata = second.getCompressionMetadata();
    CompressionMetadata.Chunk chunk = metadata.chunkFor(0);
    byte[] data = Files.readAllBytes(table.file("Data.db"));
    ByteBuffer sealed = ByteBuffer.wrap(data, (int) chunk.offset, chunk.length);
    ICompressor compressor = metadata.compressor();
    reader.selfRef().release();
    compressor.uncompress(sealed.duplicate(), ByteBuffer.allocate(1 << 16));
    second.selfRef().release();
    // Cassandra closes what a reader holds in a thread of its own.
    assertThat(awaitRefusal(compressor, sealed)).hasMessageContaining("was closed");
  }

  private static IllegalStateException awaitRefusal(ICompressor compressor, ByteBuffer sealed)
      throws IOException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < end) {
      try {
        compressor.uncompress(sealed.duplicate(), ByteBuffer.allocate(1 << 16));
        Thread.onSpinWait();
      } catch (IllegalStateException refused) {
        return refused;
      }
    }
    throw new AssertionError("chunks still open two minutes after the last reader was closed");
  }
}
