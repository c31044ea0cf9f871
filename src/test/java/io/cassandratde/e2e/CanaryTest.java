package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.canary.CanaryData;
import io.cassandratde.e2e.canary.FileSearch;
import io.cassandratde.e2e.canary.Finding;
import io.cassandratde.e2e.canary.Markers;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Together;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * No value that was written anywhere can be read from any file of a node, at any moment of its
 * life; the same search finds each of them on a node that encrypts nothing.
 */
@ExtendWith(SharedTestBed.class)
class CanaryTest {

  static final String YAML =
      CassandraNode.PATIENT
          + """
      sstable:
        selected_format: ebti
      sasi_indexes_enabled: true
      cdc_enabled: true
      commitlog_segment_size: 4MiB
      hints_flush_period: 500ms
      row_cache_size: 16MiB
      auto_snapshot: false
      flush_compression: table
      """;

  /** With these lines commit log, cdc_raw and hints are sealed too. */
  static final String SEALED_LOGS =
      Stream.of("commitlog_compression", "hints_compression")
          .map(
              option ->
                  option
                      + """
                      :
                        - class_name: EncryptingLZ4Compressor
                          parameters: [{key_provider: KmipKeyProviderFactory, kmip_host: dev}]
                      """)
          .collect(Collectors.joining());

  /** Which files may show values, and why. docs/SECURITY.md says the same. */
  static final Map<String, String> KNOWN_OPEN =
      Map.of("schema.cql", "a snapshot's definition of its table, comment included");

  private final TestBed bed;

  CanaryTest(TestBed bed) {
    this.bed = bed;
  }

  /** Two nodes at a time, as each mostly waits for itself. */
  @Test
  void nothing_that_was_written_can_be_read_from_a_file() {
    Together.run(
        () -> nothingCanBeRead("canary-all", "all"),
        () ->
            nothingCanBeRead(
                "canary-keyspaces", "{keyspaces: [canary, canary_hinted], system: true}"));
  }

  private void nothingCanBeRead(String name, String policy) {
    Markers markers = new Markers(name.hashCode());
    Path config = config(bed, name, policy);
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup(name, config, true)).useYaml(YAML + SEALED_LOGS)) {
      FileSearch search = new FileSearch(node.directory(), markers);
      CanaryData data = new CanaryData(markers, node);
      node.start();
      data.createSchema();
      data.pretendPeer();
      data.write();
      assertNothing(search, "while the rows are in memory");
      node.jmx().flushAll();
      assertNothing(search, "after flush");
      node.jmx().snapshot("canary", "canary", "wide");
      node.jmx().compact("canary");
      assertNothing(search, "after compaction");
      data.writeUnflushed();
      node.kill();
      assertNothing(search, "after kill -9");
      node.start();
      assertNothing(search, "after replay");
      data.writeHints();
      Await.until("a hint on disk", () -> hintBytes(node) > 0);
      assertNothing(search, "with hints");
      node.nodetool("upgradesstables", "-a").orFail();
      assertNothing(search, "after upgradesstables");
      node.restart();
      data.assertRead();
      assertNothing(search, "after a restart");
      assertThat(node.log()).doesNotContain("Corrupt");
    }
  }

  /** Else the test above would pass by not looking. */
  @Test
  void all_of_it_can_be_read_where_nothing_is_encrypted() {
    Markers markers = new Markers(1);
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("canary-open", bed.config(), true)).useYaml(YAML)) {
      FileSearch search = new FileSearch(node.directory(), markers);
      CanaryData data = new CanaryData(markers, node);
      node.start();
      data.createSchema();
      data.pretendPeer();
      data.write();
      Set<Finding> found = new LinkedHashSet<>(search.findings());
      assertThat(places(found, "commitlog"))
          .as("what is in memory is in the commit log")
          .contains("partition key", "regular cell", "LWT key", "batch value", "CDC value");
      node.jmx().flushAll();
      found.addAll(search.findings());
      data.writeUnflushed();
      node.kill().start();
      data.writeHints();
      Await.until("a hint on disk", () -> hintBytes(node) > 0);
      node.jmx().flushAll();
      found.addAll(search.findings());
      data.assertRead();
      assertThat(search.inClear()).isNotEmpty();
      System.out.println("Found in clear, by kind of file: " + byComponent(found));
      System.out.println(search);
      assertThat(markers.places())
          .isSubsetOf(
              found.stream()
                  .filter(finding -> finding.file().startsWith("data/"))
                  .map(Finding::place)
                  .collect(Collectors.toSet()));
      assertThat(found.stream().map(Finding::how))
          .contains("raw", "lz4", "zstd", "deflate", "snappy");
      assertThat(places(found, "cdc_raw")).contains("CDC key", "CDC value");
      assertThat(places(found, "hints")).contains("hint key", "hint value");
      assertThat(places(found, "saved_caches")).contains("cached key");
      assertThat(places(found, ".paxos")).contains("LWT key");
    }
  }

  static void assertNothing(FileSearch search, String when) {
    assertThat(
            search.findings().stream()
                .filter(finding -> !KNOWN_OPEN.containsKey(finding.component())))
        .as("what can be read " + when)
        .isEmpty();
    assertThat(search.inClear()).as("files in clear " + when).isEmpty();
  }

  private static Set<String> places(Set<Finding> found, String component) {
    return found.stream()
        .filter(finding -> finding.component().equals(component))
        .map(Finding::place)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, Set<String>> byComponent(Set<Finding> found) {
    Map<String, Set<String>> all = new TreeMap<>();
    found.forEach(
        finding ->
            all.computeIfAbsent(finding.component(), key -> new TreeSet<>()).add(finding.place()));
    return all;
  }

  private static long hintBytes(CassandraNode node) throws IOException {
    try (Stream<Path> hints = Files.list(node.directory().resolve("hints"))) {
      long bytes = 0;
      for (Path file : hints.filter(path -> path.toString().endsWith(".hints")).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  static Path config(TestBed bed, String name, String policy) {
    Path config = bed.writeConfig(name + ".yaml", List.of(bed.devServer().group("dev")));
    try {
      return Files.writeString(
          config,
          "encrypt: %s\ndefault_key: {key_namespace: %s}\n".formatted(policy, name),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
