package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.DataFileReport;
import io.cassandratde.sstable.format.DataFileScanner;
import io.cassandratde.sstable.format.EdgeChunks;
import io.cassandratde.sstable.format.UnknownVersionException;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.data.DataFileLayout;
import io.cassandratde.sstable.inventory.Needs.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads which keys an SSTable needs: of format ebti the union of all rows of its carrier and of the
 * sealed parts of Statistics.db, which hold their own (docs/RULES.md R12); in codec mode what its
 * chunks name.
 */
public final class SSTableNeeds {

  /** By what an SSTable is called here. */
  public static final String DATA = "Data.db";

  static final String CARRIER = "Encryption.db";
  static final String STATISTICS = "Statistics.db";
  static final String INDEX = "CompressionInfo.db";
  private static final String TOC = "TOC.txt";
  private static final String UNFINISHED =
      "unfinished: being written, or left behind by a crash; run again later";

  private final Path data;
  private final Map<KeyReference, Long> keys = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private SSTableNeeds(Path data) {
    this.data = data;
  }

  /**
   * Reads by the name of its {@code …-Data.db}. What cannot be read is told in the problems.
   *
   * @throws NoSuchFileException it was removed
   */
  public static Needs read(Path data, Depth depth) throws NoSuchFileException {
    SSTableNeeds reader = new SSTableNeeds(data);
    Needs needs =
        Files.exists(sibling(data, CARRIER)) ? reader.sealed(depth) : reader.chunks(depth);
    // Cassandra removes Data.db first: what is missing besides is missing from nothing.
    if (!needs.problems().isEmpty() && !Files.exists(data)) {
      throw new NoSuchFileException(data.toString());
    }
    return needs;
  }

  /** Of a carrier without an SSTable: of one that arrives, of Paxos state, of a saved cache. */
  static Needs readCarrier(Path file, String component) {
    SSTableNeeds reader = new SSTableNeeds(file);
    Carrier carrier = reader.attempt(component, () -> CarrierFile.read(file));
    if (carrier == null) {
      return reader.needs(Form.UNKNOWN, Map.of(), true);
    }
    carrier.rows().forEach(row -> reader.keys.put(row.wrappedBy(), 0L));
    return reader.needs(carrier.isPlain() ? Form.PLAIN : Form.SEALED, Map.of(), true);
  }

  /** Another file of the SSTable. */
  public static Path sibling(Path data, String component) {
    String name = String.valueOf(data.getFileName());
    return data.resolveSibling(name.substring(0, name.length() - DATA.length()) + component);
  }

  private Needs sealed(Depth depth) {
    Carrier carrier = attempt(CARRIER, () -> CarrierFile.read(sibling(data, CARRIER)));
    if (carrier == null) {
      return needs(Form.UNKNOWN, Map.of(), true);
    }
    long chunks = 0;
    if (!carrier.isPlain()) {
      attempt(
          DATA,
          () -> {
            DataFileLayout.requireKnownVersion(data);
            return data;
          });
      chunks = depth == Depth.EDGES ? 0 : count();
    }
    // Only the SSTable's own data key, the first, seals chunks of Data.db.
    for (var row : carrier.rows()) {
      keys.merge(row.wrappedBy(), chunks, Long::sum);
      chunks = 0;
    }
    if (exists(TOC) || exists(STATISTICS)) {
      statistics();
    } else {
      problems.add(new Problem(Problem.Kind.UNFINISHED, DATA, UNFINISHED));
    }
    return needs(carrier.isPlain() ? Form.PLAIN : Form.SEALED, Map.of(), true);
  }

  private long count() {
    DataFileReport report = attempt(INDEX, () -> DataFileScanner.scan(data, scan(Depth.HEADERS)));
    return report == null ? 0 : report.chunks();
  }

  private void statistics() {
    attempt(
        STATISTICS,
        () -> {
          List<StatisticsFile.Part> parts = StatisticsFile.read(sibling(data, STATISTICS));
          for (StatisticsFile.Part part : parts) {
            if (part.isSealed()) {
              keys.merge(part.sealed().wrappedBy(), 0L, Long::sum);
            }
          }
          return parts;
        });
  }

  private Needs chunks(Depth depth) {
    if (!exists(INDEX)) {
      // Cassandra writes TOC.txt last; without it, a missing file says nothing yet.
      if (!exists(TOC)) {
        problems.add(new Problem(Problem.Kind.UNFINISHED, DATA, UNFINISHED));
        return needs(Form.UNKNOWN, Map.of(), true);
      }
      return carrierIsMissing() ? withoutCarrier() : needs(Form.PLAIN, Map.of(), true);
    }
    if (carrierIsMissing()) {
      return withoutCarrier();
    }
    Needs found = attempt(DATA, () -> depth == Depth.EDGES ? edges() : all(depth));
    return found == null ? needs(Form.UNKNOWN, Map.of(), true) : found;
  }

  private boolean carrierIsMissing() {
    SSTableName name = SSTableName.of(data);
    return name != null && name.format().equals("ebti");
  }

  private Needs withoutCarrier() {
    problems.add(
        new Problem(
            Problem.Kind.UNREADABLE, CARRIER, "is not there, so nobody can open the SSTable"));
    return needs(Form.UNKNOWN, Map.of(), true);
  }

  private Needs edges() throws IOException {
    EdgeChunks edges = EdgeChunks.read(data);
    edges.keys().forEach(key -> keys.put(key, 1L));
    boolean whole = !edges.ours() || edges.chunks() == 0;
    return needs(edges.ours() ? Form.CODEC : Form.PLAIN, edges.options(), whole);
  }

  private Needs all(Depth depth) throws IOException {
    DataFileReport report = DataFileScanner.scan(data, scan(depth));
    keys.putAll(report.sealed());
    report.problems().forEach(p -> problems.add(new Problem(Problem.Kind.UNREADABLE, DATA, p)));
    long unread = report.badChunks() + report.plainChunks() - report.problems().size();
    if (unread > 0) {
      String more = unread + " further chunks of this kind";
      problems.add(new Problem(Problem.Kind.UNREADABLE, DATA, more));
    }
    return needs(report.ours() ? Form.CODEC : Form.PLAIN, report.options(), true);
  }

  private static DataFileScanner.Depth scan(Depth depth) {
    return depth == Depth.CHECKSUMS
        ? DataFileScanner.Depth.CHECKSUMS
        : DataFileScanner.Depth.HEADERS;
  }

  private boolean exists(String component) {
    return Files.exists(sibling(data, component));
  }

  private Needs needs(Form form, Map<String, String> options, boolean whole) {
    return new Needs(form, keys, options, whole, problems);
  }

  private interface Attempt<T> {
    T run() throws IOException;
  }

  /** Null: it failed, and the problems say why. */
  private <T> @Nullable T attempt(String component, Attempt<T> attempt) {
    try {
      return attempt.run();
    } catch (IOException e) {
      UnknownVersionException later = UnknownVersionException.in(e);
      problems.add(
          later != null
              ? new Problem(
                  Problem.Kind.LATER_RELEASE, component, String.valueOf(later.getMessage()))
              : new Problem(Problem.Kind.UNREADABLE, component, "cannot be read: " + message(e)));
      return null;
    }
  }

  static String message(IOException e) {
    String text = String.valueOf(e.getMessage());
    return e.getClass() == IOException.class ? text : e.getClass().getSimpleName() + ": " + text;
  }
}
