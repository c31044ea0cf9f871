package io.cassandratde.sstable.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.log.LogFiles;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
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
    return new KeysOnDisk()
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

  /** Of a later release, and not damaged: what it says is another remedy. */
  @Test
  void names_every_file_that_a_later_release_wrote_and_no_other() throws Exception {
    Path table = table("a");
    for (int number = 1; number <= 8; number++) {
      ebti(table, number, keys.get(0));
    }
    Set<Path> later = new HashSet<>();
    later.add(changed(table.resolve("da-1-ebti-Encryption.db"), 7, 2));
    later.add(changed(table.resolve("da-2-ebti-Encryption.db"), 29, 3)); // how a row is wrapped
    later.add(changed(table.resolve("da-3-ebti-Data.db"), 0, 0x21));
    later.add(written(table.resolve("da-4-ebti-Partitions.db"), page(2)));
    later.add(written(table.resolve("da-4-ebti-SAI+aa+Meta.db"), page(9)));
    later.add(written(table.resolve("da-5-ebti-Statistics.db"), statistics("TDESTAT\2")));
    codec(table, 9, keys.get(0), keys.get(0), keys.get(0));
    later.add(changed(table.resolve("nb-9-big-Data.db"), 0, 2));
    Path paxos = Files.createDirectories(root.resolve("data/system/_paxos_repair_state"));
    byte[] carrier = Files.readAllBytes(table.resolve("da-1-ebti-Encryption.db"));
    later.add(written(paxos.resolve("Encryption-x_1.paxos-carrier"), carrier));
    later.add(written(paxos.resolve("k-t-x-1.paxos"), page(2)));
    byte[] block = LogFiles.block(keys.get(0), "a");
    block[0] = 2;
    String named = "{\"compressionClass\":\"EncryptingLZ4Compressor\"}";
    later.add(
        written(
            Files.createDirectories(root.resolve("commitlog")).resolve("CommitLog-7-1.log"),
            LogFiles.segment(named, List.of(LogFiles.block(keys.get(1), "b"), block))));
    later.add(
        written(
            Files.createDirectories(root.resolve("hints")).resolve("a.hints"),
            LogFiles.hints(
                "{\"compression\":{\"class_name\":\"EncryptingLZ4Compressor\"}}", List.of(block))));
    // Damaged, cut off, or in clear: for those who open them.
    changed(table.resolve("da-6-ebti-Encryption.db"), 7, 0);
    changed(table.resolve("da-7-ebti-Encryption.db"), 40, 99);
    written(table.resolve("da-8-ebti-Partitions.db"), page(0));
    written(table.resolve("da-8-ebti-Filter.db"), new byte[3]);
    written(table.resolve("da-8-ebti-Rows.db"), new byte[100]);
    written(table.resolve("da-8-ebti-Statistics.db"), statistics("TDESTAT"));

    KeysOnDisk disk = disk();

    assertThat(disk.later().keySet()).isEqualTo(later);
    assertThat(disk.needs().keySet()).isEqualTo(references(0, 1));
    assertThat(StartUpCheck.ofLaterRelease(disk.later()))
        .startsWith(
            "Start stopped, with nothing changed: " + later.size() + " files were written by")
        .contains("da-1-ebti-Encryption.db: carrier of version 2; this release knows version 1")
        .contains("da-2-ebti-Encryption.db: wrapping algorithm 3")
        .contains("da-3-ebti-Data.db: chunk of version 2")
        .contains("Meta.db: page file of version 9")
        .contains("Statistics.db: part of Statistics.db of version 2")
        .contains("a.hints: block of version 2");
  }

  /** A raw chunk under min_compress_ratio begins with whatever the row does. */
  @Test
  void takes_no_chunk_in_clear_for_one_of_a_later_release() throws Exception {
    Path table = table("a");
    codec(table, 1, keys.get(0), keys.get(0), keys.get(0));
    changed(table.resolve("nb-1-big-Data.db"), 0, 2);
    assertThat(disk().later()).hasSize(1);
    Path info = table.resolve("nb-1-big-CompressionInfo.db");
    byte[] bytes = Files.readAllBytes(info);
    int limit = bytes.length - 3 * Long.BYTES - Integer.BYTES - Long.BYTES - Integer.BYTES;
    written(info, ByteBuffer.wrap(bytes).putInt(limit, 10_000).array());
    assertThat(disk().later()).isEmpty();
  }

  private static Path written(Path file, byte[] bytes) throws IOException {
    return Files.write(file, bytes);
  }

  /** With the checksum of a carrier mended. */
  private static Path changed(Path file, int at, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] = (byte) value;
    if (file.toString().endsWith("Encryption.db") && value != 99) {
      CRC32 crc = new CRC32();
      crc.update(bytes, 0, bytes.length - Integer.BYTES);
      ByteBuffer.wrap(bytes).putInt(bytes.length - Integer.BYTES, (int) crc.getValue());
    }
    return Files.write(file, bytes);
  }

  private static byte[] page(int version) {
    byte[] bytes = Arrays.copyOf("TDEPAGE".getBytes(UTF_8), 100);
    bytes[7] = (byte) version;
    return bytes;
  }

  private static byte[] statistics(String sealed) {
    return StatisticsFile.encode(List.of(StatisticsFile.Part.sealed(2, sealed.getBytes(UTF_8))));
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

  /** No carrier tells the file of a local key, and another table's would be the wrong one. */
  @Test
  void a_local_key_is_left_to_who_opens_the_sstable() throws Exception {
    byte[] material = new byte[32];
    material[0] = 1;
    int local = GroupTag.of(ProviderKind.LOCAL, KeySpec.LOCAL_GROUP);
    ebti(table("a"), 1, DataKey.of(local, "0a", material, TestKeys.HKDF));
    assertThat(disk().needs()).isEmpty();
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
    return new StartUpCheck(runtime.installed(), patience);
  }
}
