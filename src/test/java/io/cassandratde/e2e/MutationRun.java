package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.cassandratde.e2e.mutation.Kind;
import io.cassandratde.e2e.mutation.TableFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Changes files of two SSTables, lets a node load them, and reads every row in every way: an error,
 * or the right rows; never other rows, never less of them without a word.
 */
final class MutationRun implements AutoCloseable {

  /** What became of a sample. */
  enum Outcome {
    /** The node refused to load the SSTables, and said which and why. */
    AT_OPEN,
    /** All reads that touched what was changed failed; all others gave the right rows. */
    AT_READ,
    /** Every read gave the right rows: what was changed is not read, or is checked by nobody. */
    HARMLESS
  }

  private static final String YAML =
      CassandraNode.PATIENT
          + """
      sstable:
        selected_format: ebti
      auto_snapshot: false
      disk_failure_policy: ignore
      """;

  private static final int WIDE = 8;
  private static final int WIDE_ROWS = 60;
  private static final int PARTITIONS = 150;
  private static final String CHARACTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

  /** The one row of a tag. */
  private record Tagged(int pk, int ck, String value) {}

  private final CassandraNode node;
  private final TableFiles original;
  private final Kind.Sources sources;
  private final Map<Integer, Map<Integer, String>> rows = new TreeMap<>();
  private final Map<String, Tagged> tags = new TreeMap<>();
  private final Map<Kind, Map<Outcome, Integer>> outcomes = new EnumMap<>(Kind.class);
  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> messages = new TreeMap<>();

  MutationRun(TestBed bed) {
    node = CassandraNode.prepare(bed.setup("mutation", bed.config(), true)).useYaml(YAML);
    node.start();
    node.execute(
        "CREATE KEYSPACE mutated WITH replication = {'class': 'SimpleStrategy',"
            + " 'replication_factor': 1}");
    // Not compressed, so that chunks are of one length and can change places without their index.
    createTable("sealed", " AND " + Encryption.by("Encryptor", "dev", "mutation").options());
    createTable("plain", "");
    for (String table : List.of("sealed", "plain")) {
      insert(table, 0);
      node.jmx().flush("mutated", table);
      insert(table, 1);
      node.jmx().flush("mutated", table);
      assertThat(node.dataFiles("mutated", table)).hasSize(2);
    }
    TableFiles older = TableFiles.read(folder("sealed"));
    node.execute("DROP INDEX mutated.sealed_tag");
    createIndex("sealed");
    Await.until("the index is there again", this::isIndexed);
    original = TableFiles.read(folder("sealed"));
    sources = new Kind.Sources(TableFiles.read(folder("plain")), older);
    for (int time = 0; time < 2; time++) { // the second finds what the first left behind
      assertThat(load(original)).as("the files as they are").isNull();
    }
    List<String> errors = new ArrayList<>();
    readAll(errors);
    assertThat(errors).isEmpty();
    assertThat(failures).isEmpty();
  }

  private void createTable(String table, String options) {
    node.execute(
        "CREATE TABLE mutated."
            + table
            + " (pk int, ck int, v text, tag text, PRIMARY KEY (pk, ck)) WITH compaction ="
            + " {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}"
            + options);
    createIndex(table);
  }

  private void createIndex(String table) {
    node.execute("CREATE INDEX " + table + "_tag ON mutated." + table + " (tag) USING 'sai'");
  }

  private boolean isIndexed() {
    String tag = tags.keySet().iterator().next();
    return node.cql().execute("SELECT pk FROM mutated.sealed WHERE tag = ?", tag).all().size() == 1;
  }

  /** Half of the rows of each partition, so that each SSTable is needed for all. */
  private void insert(String table, int half) {
    PreparedStatement insert =
        node.cql()
            .prepare("INSERT INTO mutated." + table + " (pk, ck, v, tag) VALUES (?, ?, ?, ?)");
    List<CompletableFuture<?>> pending = new ArrayList<>();
    for (int pk = 0; pk < PARTITIONS; pk++) {
      for (int ck = half; ck < (pk < WIDE ? 2 * WIDE_ROWS : 2); ck += 2) {
        Random random = new Random(pk * 100_003L + ck);
        String value = letters(random, 400);
        String tag = letters(random, 12);
        rows.computeIfAbsent(pk, key -> new TreeMap<>()).put(ck, value);
        tags.put(tag, new Tagged(pk, ck, value));
        pending.add(node.cql().executeAsync(insert.bind(pk, ck, value, tag)).toCompletableFuture());
      }
    }
    pending.forEach(CompletableFuture::join);
  }

  private static String letters(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
    }
    return text.toString();
  }

  private Path folder(String table) {
    return node.tableDirectory("mutated", table);
  }

  /** Makes one change, loads and reads. */
  void sample(Kind kind, long seed) {
    TableFiles changed = original.copy();
    String what = "seed " + seed + ": " + kind.mutate(changed, sources, seed);
    int logged = node.log().length();
    int wrong = failures.size();
    String refused = load(changed);
    List<String> errors = new ArrayList<>();
    if (refused == null) {
      readAll(errors);
    }
    if (!node.isRunning()) {
      throw new AssertionError("the node died at " + what);
    }
    String log = node.log().substring(logged);
    Outcome outcome =
        refused != null ? Outcome.AT_OPEN : errors.isEmpty() ? Outcome.HARMLESS : Outcome.AT_READ;
    if (outcome != Outcome.HARMLESS && !namesFileAndReason(log)) {
      failures.add("the log does not say which file, and why");
    }
    for (int i = wrong; i < failures.size(); i++) {
      failures.set(i, what + " (" + outcome + "): " + failures.get(i));
      System.out.println("FAILED " + failures.get(i));
    }
    outcomes
        .computeIfAbsent(kind, key -> new EnumMap<>(Outcome.class))
        .merge(outcome, 1, Integer::sum);
    String first = refused != null ? refused : errors.isEmpty() ? "" : errors.get(0);
    messages.merge(kind + " " + outcome + " " + reason(log, first), 1, Integer::sum);
    System.out.println(outcome + " " + what);
  }

  private static boolean namesFileAndReason(String log) {
    return log.lines()
        .anyMatch(line -> line.matches(".*-ebti-.*|.*Index.*mutated.*|.*sealed_tag.*"));
  }

  /** The innermost cause in the log, without names and numbers. */
  private static String reason(String log, String otherwise) {
    return log.lines()
        .filter(line -> line.startsWith("Caused by") || line.contains("Exception:"))
        .reduce((first, second) -> second)
        .orElse(otherwise)
        .replaceAll("/\\S*/", "")
        .replaceAll("[0-9a-f]{8,}|[0-9]+", "#");
  }

  /** Replaces what the table has; the refusal, if the node refuses. */
  private @Nullable String load(TableFiles files) {
    node.execute("TRUNCATE mutated.sealed");
    Path folder = folder("sealed");
    Await.until("the folder is empty", () -> clear(folder));
    files.write(folder);
    try {
      node.jmx().refresh("mutated", "sealed");
    } catch (AssertionError e) {
      return String.valueOf(e.getCause());
    }
    int loaded = node.dataFiles("mutated", "sealed").size();
    assertThat(loaded).as("SSTables that the node has taken").isEqualTo(files.count());
    return null;
  }

  /** A refused SSTable leaves its files; those of a truncated one go by themselves. */
  private static boolean clear(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readAll(List<String> errors) {
    Map<Integer, Map<Integer, String>> scanned =
        read(errors, "SELECT pk, ck, v FROM mutated.sealed");
    if (scanned != null && !scanned.equals(rows)) {
      failures.add("a scan gave " + count(scanned) + " rows of " + count(rows) + ", or others");
    }
    rows.forEach(
        (pk, expected) -> {
          Map<Integer, Map<Integer, String>> found =
              read(
                  errors,
                  "SELECT pk, ck, v FROM mutated.sealed WHERE pk = ?"
                      + (pk % 2 == 0 ? " ORDER BY ck DESC" : ""),
                  pk);
          if (found != null && !Map.of(pk, expected).equals(found)) {
            failures.add("partition " + pk + " has other rows");
          }
        });
    int query = 0;
    for (var tag : tags.entrySet()) {
      if (query++ % 25 != 0) {
        continue;
      }
      Map<Integer, Map<Integer, String>> found =
          read(errors, "SELECT pk, ck, v FROM mutated.sealed WHERE tag = ?", tag.getKey());
      Tagged row = tag.getValue();
      if (found != null && !found.equals(Map.of(row.pk(), Map.of(row.ck(), row.value())))) {
        failures.add("the index gave " + found + " for the tag of " + row.pk() + "/" + row.ck());
      }
    }
  }

  private static int count(Map<Integer, Map<Integer, String>> of) {
    return of.values().stream().mapToInt(Map::size).sum();
  }

  /** Null: it failed, which is told. */
  private @Nullable Map<Integer, Map<Integer, String>> read(
      List<String> errors, String query, Object... values) {
    try {
      Map<Integer, Map<Integer, String>> found = new HashMap<>();
      for (Row row : node.cql().execute(SimpleStatement.newInstance(query, values))) {
        found
            .computeIfAbsent(row.getInt(0), key -> new HashMap<>())
            .put(row.getInt(1), String.valueOf(row.getString(2)));
      }
      return found;
    } catch (DriverException e) {
      errors.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** For docs/TESTING.md. */
  String report() {
    StringBuilder report = new StringBuilder("| kind | at open | at read | harmless |\n");
    outcomes.forEach(
        (kind, counts) ->
            report.append(
                "| %s | %d | %d | %d |%n"
                    .formatted(
                        kind,
                        counts.getOrDefault(Outcome.AT_OPEN, 0),
                        counts.getOrDefault(Outcome.AT_READ, 0),
                        counts.getOrDefault(Outcome.HARMLESS, 0))));
    messages.forEach(
        (message, count) -> report.append(count).append("x ").append(message).append('\n'));
    return report.toString();
  }

  @Override
  public void close() {
    node.close();
  }
}
