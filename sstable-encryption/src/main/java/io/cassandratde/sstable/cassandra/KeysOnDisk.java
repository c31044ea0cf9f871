package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.EncryptionOptions;
import io.cassandratde.sstable.format.EdgeChunks;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.log.LogFileReport;
import io.cassandratde.sstable.format.log.LogFileScanner;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys without which a node cannot open what is on its disk: live SSTables, commit log, change
 * data, hints. Snapshots and backups are not opened by a start. Headers only.
 */
final class KeysOnDisk {

  private static final Logger logger = LoggerFactory.getLogger(KeysOnDisk.class);

  private static final int LOCAL = GroupTag.of(ProviderKind.LOCAL, KeySpec.LOCAL_GROUP);
  private static final KeySpec NO_HINT = KeySpec.kmip("(any)", null, CipherSpec.AES_256);
  private static final String DATA = "-Data.db";
  private static final int EXAMPLES = 3;

  private final Map<KeyReference, Need> needs = new LinkedHashMap<>();
  private final KeySpec fallback;
  private int files;

  /** A key, and what needs it. */
  static final class Need {
    private final KeySpec hint;
    private final List<Path> examples = new ArrayList<>();
    private int files;

    private Need(KeySpec hint) {
      this.hint = hint;
    }

    KeySpec hint() {
      return hint;
    }

    /** "14 files, such as …". */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(files == 1 ? "1 file: " : files + " files, such as ");
      for (int i = 0; i < examples.size(); i++) {
        text.append(i == 0 ? "" : ", ").append(examples.get(i));
      }
      return text.toString();
    }
  }

  /**
   * Nothing read yet.
   *
   * @param defaultKey of the policy: tells where a local key file is
   */
  KeysOnDisk(@Nullable KeySpec defaultKey) {
    fallback = defaultKey == null ? NO_HINT : defaultKey;
  }

  Map<KeyReference, Need> needs() {
    return needs;
  }

  /** How many files were read. */
  int files() {
    return files;
  }

  /** Reads the live SSTables of {@code <directory>/<keyspace>/<table>}, legacy indexes included. */
  KeysOnDisk addTables(Path directory) {
    for (Path keyspace : directories(directory)) {
      for (Path table : directories(keyspace)) {
        addSSTables(table);
        for (Path index : directories(table)) {
          if (String.valueOf(index.getFileName()).startsWith(".")) {
            addSSTables(index);
          }
        }
      }
    }
    return this;
  }

  /** Reads the segments or hints files of a directory. */
  KeysOnDisk addLogs(Path directory) {
    for (Path file : list(directory)) {
      if (LogFileScanner.kindOf(file) != null) {
        guarded(file, () -> addLog(file));
      }
    }
    return this;
  }

  private void addLog(Path file) throws IOException {
    LogFileReport report = LogFileScanner.scan(file);
    add(file, report.sealed().keySet(), hint(report.options()));
  }

  private void addSSTables(Path directory) {
    for (Path file : list(directory)) {
      if (file.toString().endsWith(DATA)) {
        guarded(file, () -> addSSTable(file));
      }
    }
  }

  private void addSSTable(Path data) throws IOException {
    Path carrier = sibling(data, "-Encryption.db");
    if (Files.exists(carrier)) {
      List<KeyReference> keys = new ArrayList<>();
      CarrierFile.read(carrier).rows().forEach(row -> keys.add(row.wrappedBy()));
      Path statistics = sibling(data, "-Statistics.db");
      if (!keys.isEmpty() && Files.exists(statistics)) {
        for (StatisticsFile.Part part : StatisticsFile.read(statistics)) {
          if (part.isSealed()) {
            keys.add(part.sealed().wrappedBy());
          }
        }
      }
      add(data, keys, fallback);
    } else if (Files.exists(sibling(data, "-CompressionInfo.db"))) {
      EdgeChunks edges = EdgeChunks.read(data);
      add(data, edges.keys(), hint(edges.options()));
    }
  }

  private void add(Path file, Collection<KeyReference> keys, KeySpec hint) {
    files++;
    for (KeyReference key : keys) {
      if (key.groupTag() == LOCAL && hint.keyFile() == null) {
        continue; // Only the table's definition tells the key file: whoever opens it will see.
      }
      Need need = needs.computeIfAbsent(key, k -> new Need(hint));
      if (need.examples.contains(file)) {
        continue;
      }
      need.files++;
      if (need.examples.size() < EXAMPLES) {
        need.examples.add(file);
      }
    }
  }

  private KeySpec hint(Map<String, String> options) {
    try {
      return options.isEmpty() ? fallback : EncryptionOptions.parse(options).spec();
    } catch (KeyException ofAnotherVersion) {
      return fallback;
    }
  }

  private interface Reading {
    void run() throws IOException;
  }

  /** Damage, and files that go meanwhile, are for those who open them: here only keys count. */
  private static void guarded(Path file, Reading reading) {
    try {
      reading.run();
    } catch (IOException e) {
      logger.warn("The check of keys at start could not read {}: {}", file, e.toString());
    }
  }

  private static Path sibling(Path data, String component) {
    String name = String.valueOf(data.getFileName());
    return data.resolveSibling(name.substring(0, name.length() - DATA.length()) + component);
  }

  private static List<Path> directories(Path directory) {
    return list(directory).stream().filter(Files::isDirectory).toList();
  }

  private static List<Path> list(Path directory) {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      logger.warn("The check of keys at start could not list {}: {}", directory, e.toString());
    }
    found.sort(null);
    return found;
  }
}
