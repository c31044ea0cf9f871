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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Keys are replaced by themselves, by rules that a reload brings, with periods of seconds in place
 * of days. Nobody runs a command that makes a key.
 */
@OnOperatedNode
class RotationTest {

  private static final String MASTER = "turning_master";
  private static final String NAMESPACE = "turned";

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;

  /** What the node has now: other classes have left groups in it that data needs. */
  private final String without;

  RotationTest(TestBed bed) throws IOException {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
    without = Files.readString(operated.config());
  }

  @AfterEach
  void withoutRules() throws IOException {
    Files.writeString(operated.config(), without);
    reload();
  }

  private void reload() {
    bed.distribution()
        .cassandraTde(operated.config(), "reload", "--hosts", "127.0.0.1:" + node.jmxPort())
        .orFail();
  }

  /** Writes more into the configuration, behind the first place of a text. */
  private void rules(String behind, String rules) throws IOException {
    assertThat(without).contains(behind);
    Files.writeString(
        operated.config(),
        without.replaceFirst(Pattern.quote(behind), Matcher.quoteReplacement(behind + rules)));
    reload();
  }

  private void replicated(String rules) throws IOException {
    rules("replicated_keys: {", "rotation: [" + rules + "], ");
  }

  @Test
  void replicated_keys_are_followed_by_their_age_and_by_what_they_seal() throws Exception {
    ReplicatedKeys keys = ReplicatedKeys.under(bed, MASTER);
    Rows aged = keys.table("aged");
    Rows sized = keys.table("sized");
    String byAge = "{master: " + MASTER + ", namespace: aged, period: 1s, prepublish: 0s}";
    replicated(byAge);
    Await.until("a second key by age", () -> newest(keys, "aged") == 2);
    Map<Integer, JsonNode> made = keys.listed("aged", "--no-counts");
    Duration between = Duration.between(begins(made, 1), begins(made, 2));
    assertThat(between.toMillis()).as("whole periods").isPositive().matches(ms -> ms % 1000 == 0);
    assertThat(newest(keys, "sized")).as("another rule's").isEqualTo(1);

    replicated(byAge + ", {namespace: sized, max_bytes: 1KiB}");
    Await.until("a second key by bytes", () -> newest(keys, "sized") == 2);
    for (Rows rows : new Rows[] {aged, sized}) {
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

    withoutRules();
    var unused = keys.rotatedInFull(aged); // what rotation by itself has left behind
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
  void keys_of_a_kmip_group_are_followed_by_their_age() throws Exception {
    rules(
        "key_cache_millis: " + KmipGroup.KEY_CACHE_MILLIS + "\n",
        "    rotation: [{key_namespace: " + NAMESPACE + ", period: 4s, prepublish: 2s}]\n");
    operated.keyspace(NAMESPACE);
    operated.table(NAMESPACE + ".t", Rows.COLUMNS, Encryption.lz4("dev", NAMESPACE));
    Rows rows = new Rows(NAMESPACE + ".t");
    Await.until(
        "a third key",
        () -> {
          rows.insert(node.cql(), 5);
          node.jmx().flush(NAMESPACE);
          return sealed().size() >= 3;
        });
    rows.assertAllRead(node.cql());
    node.execute("DROP KEYSPACE " + NAMESPACE);
  }

  private Set<String> sealed() {
    return SealedFiles.of(bed.distribution(), node.dataFiles(NAMESPACE, "t").toArray(Path[]::new))
        .keyIds();
  }
}
