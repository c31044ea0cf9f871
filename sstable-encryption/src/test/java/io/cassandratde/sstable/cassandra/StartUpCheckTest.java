package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.log.LogFiles;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.cassandra.io.compress.Encryptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start reads of a disk, and what it says of the keys that are missing. */
class StartUpCheckTest {

  private static final Logger logger = LoggerFactory.getLogger(StartUpCheckTest.class);
  private static final String TABLE = "t-00000000000000000000000000000000";

  private final Path root;
  private final TestRuntime server = new TestRuntime(TestKeys.sunJce());
  private final KeySpec spec = TestRuntime.permitted(Encryptor::create).spec();
  private final List<DataKey> keys = new ArrayList<>();

  StartUpCheckTest(@TempDir Path root) {
    this.root = root;
    for (int i = 0; i < 5; i++) {
      keys.add(server.cache().sealingKey(spec, Patience.WAIT));
      server.rotate();
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Path table(String keyspace) throws IOException {
    return Files.createDirectories(root.resolve("data").resolve(keyspace).resolve(TABLE));
  }

  private void ebti(Path table, int number, DataKey key) throws IOException {
    SSTableKeys made =
        SSTableKeys.create(() -> key, Salts.ofOperatingSystem(), TestKeys.HKDF, TestKeys.sunJce());
    CarrierFile.write(table.resolve("da-" + number + "-ebti-Encryption.db"), made.carrier());
    Files.write(table.resolve("da-" + number + "-ebti-Data.db"), new byte[10]);
    made.close();
  }

  /** Of three chunks, the middle one's key of which no start needs to know. */
  private static void codec(Path table, int number, DataKey first, DataKey middle, DataKey last)
      throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(info);
    out.writeUTF("EncryptingLZ4Compressor");
    out.writeInt(2);
    out.writeUTF("key_provider");
    out.writeUTF("KmipKeyProviderFactory");
    out.writeUTF("kmip_host");
    out.writeUTF(TestRuntime.GROUP);
    out.writeInt(16384);
    out.writeInt(Integer.MAX_VALUE);
    out.writeLong(30_000);
    out.writeInt(3);
    for (DataKey key : List.of(first, middle, last)) {
      out.writeLong(data.size());
      data.writeBytes(LogFiles.block(key, "row"));
      data.writeBytes(new byte[4]);
    }
    Files.write(table.resolve("nb-" + number + "-big-CompressionInfo.db"), info.toByteArray());
    Files.write(table.resolve("nb-" + number + "-big-Data.db"), data.toByteArray());
  }

  private KeysOnDisk disk() {
    return new KeysOnDisk(null)
        .addTables(root.resolve("data"))
        .addTables(root.resolve("not there"))
        .addLogs(root.resolve("commitlog"))
        .addLogs(root.resolve("hints"));
  }

  private Set<KeyReference> references(int... indexes) {
    Set<KeyReference> references = new HashSet<>();
    for (int index : indexes) {
      references.add(keys.get(index).reference());
    }
    return references;
  }

  @Test
  void finds_the_keys_of_all_that_a_start_opens_and_of_nothing_else() throws Exception {
    Path table = table("a");
    codec(table, 1, keys.get(0), keys.get(4), keys.get(1));
    ebti(Files.createDirectories(table.resolve(".index")), 2, keys.get(2));
    ebti(Files.createDirectories(table.resolve("snapshots/s")), 3, keys.get(4));
    Files.createDirectories(root.resolve("commitlog"));
    Files.write(
        root.resolve("commitlog/CommitLog-7-1700000000123.log"),
        LogFiles.segment(
            "{\"compressionClass\":\"EncryptingLZ4Compressor\"}",
            List.of(LogFiles.block(keys.get(0), "a"), LogFiles.block(keys.get(3), "b"))));
    Files.write(root.resolve("commitlog/CommitLog-7-1.log"), new byte[3]);
    Files.write(table.resolve("nb-9-big-CompressionInfo.db"), new byte[3]);
    Files.write(table.resolve("nb-9-big-Data.db"), new byte[3]);
    KeysOnDisk disk = disk();
    assertThat(disk.needs().keySet()).isEqualTo(references(0, 1, 2, 3));
    assertThat(String.valueOf(disk.needs().get(keys.get(0).reference())))
        .startsWith("2 files, such as ")
        .contains("nb-1-big-Data.db", "CommitLog-7-1700000000123.log");
  }

  @Test
  void says_in_one_line_each_what_is_missing_and_who_needs_it() throws Exception {
    ebti(table("a"), 1, keys.get(0));
    codec(table("b"), 2, keys.get(1), keys.get(1), keys.get(1));
    try (TestRuntime restarted = server.sameKeysInAnotherProcess()) {
      restarted.down = true;
      assertThat(missing(restarted, Duration.ofMillis(300)))
          .hasSize(2)
          .allMatch(line -> line.contains("kmip1.example.com:5696: connection refused"))
          .anyMatch(
              line ->
                  line.startsWith("key " + keys.get(0).reference().keyId())
                      && line.contains("da-1-ebti-Data.db"));
      restarted.down = false;
      assertThat(missing(restarted, Duration.ofSeconds(60))).isEmpty();
    }
  }

  @Test
  void waits_for_a_server_that_comes_up_later() throws Exception {
    ebti(table("a"), 1, keys.get(0));
    try (TestRuntime restarted = server.sameKeysInAnotherProcess()) {
      restarted.outages.set(3);
      assertThat(missing(restarted, Duration.ofSeconds(60))).isEmpty();
    }
  }

  /** A commit log that cannot be sealed would hold up the first write for ever. */
  @Test
  void asks_for_the_keys_that_will_seal() {
    try (TestRuntime restarted = server.sameKeysInAnotherProcess()) {
      restarted.outages.set(1);
      StartUpCheck check = check(restarted, Duration.ofSeconds(60));
      assertThat(check.missing(List.of(spec))).isEmpty();
      KeySpec typo = spec.withGroup("typo");
      assertThat(check.missing(List.of(typo)))
          .singleElement()
          .asString()
          .contains("kmip_hosts has no group typo");
    }
  }

  @Test
  void two_thousand_sstables_cost_one_fetch_per_key() throws Exception {
    for (int i = 0; i < 1000; i++) {
      Path table = table("k" + i % 20);
      ebti(table, i, keys.get(i % 5));
      codec(table, i, keys.get(i % 5), keys.get(0), keys.get((i + 1) % 5));
    }
    try (TestRuntime restarted = server.sameKeysInAnotherProcess()) {
      long start = System.nanoTime();
      KeysOnDisk disk = disk();
      assertThat(disk.files()).isEqualTo(2000);
      assertThat(check(restarted, Duration.ofSeconds(60)).missing(disk.needs())).isEmpty();
      logger.info("2,000 SSTables: {} ms", Duration.ofNanos(System.nanoTime() - start).toMillis());
      assertThat(restarted.cache().stats().openingFetches()).isEqualTo(5);
    }
  }

  private List<String> missing(TestRuntime runtime, Duration patience) {
    return check(runtime, patience).missing(disk().needs());
  }

  private static StartUpCheck check(TestRuntime runtime, Duration patience) {
    return new StartUpCheck(TdeRuntime.get().config(), runtime.cache(), patience);
  }
}
