package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Keys are replaced by themselves, by rules that a reload brings, with periods of seconds in place
 * of days. Nobody runs a command that makes a key.
 */
@OnOperatedNode
class RotationTest {

  private static final String MASTER = "turning_master";
  private static final String GROUP = "turned";

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;

  RotationTest(TestBed bed) {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
  }

  @AfterEach
  void withoutRules() {
    operated.configure("", "");
    reload();
  }

  private void reload() {
    bed.distribution()
        .cassandraTde(operated.config(), "reload", "--hosts", "127.0.0.1:" + node.jmxPort())
        .orFail();
  }

  /** Rules for replicated keys. */
  private void rules(String rules) throws IOException {
    operated.configure("", "");
    String now = Files.readString(operated.config());
    String directory = "replicated_keys: {directory: ";
    assertThat(now).contains(directory);
    Files.writeString(
        operated.config(),
        now.replace(directory, "replicated_keys: {rotation: [" + rules + "], directory: "));
    reload();
  }

  @Test
  void replicated_keys_are_followed_by_their_age_and_by_what_they_seal() throws Exception {
    ReplicatedKeys keys = ReplicatedKeys.under(bed, MASTER);
    Rows aged = keys.table("aged");
    Rows full = keys.table("full");
    String byAge = "{master: " + MASTER + ", namespace: aged, period: 1s, prepublish: 0s}";
    rules(byAge);
    Await.until("a second key by age", () -> newest(keys, "aged") == 2);
    Map<Integer, JsonNode> made = keys.listed("aged", "--no-counts");
    Duration between = Duration.between(begins(made, 1), begins(made, 2));
    assertThat(between.toMillis()).as("whole periods").isPositive().matches(ms -> ms % 1000 == 0);
    assertThat(newest(keys, "full")).as("another rule's").isEqualTo(1);

    rules(byAge + ", {namespace: full, max_bytes: 1}");
    Await.until("a second key by bytes", () -> newest(keys, "full") == 2);
    for (Rows rows : new Rows[] {aged, full}) {
      operated.operations().refreshKeys();
      keys.flushed(rows);
      Map<Integer, JsonNode> all = keys.listed(rows.name(), "--no-counts");
      assertThat(ReplicatedKeys.states(all)).endsWith("INACTIVE", "ACTIVE");
      assertThat(keys.sealed(rows).keyIds())
          .contains(ReplicatedKeys.id(all, 1), ReplicatedKeys.id(all, newest(keys, rows.name())));
      rows.assertAllRead(node.cql());
    }
    assertThat(
            node.jmx()
                .attribute(
                    "org.apache.cassandra.metrics:type=TdeKeyHierarchy,name=RotationOverdue",
                    "Value"))
        .isEqualTo(0L);
  }

  private static int newest(ReplicatedKeys keys, String namespace) throws IOException {
    return keys.listed(namespace, "--no-counts").keySet().stream()
        .mapToInt(Integer::intValue)
        .max()
        .orElseThrow();
  }

  private static Instant begins(Map<Integer, JsonNode> keys, int version) {
    return Instant.parse(ReplicatedKeys.key(keys, version).path("active_from").asText());
  }

  @Test
  void keys_of_a_kmip_group_are_followed_by_their_age() {
    KmipGroup group = bed.devServer().group(GROUP);
    operated.configure(
        group.yaml()
            + "    rotation: [{key_namespace: "
            + GROUP
            + ", period: 4s, prepublish: 2s}]\n",
        "");
    reload();
    operated.keyspace(GROUP);
    operated.table(GROUP + ".t", Rows.COLUMNS, Encryption.lz4(GROUP, GROUP));
    Rows rows = new Rows(GROUP + ".t");
    Await.until(
        "a third key",
        () -> {
          rows.insert(node.cql(), 5);
          node.jmx().flush(GROUP);
          return sealed().size() >= 3;
        });
    rows.assertAllRead(node.cql());
    node.execute("DROP KEYSPACE " + GROUP);
  }

  private Set<String> sealed() {
    return SealedFiles.of(bed.distribution(), node.dataFiles(GROUP, "t").toArray(Path[]::new))
        .keyIds();
  }
}
