package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.runtime.TdeRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.cassandra.config.Config;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.DecoratedKey;
import org.apache.cassandra.db.Slices;
import org.apache.cassandra.db.filter.ColumnFilter;
import org.apache.cassandra.db.rows.UnfilteredRowIterator;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.SSTableReadsListener;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.utils.ByteBufferUtil;

/**
 * Point look-ups in Partitions.db (and, for keys that are there, one chunk of Data.db): bti against
 * ebti, in turns, so that a busy machine is as unfair to each. Run by {@code scripts/bench
 * --lookups}.
 */
final class IndexLookups {

  private static final int ROWS = 100_000;
  private static final int TURN = 500;
  private static final Map<String, String> SEALED =
      Map.of(
          "key_provider", "LocalFileSystemKeyProviderFactory",
          "secret_key_file", "system_key",
          "cipher_algorithm", "AES/GCM/NoPadding",
          "secret_key_strength", "256");

  private record Candidate(
      String name,
      SSTableReader reader,
      List<Double> there,
      List<Double> absent,
      List<Double> rows) {}

  private IndexLookups() {}

  public static void main(String[] arguments) throws Exception {
    int turns = Integer.parseInt(arguments[0]);
    OfflineTable.initialize();
    DatabaseDescriptor.setIndexAccessMode(Config.DiskAccessMode.mmap); // a node's default
    Path root = Files.createTempDirectory("index-lookups");
    SystemKeyFile.create(root.resolve("system_key"), CipherSpec.aes(256));
    TdeRuntime runtime = runtime(root, "256MiB");
    OfflineTable sealed = new OfflineTable(root, "EncryptingLZ4Compressor", SEALED);
    sealed.write(ROWS, OfflineTable.ebti());
    OfflineTable stock = new OfflineTable(root, "LZ4Compressor", Map.of());
    stock.write(ROWS, bti());
    List<Candidate> all = new ArrayList<>();
    all.add(candidate("bti", stock));
    all.add(candidate("ebti", sealed));
    TdeRuntime without = runtime(root, "0B");
    all.add(candidate("ebti, index_cache_size 0B", sealed));
    Random random = new Random(1);
    for (int turn = 0; turn < turns; turn++) {
      for (int i = 0; i < all.size(); i++) {
        Candidate one = all.get((turn + i) % all.size());
        one.there().add(turn(one.reader(), random, 0));
        one.absent().add(turn(one.reader(), random, ROWS));
        one.rows().add(rows(one.reader(), random));
      }
    }
    for (Candidate one : all) {
      System.out.printf(
          "%-28s key there: %s   absent: %s   partition read: %s%n",
          one.name(), told(one.there()), told(one.absent()), told(one.rows()));
      one.reader().selfRef().release();
    }
    runtime.close();
    without.close();
    new File(root).deleteRecursive();
    System.exit(0);
  }

  private static SSTableFormat<?, ?> bti() {
    return Objects.requireNonNull(DatabaseDescriptor.getSSTableFormats().get("bti"));
  }

  private static TdeRuntime runtime(Path root, String cache) throws IOException {
    String config = "system_key_directory: " + root + "\nindex_cache_size: " + cache + "\n";
    TdeRuntime runtime =
        TdeRuntime.open(TdeConfig.load(Files.writeString(root.resolve("tde.yaml"), config)));
    TdeRuntime.install(runtime);
    return runtime;
  }

  private static Candidate candidate(String name, OfflineTable table) throws IOException {
    SSTableReader reader =
        SSTableReader.openNoValidation(
            null,
            Descriptor.fromFile(new File(table.file("Data.db"))),
            TableMetadataRef.forOfflineTools(table.metadata()));
    return new Candidate(name, reader, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  private static DecoratedKey[] keys(SSTableReader reader, Random random, int from) {
    DecoratedKey[] keys = new DecoratedKey[TURN];
    for (int i = 0; i < TURN; i++) {
      int key = from + random.nextInt(ROWS);
      keys[i] = reader.getPartitioner().decorateKey(ByteBufferUtil.bytes(key));
    }
    return keys;
  }

  /** Microseconds per partition looked up and read. */
  private static double rows(SSTableReader reader, Random random) {
    DecoratedKey[] keys = keys(reader, random, 0);
    ColumnFilter all = ColumnFilter.all(reader.metadata());
    int rows = 0;
    long start = System.nanoTime();
    for (DecoratedKey key : keys) {
      try (UnfilteredRowIterator partition =
          reader.rowIterator(key, Slices.ALL, all, false, SSTableReadsListener.NOOP_LISTENER)) {
        while (partition.hasNext()) {
          partition.next();
          rows++;
        }
      }
    }
    double micros = (System.nanoTime() - start) / 1000.0 / TURN;
    if (rows < TURN) {
      throw new IllegalStateException(rows + " rows of " + TURN + " partitions");
    }
    return micros;
  }

  /** Microseconds per look-up. */
  private static double turn(SSTableReader reader, Random random, int from) {
    DecoratedKey[] keys = keys(reader, random, from);
    int found = 0;
    long start = System.nanoTime();
    for (DecoratedKey key : keys) {
      found += reader.getPosition(key, SSTableReader.Operator.EQ) >= 0 ? 1 : 0;
    }
    double micros = (System.nanoTime() - start) / 1000.0 / TURN;
    if (found != (from == 0 ? TURN : 0)) {
      throw new IllegalStateException(found + " of " + TURN + " found");
    }
    return micros;
  }

  /** The second half, when everything is compiled: 2nd percentile and median. */
  private static String told(List<Double> turns) {
    double[] warm =
        turns.subList(turns.size() / 2, turns.size()).stream().mapToDouble(d -> d).toArray();
    Arrays.sort(warm);
    return "%.2f; %.2f us".formatted(warm[warm.length / 50], warm[warm.length / 2]);
  }
}
