package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.EncryptionOptions;
import io.cassandratde.sstable.format.UnknownVersionException;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.log.LogFileReport;
import io.cassandratde.sstable.format.log.LogFileScanner;
import io.cassandratde.sstable.format.page.PageFileLayout;
import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.sstable.inventory.Needs;
import io.cassandratde.sstable.inventory.Problem;
import io.cassandratde.sstable.inventory.SSTableNeeds;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys without which a node cannot open what is on its disk: live SSTables, commit log, change
 * data, hints; and which files of these it cannot open at all, because a later release wrote them.
 * Snapshots and backups are not opened by a start. Headers only.
 */
final class KeysOnDisk {

  private static final Logger logger = LoggerFactory.getLogger(KeysOnDisk.class);

  private static final int LOCAL = GroupTag.of(ProviderKind.LOCAL, KeySpec.LOCAL_GROUP);
  private static final KeySpec NO_HINT = KeySpec.kmip("(any)", null, CipherSpec.AES_256);
  private static final String DATA = "-Data.db";
  private static final String PAXOS = "_paxos_repair_state";
  private static final int EXAMPLES = 3;

  /** Files of the format that are no page files. */
  private static final Pattern OTHER_FORMS =
      Pattern.compile(
          ".*-(Data\\.db|Encryption\\.db|Statistics\\.db|CompressionInfo\\.db|CRC\\.db|Digest\\.crc32|TOC\\.txt)");

  private final Map<KeyReference, Need> needs = new LinkedHashMap<>();
  private final Map<Path, String> later = new LinkedHashMap<>();
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

  Map<KeyReference, Need> needs() {
    return needs;
  }

  /** Files that a later release of this project wrote, and what of them shows it. */
  Map<Path, String> later() {
    return later;
  }

  /** How many files were read. */
  int files() {
    return files;
  }

  /**
   * Reads the live SSTables of {@code <directory>/<keyspace>/<table>}, legacy indexes included, and
   * of Paxos state the versions.
   */
  KeysOnDisk addTables(Path directory) {
    for (Path keyspace : directories(directory)) {
      for (Path table : directories(keyspace)) {
        addSSTables(table);
        if (table.endsWith(PAXOS)) {
          list(table).forEach(this::addPaxos);
        }
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
    report.later().ifPresent(what -> later.put(file, what));
  }

  private void addPaxos(Path file) {
    guarded(
        file,
        () -> {
          if (file.toString().endsWith(".paxos-carrier")) {
            var unused = CarrierFile.read(file);
          } else {
            PageFileLayout.requireKnownVersion(file);
          }
        });
  }

  private void addSSTables(Path directory) {
    for (Path file : list(directory)) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(DATA)) {
        guarded(file, () -> addSSTable(file));
      } else if (name.contains("-ebti-") && !OTHER_FORMS.matcher(name).matches()) {
        guarded(file, () -> PageFileLayout.requireKnownVersion(file));
      }
    }
  }

  private void addSSTable(Path data) throws IOException {
    Needs found = SSTableNeeds.read(data, Depth.EDGES);
    for (Problem problem : found.problems()) {
      Path file = SSTableNeeds.sibling(data, problem.component());
      switch (problem.kind()) {
        case LATER_RELEASE -> later.put(file, problem.what());
        case UNREADABLE -> warn(file, problem.what());
        case UNFINISHED -> {} // Cassandra removes it, or opens it and finds out
      }
    }
    add(data, found.keys().keySet(), hint(found.options()));
  }

  private void add(Path file, Collection<KeyReference> keys, KeySpec hint) {
    files++;
    for (KeyReference key : keys) {
      if (key.groupTag() == LOCAL && hint.keyFile() == null) {
        continue; // Only the table's definition tells the key file: who opens it stops the start.
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
      return options.isEmpty() ? NO_HINT : EncryptionOptions.parse(options).spec();
    } catch (KeyException ofAnotherVersion) {
      return NO_HINT;
    }
  }

  private interface Reading {
    void run() throws IOException;
  }

  /** Damage, and files that go meanwhile, are for those who open them. */
  private void guarded(Path file, Reading reading) {
    try {
      reading.run();
    } catch (IOException e) {
      UnknownVersionException written = UnknownVersionException.in(e);
      if (written != null) {
        later.put(file, String.valueOf(written.getMessage()));
      } else {
        warn(file, e.toString());
      }
    }
  }

  private static void warn(Path file, String what) {
    logger.warn("The check of keys at start could not read all of {}: {}", file, what);
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
