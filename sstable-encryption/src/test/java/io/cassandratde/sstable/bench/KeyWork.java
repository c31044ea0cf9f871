package io.cassandratde.sstable.bench;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.replicated.MemoryKeyTable;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.format.KeyFinder;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * What the keys of many SSTables cost a node that starts, without the rest of the start: a runtime
 * of its own reads the carriers and Statistics.db of all SSTables, fetches the keys that they name
 * and opens what is in them, as the node does; no key is in memory before. The cluster's table of
 * keys is away, as it is at a start. Prints a line of docs/PERFORMANCE.md.
 *
 * <p>Of a master key in a token, the token alone does the same number of AES-GCM decryptions
 * afterwards, by nothing but the JDK.
 */
public final class KeyWork {

  /** Data.db, CompressionInfo.db, Partitions.db, Rows.db: each has a subkey of its own. */
  private static final int FILES = 4;

  /** Of Statistics.db, which an SSTable that opens needs. */
  private static final List<String> PARTS =
      List.of("Statistics.db/VALIDATION", "Statistics.db/STATS", "Statistics.db/HEADER");

  /** As many as {@code StartUpCheck} has. */
  private static final int FETCHERS = 8;

  private static final KeySpec NO_HINT = KeySpec.kmip("(any)", null, CipherSpec.AES_256);

  private final Path directory;
  private final Path config;
  private final int sstables;
  private final Salts salts = Salts.ofOperatingSystem();

  private KeyWork(Path directory, Path config, int sstables) {
    this.directory = directory;
    this.config = config;
    this.sstables = sstables;
  }

  /** Arguments: where the master key is (see {@link KeyPlaces}), SSTables, data keys. */
  public static void main(String[] args) throws Exception {
    int sstables = Integer.parseInt(args[1]);
    int dataKeys = Integer.parseInt(args[2]);
    Path directory = Files.createTempDirectory("tde-key-work");
    try (KeyPlaces place = KeyPlaces.of(args[0], directory)) {
      KeyWork work = new KeyWork(directory, place.config(), sstables);
      work.write(i -> place.spec(i % dataKeys));
      String line = work.start();
      int unwraps = place.unwraps(sstables, dataKeys, PARTS.size());
      if (unwraps > 0) {
        double raw = place.rawSeconds(unwraps, processors());
        line += String.format(Locale.ROOT, " %d in %.2f s |", unwraps, raw);
      } else {
        line += " |";
      }
      System.out.println("| " + args[0] + " | " + sstables + " | " + dataKeys + " |" + line);
    }
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private TdeRuntime runtime() throws Exception {
    TdeRuntime runtime = TdeRuntime.open(TdeConfig.load(config));
    runtime.openCopies();
    return runtime;
  }

  private Path file(int sstable, String component) {
    return directory.resolve("sstables").resolve(sstable + "-" + component);
  }

  private void write(IntFunction<KeySpec> specs) throws Exception {
    Files.createDirectories(directory.resolve("sstables"));
    try (TdeRuntime runtime = runtime()) {
      runtime.useKeyTable(new MemoryKeyTable());
      for (int i = 0; i < sstables; i++) {
        KeySpec spec = specs.apply(i);
        DataKey current = runtime.keys().current(spec).get(Patience.WAIT);
        try (SSTableKeys keys =
            SSTableKeys.create(() -> current, salts, runtime.hkdf(), runtime.cryptoProvider())) {
          CarrierFile.write(file(i, "Encryption.db"), keys.carrier());
          Files.write(
              file(i, "Statistics.db"),
              StatisticsFile.encode(KeyPlaces.parts(PARTS, keys.uid(), spec, current, runtime)));
        }
      }
    }
  }

  /** Seconds of each phase, and all. */
  private String start() throws Exception {
    List<Double> seconds = new ArrayList<>();
    long began = System.nanoTime();
    try (TdeRuntime runtime = runtime()) {
      seconds.add(since(began));
      long read = System.nanoTime();
      Set<KeyReference> needed = new LinkedHashSet<>();
      for (int i = 0; i < sstables; i++) {
        CarrierFile.read(file(i, "Encryption.db"))
            .rows()
            .forEach(row -> needed.add(row.wrappedBy()));
        for (StatisticsFile.Part part : StatisticsFile.read(file(i, "Statistics.db"))) {
          needed.add(part.sealed().wrappedBy());
        }
      }
      seconds.add(since(read));
      long fetched = System.nanoTime();
      together(
          FETCHERS,
          needed.stream()
              .<Callable<Object>>map(
                  key -> () -> runtime.keys().awaitOpeningKey(NO_HINT, key, Duration.ofMinutes(1)))
              .toList());
      seconds.add(since(fetched));
      long opened = System.nanoTime();
      List<Callable<Object>> all = new ArrayList<>();
      for (int i = 0; i < sstables; i++) {
        int sstable = i;
        all.add(() -> open(runtime, sstable));
      }
      together(processors(), all);
      seconds.add(since(opened));
      seconds.add(since(began));
    }
    StringBuilder line = new StringBuilder();
    seconds.forEach(each -> line.append(String.format(Locale.ROOT, " %.2f |", each)));
    return line.toString();
  }

  private Object open(TdeRuntime runtime, int sstable) throws Exception {
    KeyFinder finder = key -> runtime.keys().openingKey(NO_HINT, key);
    try (SSTableKeys keys =
        SSTableKeys.open(
            CarrierFile.read(file(sstable, "Encryption.db")),
            finder,
            runtime.hkdf(),
            runtime.cryptoProvider())) {
      byte[] salt = new byte[16];
      for (int i = 0; i < FILES; i++) {
        var unused = keys.derive(SSTableKeys.FIRST, KeyUse.PAGE, salt, "file " + i, 0);
      }
      List<StatisticsFile.Part> parts = StatisticsFile.read(file(sstable, "Statistics.db"));
      for (int i = 0; i < PARTS.size(); i++) {
        var unused =
            parts
                .get(i)
                .sealed()
                .open(PARTS.get(i), finder, runtime.hkdf(), runtime.cryptoProvider());
      }
      return keys;
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  static void together(int threads, List<Callable<Object>> all) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Object> each : workers.invokeAll(all)) {
        var unused = each.get();
      }
    } finally {
      workers.shutdownNow();
    }
  }
}
