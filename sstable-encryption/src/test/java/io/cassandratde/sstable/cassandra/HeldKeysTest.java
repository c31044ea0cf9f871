package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.cassandra.ebti.Rewrapping;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SSTables whose data keys are wrapped by keys that a token holds. */
class HeldKeysTest {

  private static final int ROWS = 60;
  private static final Set<String> REPLACED = Set.of("Encryption.db", "Statistics.db");

  private final Path root;
  private TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  HeldKeysTest(@TempDir Path root) {
    this.root = root;
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private OfflineTable table() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    return table;
  }

  private static void assertAllRead(OfflineTable table) throws Exception {
    Map<Integer, ByteBuffer> rows = table.read();
    assertThat(rows).hasSize(ROWS);
    rows.forEach((id, value) -> assertThat(value).isEqualTo(OfflineTable.value(id)));
  }

  private static Map<String, String> content(OfflineTable table) throws IOException {
    Map<String, String> content = new HashMap<>();
    for (Path file : table.files()) {
      String name = String.valueOf(file.getFileName());
      content.put(
          name.substring(name.lastIndexOf('-') + 1),
          HexFormat.of().formatHex(Files.readAllBytes(file)));
    }
    return content;
  }

  private static Set<KeyReference> needed(OfflineTable table) throws IOException {
    Set<KeyReference> keys = new HashSet<>();
    CarrierFile.read(table.file("Encryption.db")).rows().forEach(row -> keys.add(row.wrappedBy()));
    for (StatisticsFile.Part part : StatisticsFile.read(table.file("Statistics.db"))) {
      keys.add(part.sealed().wrappedBy());
    }
    return keys;
  }

  private void rewrap(OfflineTable table) throws Exception {
    Set<KeyReference> old = needed(table);
    assertThat(old).hasSize(1);
    Map<String, String> before = content(table);
    SSTableReader reader = table.open(table.file("Data.db"));
    try {
      assertThat(Rewrapping.replaceKeys(reader, old)).isTrue();
    } finally {
      reader.selfRef().release();
    }
    assertThat(needed(table)).hasSize(1).doesNotContainAnyElementsOf(old);
    content(table)
        .forEach(
            (component, bytes) ->
                assertThat(bytes.equals(before.get(component)))
                    .as(component)
                    .isEqualTo(!REPLACED.contains(component)));
    runtime.forgetKey(old.iterator().next());
    assertAllRead(table);
  }

  @Test
  void carriers_alone_are_replaced_from_a_server_to_a_token_to_another_and_back() throws Exception {
    OfflineTable table = table();
    runtime.rotateTo(true);
    rewrap(table);
    assertThat(runtime.uses).hasPositiveValue();
    runtime.rotate();
    rewrap(table);
    runtime.rotateTo(false);
    rewrap(table);
    runtime.uses.set(0);
    assertAllRead(table);
    assertThat(runtime.uses).hasValue(0);
  }

  @Test
  void an_sstable_is_written_and_read_by_a_token_whose_use_is_counted() throws Exception {
    runtime.rotateTo(true);
    OfflineTable table = table();
    assertThat(table.leaks()).isFalse();
    assertThat(runtime.uses).as("a carrier, and four parts of Statistics.db").hasValue(5);
    runtime.uses.set(0);
    SSTableReader reader = table.open(table.file("Data.db"));
    int opened = runtime.uses.get();
    assertThat(opened).as("an SSTable is opened").isEqualTo(4);
    assertThat(OfflineTable.read(reader)).hasSize(ROWS);
    assertThat(runtime.uses)
        .as("an SSTable that is open is read without the token")
        .hasValue(opened);
    reader.selfRef().release();
  }

  @Test
  void a_token_that_is_away_while_an_sstable_is_opened_is_waited_for_and_never_damage()
      throws Exception {
    runtime.rotateTo(true);
    OfflineTable table = table();
    runtime = runtime.sameKeysInAnotherProcess("1s");
    KeyReference key = needed(table).iterator().next();
    assertThat(runtime.cache().openingKey(TestRuntime.SPEC, key).bits()).isEqualTo(256);
    runtime.outages.set(3);
    assertAllRead(table);
    assertThat(runtime.outages).hasValue(0);
    runtime.down = true;
    assertThatThrownBy(() -> table.open(table.file("Data.db")))
        .isInstanceOf(KeyMissingError.class)
        .hasMessageContaining("is not damaged")
        .hasMessageContaining("connection refused");
    runtime.down = false;
    assertAllRead(table);
  }

  /** Files of an SSTable are opened when they are read first. */
  @Test
  void an_sstable_that_is_open_needs_the_token_no_more_whatever_is_opened_of_it() throws Exception {
    runtime.rotateTo(true);
    OfflineTable table = table();
    SSTableReader reader = table.open(table.file("Data.db"));
    Set<KeyReference> old = needed(table);
    runtime.rotate();
    assertThat(Rewrapping.replaceKeys(reader, old)).isTrue();
    runtime.down = true;
    for (String component : Set.of("Partitions.db", "Rows.db", "Filter.db")) {
      EncryptedDescriptor descriptor = (EncryptedDescriptor) reader.descriptor;
      try (InputStream in =
          descriptor
              .fileFor(Component.parse(component, descriptor.version.format))
              .newInputStream()) {
        assertThat(in.readAllBytes()).as(component).isNotNull();
      }
    }
    assertThat(OfflineTable.read(reader)).hasSize(ROWS);
    reader.selfRef().release();
  }

  @Test
  void a_key_that_a_token_holds_is_refused_in_codec_mode_and_that_is_no_damage() throws Exception {
    runtime.rotateTo(true);
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    assertThatThrownBy(() -> table.write(ROWS, OfflineTable.formats().get(0)))
        .hasRootCauseInstanceOf(KeyConfigException.class)
        .hasMessageContaining("never leaves its token")
        .hasMessageContaining("SSTables of format ebti");
  }

  @Test
  void what_seals_waits_for_whatever_reason_and_goes_on() {
    AtomicInteger attempts = new AtomicInteger();
    String sealed =
        HeldKeyWait.sealing(
            TestRuntime.SPEC,
            () ->
                switch (attempts.incrementAndGet()) {
                  case 1 -> throw new KeyUnavailableException("away");
                  case 2 -> throw new KeyAccessDeniedException("another PIN");
                  case 3 -> throw new KeyConfigException("two of one label");
                  default -> "sealed";
                });
    assertThat(sealed).isEqualTo("sealed");
    assertThat(attempts).hasValue(4);
  }

  @Test
  void the_wait_ends_when_the_thread_is_interrupted() throws Exception {
    CountDownLatch waits = new CountDownLatch(2);
    AtomicReference<RuntimeException> thrown = new AtomicReference<>();
    Thread sealing =
        new Thread(
            () -> {
              try {
                String unused =
                    HeldKeyWait.sealing(
                        TestRuntime.SPEC,
                        () -> {
                          waits.countDown();
                          throw new KeyUnavailableException("away");
                        });
              } catch (KeyUnavailableException e) {
                thrown.set(e);
              }
            });
    sealing.start();
    assertThat(waits.await(1, TimeUnit.MINUTES)).isTrue();
    sealing.interrupt();
    sealing.join(60_000);
    assertThat(thrown.get()).hasMessageContaining("interrupted").hasMessageContaining("away");
  }

  @Test
  void what_opens_waits_for_an_outage_alone_and_not_for_ever() {
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                HeldKeyWait.opening(
                    () -> {
                      attempts.incrementAndGet();
                      throw new KeyAccessDeniedException("another PIN");
                    },
                    Duration.ofMinutes(5)))
        .isInstanceOf(KeyAccessDeniedException.class);
    assertThat(attempts).hasValue(1);
    assertThatThrownBy(
            () ->
                HeldKeyWait.opening(
                    () -> {
                      attempts.incrementAndGet();
                      throw new KeyUnavailableException("away");
                    },
                    Duration.ofMillis(120)))
        .isInstanceOf(KeyUnavailableException.class);
    assertThat(attempts).hasValueBetween(3, 5);
  }
}
