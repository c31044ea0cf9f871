package io.cassandratde.sstable.cassandra;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.cassandra.config.Config;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.rows.Row;
import org.apache.cassandra.db.rows.Unfiltered;
import org.apache.cassandra.db.rows.UnfilteredRowIterator;
import org.apache.cassandra.io.sstable.CQLSSTableWriter;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.ISSTableScanner;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.RandomAccessReader;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.jspecify.annotations.Nullable;

/** A table of stock Cassandra without a node: its own writer and reader, the schema in memory. */
public final class OfflineTable {

  static {
    DatabaseDescriptor.clientInitialization(false, OfflineTable::config);
  }

  private static final AtomicInteger NUMBERS = new AtomicInteger();
  static final String KEYSPACE = "offline";

  /**
   * Stands in every row, within noise, so that it would stand in raw files whatever the compressor
   * does.
   */
  static final String SECRET = "PLAINTEXT-IS-ON-DISK";

  final String name = "t" + NUMBERS.incrementAndGet();
  final Path directory;
  private final String ddl;

  public OfflineTable(Path root, String compressorClass, Map<String, String> options)
      throws IOException {
    directory = Files.createDirectories(root.resolve(KEYSPACE).resolve(name));
    Map<String, String> all = new HashMap<>(options);
    all.put("class", compressorClass);
    ddl =
        "CREATE TABLE %s.%s (id int PRIMARY KEY, v blob) WITH compression = {%s}"
            .formatted(
                KEYSPACE,
                name,
                all.entrySet().stream()
                    .map(e -> "'%s': '%s'".formatted(e.getKey(), e.getValue()))
                    .collect(Collectors.joining(", ")));
  }

  /** Stock defaults, and a place for what Cassandra insists on having a directory for. */
  private static Config config() {
    try {
      String directory = Files.createTempDirectory("offline-cassandra").toString();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> new File(directory).deleteRecursive()));
      Config config = new Config();
      config.data_file_directories = new String[] {directory};
      config.concurrent_compactors = 1;
      config.concurrent_validations = 1;
      config.concurrent_materialized_view_builders = 1;
      return config;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes Cassandra's classes usable in this process, as every table here does. */
  public static void initialize() {}

  public static SSTableFormat<?, ?> ebti() {
    return Objects.requireNonNull(DatabaseDescriptor.getSSTableFormats().get("ebti"));
  }

  /** BIG and BTI; in offline mode every format may be written. */
  static List<SSTableFormat<?, ?>> formats() {
    Map<String, SSTableFormat<?, ?>> all = DatabaseDescriptor.getSSTableFormats();
    return List.of(Objects.requireNonNull(all.get("big")), Objects.requireNonNull(all.get("bti")));
  }

  public static ByteBuffer value(int row) {
    byte[] noise = new byte[400];
    new Random(row).nextBytes(noise);
    return ByteBuffer.allocate(420).put(noise).put(SECRET.getBytes(ISO_8859_1)).flip();
  }

  /** Creates the table if it is new. */
  CQLSSTableWriter writer(@Nullable SSTableFormat<?, ?> format) {
    CQLSSTableWriter.Builder builder = builder();
    return (format == null ? builder : builder.withFormat(format)).build();
  }

  /** Writes as it goes, rows of {@link #inOrder}; the first SSTable is there after the second. */
  public CQLSSTableWriter sortedWriter(SSTableFormat<?, ?> format) {
    return builder().withFormat(format).sorted().build();
  }

  private CQLSSTableWriter.Builder builder() {
    return CQLSSTableWriter.builder()
        .inDirectory(directory.toString())
        .forTable(ddl)
        .using("INSERT INTO %s.%s (id, v) VALUES (?, ?)".formatted(KEYSPACE, name));
  }

  /** So many rows in the order in which an SSTable has them. */
  public List<Integer> inOrder(int rows) {
    return IntStream.range(0, rows)
        .boxed()
        .sorted(
            Comparator.comparing(
                row -> metadata().partitioner.decorateKey(ByteBufferUtil.bytes(row))))
        .toList();
  }

  public void write(int rows, @Nullable SSTableFormat<?, ?> format) throws Exception {
    try (CQLSSTableWriter writer = writer(format)) {
      for (int row = 0; row < rows; row++) {
        writer.addRow(row, value(row));
      }
    }
  }

  public TableMetadata metadata() {
    return Objects.requireNonNull(Schema.instance.getTableMetadata(KEYSPACE, name));
  }

  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  public List<Path> dataFiles() throws IOException {
    return files().stream().filter(file -> file.toString().endsWith("-Data.db")).toList();
  }

  /** The only file of this component. */
  Path file(String component) throws IOException {
    List<Path> found =
        files().stream().filter(file -> file.toString().endsWith('-' + component)).toList();
    if (found.size() != 1) {
      throw new IOException(found + " of " + component);
    }
    return found.get(0);
  }

  /** Whether any file of the table holds the secret as it was inserted. */
  boolean leaks() throws IOException {
    for (Path file : files()) {
      if (new String(Files.readAllBytes(file), ISO_8859_1).contains(SECRET)) {
        return true;
      }
    }
    return false;
  }

  /** The plaintext of a Data.db, as Cassandra sees it. */
  byte[] plaintext(Path data) throws IOException {
    SSTableReader reader = open(data);
    try (RandomAccessReader file = reader.openDataReader()) {
      byte[] all = new byte[Math.toIntExact(reader.uncompressedLength())];
      file.readFully(all);
      return all;
    } finally {
      reader.selfRef().release();
    }
  }

  public SSTableReader open(Path data) {
    return SSTableReader.openNoValidation(
        null, Descriptor.fromFile(new File(data)), TableMetadataRef.forOfflineTools(metadata()));
  }

  static Map<Integer, ByteBuffer> read(SSTableReader reader) throws IOException {
    Map<Integer, ByteBuffer> rows = new HashMap<>();
    try (ISSTableScanner scanner = reader.getScanner()) {
      while (scanner.hasNext()) {
        try (UnfilteredRowIterator partition = scanner.next()) {
          int id = ByteBufferUtil.toInt(partition.partitionKey().getKey());
          List<Unfiltered> found = new ArrayList<>();
          partition.forEachRemaining(found::add);
          rows.put(id, ((Row) found.get(0)).cells().iterator().next().buffer());
        }
      }
    }
    return rows;
  }

  /**
   * Reads every row through a freshly opened reader: the compressor comes from CompressionInfo.db.
   */
  Map<Integer, ByteBuffer> read() throws IOException {
    Map<Integer, ByteBuffer> rows = new HashMap<>();
    for (Path data : dataFiles()) {
      SSTableReader reader = open(data);
      try {
        rows.putAll(read(reader));
      } finally {
        reader.selfRef().release();
      }
    }
    return rows;
  }
}
