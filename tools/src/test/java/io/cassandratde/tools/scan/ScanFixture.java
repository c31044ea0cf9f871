package io.cassandratde.tools.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Directories of a node that is not there, and the command over them. */
final class ScanFixture {

  static final byte[] ROWS = "partition key and clustering".getBytes(StandardCharsets.UTF_8);

  private static final String ID = "5a1c395e015411f0b1c9e9d2f6f0a1b2";

  final Path root;
  final TestSession session = new TestSession();

  ScanFixture(Path root) {
    this.root = root;
  }

  Path table(String keyspace, String name) {
    return root.resolve("data").resolve(keyspace).resolve(name + '-' + ID);
  }

  Path file(String path, byte[] content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
    return Files.write(file, content);
  }

  /** An SSTable of stock Cassandra, not compressed. */
  static void plain(Path directory, String id) throws IOException {
    Files.createDirectories(directory);
    for (String component : List.of("Data.db", "Partitions.db", "Statistics.db")) {
      Files.write(directory.resolve("da-" + id + "-bti-" + component), ROWS);
    }
    Files.writeString(
        directory.resolve("da-" + id + "-bti-TOC.txt"),
        "Data.db\nPartitions.db\nStatistics.db\nTOC.txt\n");
  }

  /** Runs over the whole fixture. */
  ExitCode scan(String... more) {
    List<String> words = new ArrayList<>(List.of("scan", "--format", "json"));
    words.addAll(List.of("--path", root.toString()));
    words.addAll(List.of(more));
    return session.run(words.toArray(String[]::new));
  }

  JsonNode json() throws IOException {
    return new ObjectMapper().readTree(session.out());
  }

  /** What was said of a file by the end of its path. */
  JsonNode of(String end) throws IOException {
    for (JsonNode file : json().get("files")) {
      if (file.get("path").asText().endsWith(end)) {
        return file;
      }
    }
    throw new AssertionError("nothing was said of " + end + " in " + session.out());
  }

  String state(String end) throws IOException {
    return of(end).get("state").asText();
  }

  JsonNode tableOf(String name) throws IOException {
    for (JsonNode table : json().get("tables")) {
      if (table.get("table").asText().equals(name)) {
        return table;
      }
    }
    throw new AssertionError("no table " + name + " in " + session.out());
  }
}
