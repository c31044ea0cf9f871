package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.agent.AgentJar;
import io.cassandratde.e2e.agent.Switch;
import io.cassandratde.e2e.canary.CanaryData;
import io.cassandratde.e2e.canary.FileSearch;
import io.cassandratde.e2e.canary.Finding;
import io.cassandratde.e2e.canary.Markers;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The search of {@link CanaryTest} can fail: the encryption of one part of the files after the
 * other is switched off by an agent in the node, and each time exactly that part is reported.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SwitchedOffTest {

  private final CassandraNode node;
  private final Path control;
  private final FileSearch search;
  private final CanaryData data;

  SwitchedOffTest(TestBed bed) {
    Path config = CanaryTest.config(bed, "canary-switched", "all");
    control = bed.directory().resolve("switched-off");
    off(Switch.NONE);
    node =
        CassandraNode.prepare(bed.setup("canary-switched", config, true))
            .useYaml(CanaryTest.YAML + CanaryTest.SEALED_LOGS)
            .useJvmOptions(List.of(AgentJar.option(bed.directory().resolve("agent.jar"), control)));
    Markers markers = new Markers(3);
    search = new FileSearch(node.directory(), markers);
    data = new CanaryData(markers, node);
  }

  @BeforeAll
  void start() {
    node.start();
    data.createSchema();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  /** In the node, for what is written from now on. */
  private void off(String part) {
    try {
      Files.writeString(control, part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is new since the last look and can be read, or is in clear by its form. */
  private Set<Finding> afterWrites() {
    Set<Finding> before = search.inClear();
    search.findings(); // whatever is there is not looked at again
    data.write();
    node.jmx().flushAll();
    Set<Finding> found = new LinkedHashSet<>(search.findings());
    found.addAll(search.inClear());
    found.removeAll(before);
    found.removeIf(finding -> CanaryTest.KNOWN_OPEN.containsKey(finding.component()));
    return found;
  }

  private static Set<String> components(Set<Finding> found) {
    return found.stream().map(Finding::component).collect(Collectors.toSet());
  }

  @Test
  void nothing_is_reported_while_nothing_is_switched_off() {
    assertThat(afterWrites()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Data.db",
        "Statistics.db",
        "Partitions.db",
        "Rows.db",
        "Filter.db",
        "SASI",
        "SAI TermsData.db",
        "SAI PostingLists.db",
        "SAI BalancedTree.db",
        "SAI CompressedVectors.db",
        "SAI Meta.db",
        "SAI ColumnComplete.db",
        "SAI RowToToken.db",
        "SAI RowToPartition.db",
        "SAI PartitionToSize.db",
        "SAI PartitionKeyBlocks.db",
        "SAI PartitionKeyBlockOffsets.db",
        "SAI ClusteringKeyBlocks.db",
        "SAI ClusteringKeyBlockOffsets.db",
        "SAI GroupMeta.db"
      })
  void the_component_that_is_not_encrypted_is_reported(String component) {
    off(component.replace("SAI ", ""));
    try {
      Set<Finding> found = afterWrites();
      System.out.println(component + ": " + byPlace(found));
      assertThat(components(found)).containsExactly(component);
    } finally {
      off(Switch.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wide.wide_leg_idx",
        "seen",
        "counters",
        "lwt",
        "batches",
        "paxos",
        "prepared_statements",
        "sessions",
        "tables"
      })
  void the_table_that_is_not_encrypted_is_reported(String table) {
    off("table " + table);
    try {
      Set<Finding> found = afterWrites();
      System.out.println(table + ": " + byPlace(found));
      String folder =
          table.startsWith("wide.") ? "/." + table.substring(5) + "/" : "/" + table + "-";
      assertThat(found).isNotEmpty().allMatch(finding -> finding.file().contains(folder));
    } finally {
      off(Switch.NONE);
    }
  }

  /**
   * Before a flush, which would let go of the segments. Last, because what stands in the segment in
   * clear is found again whenever the segment changes.
   */
  @Test
  @Order(Integer.MAX_VALUE)
  void the_commit_log_that_is_not_encrypted_is_reported() {
    search.findings();
    off("commitlog");
    try {
      data.write();
      Set<Finding> found = new LinkedHashSet<>(search.findings());
      found.removeIf(finding -> CanaryTest.KNOWN_OPEN.containsKey(finding.component()));
      System.out.println("commitlog: " + byPlace(found));
      assertThat(components(found)).contains("commitlog").isSubsetOf("commitlog", "cdc_raw");
    } finally {
      off(Switch.NONE);
    }
  }

  /**
   * First, for the node starts again with nothing switched off yet, and without the peer again: not
   * all that is written later can do without a node that is down.
   */
  @Test
  @Order(1)
  void the_hints_that_are_not_encrypted_are_reported() {
    data.pretendPeer();
    node.restart(); // which makes it known
    search.findings();
    off("hints");
    try {
      Set<Finding> found = new LinkedHashSet<>();
      data.writeHints();
      Await.until(
          "the hint is found in a file of hints",
          () -> {
            found.addAll(search.findings());
            return components(found).contains("hints");
          });
      System.out.println("hints: " + byPlace(found));
      assertThat(found)
          .filteredOn(finding -> finding.component().equals("hints"))
          .extracting(Finding::place)
          .contains("hint key", "hint value");
    } finally {
      off(Switch.NONE);
    }
    data.forgetPeer();
    node.restart();
    data.keepBatches();
  }

  private static String byPlace(Set<Finding> found) {
    return found.stream()
        .map(finding -> finding.place().equals("structure") ? finding.how() : finding.place())
        .collect(Collectors.toCollection(TreeSet::new))
        .toString();
  }
}
