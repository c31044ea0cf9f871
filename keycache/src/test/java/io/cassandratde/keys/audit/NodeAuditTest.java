package io.cassandratde.keys.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's records: in the chain of the tools, and never in the way. */
class NodeAuditTest {

  private static final Instant NOW = Instant.parse("2026-11-27T02:00:00Z");

  private final Path file;
  private volatile @Nullable AuditConfig config;
  private final NodeAudit audit = new NodeAudit(() -> config, () -> NOW, Duration.ofMillis(10), 20);

  NodeAuditTest(@TempDir Path directory) {
    file = directory.resolve("logs").resolve("node.log");
    config = new AuditConfig(directory.resolve("tools.log"), file, false);
  }

  @AfterEach
  void close() {
    audit.close();
  }

  private static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(end - System.nanoTime()).isPositive();
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private List<JsonNode> records() throws IOException {
    List<JsonNode> records = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      records.add(new ObjectMapper().readTree(line));
    }
    return records;
  }

  private void record(String operation, @Nullable String error) {
    audit.record(operation, Map.of("group", "vault", "key", "k1"), error);
  }

  @Test
  void records_are_whole_and_chained_with_those_of_others() throws Exception {
    Files.createDirectory(file.getParent());
    record("early", null);
    audit.start("node 1");
    record("fence", null);
    record("get", "destroyed");
    until(() -> audit.waiting() == 0);
    audit.close();
    new AuditFile(file).append(Map.of("operation", "revoke", "phase", AuditRecord.RESULT));
    AuditChain.Result chain = AuditChain.verify(file, null);
    assertThat(chain.faults()).isEmpty();
    assertThat(chain.open()).isEmpty();
    List<JsonNode> records = records();
    assertThat(records).as("nothing before the start").hasSize(3);
    JsonNode fence = records.get(0);
    assertThat(fence.path("time").asText()).isEqualTo(NOW.toString());
    assertThat(fence.path("tool").asText()).isEqualTo("node 1");
    assertThat(fence.path("user").asText()).isNotEmpty();
    assertThat(fence.path("host").asText()).isNotEmpty();
    assertThat(fence.path("phase").asText()).isEqualTo("event");
    assertThat(fence.path("operation").asText()).isEqualTo("fence");
    assertThat(fence.path("group").asText()).isEqualTo("vault");
    assertThat(fence.path("key").asText()).isEqualTo("k1");
    assertThat(fence.path("outcome").asText()).isEqualTo("done");
    assertThat(records.get(1).path("outcome").asText()).isEqualTo("refused");
    assertThat(records.get(1).path("error").asText()).isEqualTo("destroyed");
  }

  @Test
  void a_file_that_cannot_be_written_holds_up_nobody_and_loses_nothing_before_memory_is_full()
      throws Exception {
    audit.start("node");
    for (int i = 0; i < 30; i++) {
      record("became-current", null);
    }
    until(audit::isFailing);
    assertThat(audit.failures()).isPositive();
    long lost = audit.lost();
    assertThat(lost).isBetween(9L, 10L);
    Files.createDirectory(file.getParent());
    until(() -> audit.waiting() == 0 && !audit.isFailing());
    audit.close();
    assertThat(AuditChain.verify(file, null).whole()).isTrue();
    assertThat(records())
        .hasSize((int) (30 - lost + 1))
        .filteredOn(record -> record.path("operation").asText().equals("records-lost"))
        .singleElement()
        .satisfies(record -> assertThat(record.path("records").asLong()).isEqualTo(lost));
  }

  /** Who may call over JMX chooses the arguments: they must not end the log. */
  @Test
  void a_record_that_is_too_long_is_cut_and_holds_up_none() throws Exception {
    Files.createDirectory(file.getParent());
    audit.start("node");
    audit.record(
        "rewrite",
        Map.of("key", "k1", "arguments", Collections.nCopies(1000, "x".repeat(1000))),
        null);
    Map<String, String> wide = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      wide.put("field" + i, "\u20ac".repeat(3000));
    }
    audit.record("cancel", wide, null);
    record("unfence", null);
    until(() -> audit.waiting() == 0);
    audit.close();
    assertThat(AuditChain.verify(file, null).whole()).isTrue();
    assertThat(records())
        .extracting(record -> record.path("operation").asText())
        .containsExactly("rewrite", "cancel", "unfence");
    assertThat(records().get(0).path("arguments").asText())
        .startsWith("1000 of them: [xxx")
        .hasSizeLessThan(2100);
    assertThat(records().get(0).path("key").asText()).isEqualTo("k1");
    assertThat(records().get(1).path("field9").asText()).startsWith("\u20ac\u20ac");
  }

  @Test
  void without_a_file_of_the_node_nothing_is_recorded_and_a_reload_names_one() throws Exception {
    AuditConfig named = config;
    config = null;
    audit.start("node");
    record("lost", null);
    Files.createDirectory(file.getParent());
    config = named;
    record("kept", null);
    until(() -> Files.exists(file) && audit.waiting() == 0);
    audit.close();
    assertThat(records()).hasSize(1);
    assertThat(records().get(0).path("operation").asText()).isEqualTo("kept");
  }
}
