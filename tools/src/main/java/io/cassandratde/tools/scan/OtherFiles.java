package io.cassandratde.tools.scan;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import io.cassandratde.sstable.format.log.LogFileReport;
import io.cassandratde.sstable.format.log.LogFileScanner;
import io.cassandratde.sstable.format.page.PageFileLayout;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.TablePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a file that is no SSTable's: by its name what it must be, by its bytes whether it is.
 */
final class OtherFiles {

  private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
  private static final Pattern TRANSACTION = Pattern.compile("[a-z]{2}_txn_\\w+_[0-9a-f-]+\\.log");
  private static final Pattern TRANSACTION_LINE =
      Pattern.compile("(ADD|REMOVE|COMMIT|ABORT):\\[[^\\[\\]]*\\]\\[\\d+\\]");
  private static final Pattern PAXOS =
      Pattern.compile("(\\w+)-(\\w+)-(" + UUID + ")-(\\d+)\\.paxos(\\.crc)?(\\.tmp)?");
  private static final Pattern PAXOS_CARRIER = Pattern.compile("Encryption-.*\\.paxos-carrier");
  private static final Pattern CACHE =
      Pattern.compile("((?:Key|Row|Counter)Cache-\\w+)\\.(db|crc|metadata)(.*\\.tmp)?");
  private static final Pattern CDC_INDEX = Pattern.compile("CommitLog-[\\d-]+_cdc\\.idx");
  private static final Pattern HINTS = Pattern.compile(UUID + "-\\d+-\\d+\\.(hints|crc32)");
  private static final Pattern AUDIT = Pattern.compile("audit.*\\.log(\\.(zip|gz))?");
  private static final int MOST_TEXT = 8 << 20;

  /** A look, and where the file belongs. */
  record Placed(Look look, Place place, TablePath table) {}

  private final GroupNames groups;

  OtherFiles(GroupNames groups) {
    this.groups = groups;
  }

  Placed look(Path file) throws NoSuchFileException {
    String name = String.valueOf(file.getFileName());
    Matcher paxos = PAXOS.matcher(name);
    if (paxos.matches()) {
      TablePath table = new TablePath(paxos.group(1), paxos.group(2));
      return new Placed(SSTableFiles.careful(() -> paxos(file, paxos), file), Place.OTHER, table);
    }
    Place place =
        LogFileScanner.kindOf(file) == LogFileReport.Kind.COMMIT_LOG
                || CDC_INDEX.matcher(name).matches()
            ? Place.COMMIT_LOG
            : HINTS.matcher(name).matches() ? Place.HINTS : Place.OTHER;
    return new Placed(
        SSTableFiles.careful(() -> named(file, name), file), place, TablePath.of(file));
  }

  private Look named(Path file, String name) throws IOException {
    if (TRANSACTION.matcher(name).matches()) {
      return text(file).lines().allMatch(line -> TRANSACTION_LINE.matcher(line).matches())
          ? Look.noContent("transaction log: names of SSTables")
          : Look.unknown("transaction log", "it holds other things than names of SSTables");
    }
    Look known =
        switch (name) {
          case "manifest.json" -> Look.noContent("names of a snapshot's files");
          case "schema.cql" -> Look.noContent("schema of a snapshot's table");
          case "ephemeral.snapshot", ".toDelete" -> Look.noContent("mark of a snapshot");
          case "ballot.meta", "ballot.meta.tmp" -> Look.noContent("ballots of Paxos");
          case "metadata.cq4t" -> Look.noContent("roll cycle of a query or audit log");
          default -> null;
        };
    if (known != null) {
      return known;
    }
    if (PAXOS_CARRIER.matcher(name).matches()) {
      return carrier(file);
    }
    Matcher cache = CACHE.matcher(name);
    if (cache.matches()) {
      return cache(file, cache);
    }
    if (CDC_INDEX.matcher(name).matches()) {
      return text(file).matches("\\d+\\s*(COMPLETED)?\\s*")
          ? Look.noContent("offset in a commit-log segment")
          : Look.unknown("CDC index", "it holds other things than an offset");
    }
    if (name.endsWith(".crc32") && HINTS.matcher(name).matches()) {
      return LogFiles.hintsChecksum(text(file));
    }
    if (LogFileScanner.kindOf(file) != null) {
      return LogFiles.look(file, groups);
    }
    if (name.endsWith(".cq4")) {
      return Look.plaintext("full query log or binary audit log", "holds statements and values");
    }
    if (AUDIT.matcher(name).matches()) {
      return Look.plaintext("audit log", "holds statements and values");
    }
    return Files.size(file) == 0
        ? Look.noContent("empty file")
        : Look.unknown("file", "no kind of file that Cassandra writes here");
  }

  /** The carrier of a saved cache stands in the place of its checksums. */
  private Look cache(Path file, Matcher name) throws IOException {
    String kind = "saved cache";
    if (Files.size(file) == 0) {
      return Look.noContent("empty " + kind);
    }
    if ("metadata".equals(name.group(2))) {
      return Look.noContent("ids of tables and SSTables in a " + kind);
    }
    if ("crc".equals(name.group(2))) {
      return CarrierFile.begins(file) ? carrier(file) : Look.noContent("checksums of a " + kind);
    }
    Path carrier = file.resolveSibling(name.group(1) + ".crc");
    if (name.group(3) != null || !Files.exists(carrier) || !CarrierFile.begins(carrier)) {
      return name.group(3) != null && PageFileLayout.read(file) != null
          ? Look.of(State.UNFINISHED, kind, "being written, or left behind by a crash")
          : Look.plaintext(kind, "holds partition keys");
    }
    return SealedPages.look(file, CarrierFile.read(carrier), groups, true);
  }

  private Look paxos(Path file, Matcher name) throws IOException {
    String kind = "uncommitted Paxos state";
    Path carrier = PaxosCarrier.of(file, name.group(3), name.group(4));
    if (!Files.exists(carrier)) {
      return name.group(5) != null
          ? Look.of(State.NO_CONTENT, "checksums of uncommitted Paxos state", "")
          : Look.plaintext(kind, "holds partition keys of lightweight transactions");
    }
    return SealedPages.look(file, CarrierFile.read(carrier), groups, name.group(6) == null);
  }

  /** Names of the carriers of Paxos state. */
  static final class PaxosCarrier {
    private PaxosCarrier() {}

    static Path of(Path file, @Nullable String table, @Nullable String generation) {
      return file.resolveSibling("Encryption-" + table + "_" + generation + ".paxos-carrier");
    }
  }

  private Look carrier(Path file) throws IOException {
    Carrier carrier = CarrierFile.read(file);
    List<KeyReference> wrapping = carrier.rows().stream().map(WrappedKey::wrappedBy).toList();
    return new Look(
        State.NO_CONTENT,
        "carrier: wrapped data keys",
        SealingKey.of(wrapping, groups, Map.of()),
        "",
        List.of());
  }

  private static String text(Path file) throws IOException {
    return Files.size(file) > MOST_TEXT
        ? "(too long)"
        : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
