package io.cassandratde.sstable.format.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.log.LogFileReport.Kind;
import io.cassandratde.sstable.format.log.LogFileReport.Protection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogFileScannerTest {

  private static final String OURS = "EncryptingLZ4Compressor";

  private final DataKey one = TestKeys.key(new UUID(1, 1).toString(), 256, 1);
  private final DataKey two = TestKeys.key("an id of no form", 256, 2);
  private final Path directory;

  LogFileScannerTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private LogFileReport scan(String name, byte[] bytes) throws IOException {
    return LogFileScanner.scan(Files.write(directory.resolve(name), bytes));
  }

  private static byte[] bytes(Kind kind, String compressor, List<byte[]> blocks) {
    return kind == Kind.COMMIT_LOG
        ? LogFiles.segment(LogFiles.segmentJson(compressor), blocks)
        : LogFiles.hints(LogFiles.hintsJson(compressor), blocks);
  }

  private static String name(Kind kind) {
    return kind == Kind.COMMIT_LOG ? LogFiles.SEGMENT : LogFiles.HINTS;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void names_the_keys_of_all_blocks(Kind kind) throws Exception {
    List<byte[]> blocks =
        List.of(
            LogFiles.block(one, "a"),
            LogFiles.block(two, ""),
            LogFiles.block(two, "x".repeat(100_000)),
            LogFiles.block(one, "b"));
    LogFileReport report = scan(name(kind), bytes(kind, OURS, blocks));
    assertThat(report.kind()).isEqualTo(kind);
    assertThat(report.version()).isEqualTo(kind == Kind.COMMIT_LOG ? 7 : 2);
    assertThat(report.protection()).isEqualTo(Protection.SEALED);
    assertThat(report.compressor()).isEqualTo(OURS);
    assertThat(report.options()).containsEntry("kmip_host", "prod");
    assertThat(report.blocks()).isEqualTo(4);
    assertThat(report.sealed())
        .containsExactlyEntriesOf(linked(one.reference(), 2L, two.reference(), 2L));
    assertThat(report.badBlocks()).isZero();
    assertThat(report.isComplete()).isTrue();
  }

  private static Map<KeyReference, Long> linked(
      KeyReference first, long of, KeyReference second, long ofThat) {
    Map<KeyReference, Long> map = new java.util.LinkedHashMap<>();
    map.put(first, of);
    map.put(second, ofThat);
    return map;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.apache.cassandra.io.compress.Encryptor",
        "com.datastax.bdp.cassandra.crypto.EncryptingZstdCompressor"
      })
  void knows_our_compressors_by_their_full_names(String name) throws Exception {
    for (Kind kind : Kind.values()) {
      assertThat(scan(name(kind), bytes(kind, name, List.of())).protection())
          .isEqualTo(Protection.SEALED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"LZ4Compressor", "com.example.EncryptingLZ4Compressor", "Encryptor2"})
  void says_plaintext_of_what_others_compress(String name) throws Exception {
    for (Kind kind : Kind.values()) {
      LogFileReport report = scan(name(kind), bytes(kind, name, List.of(new byte[] {1, 2, 3})));
      assertThat(report.protection()).isEqualTo(Protection.PLAINTEXT);
      assertThat(report.blocks()).isEqualTo(1);
      assertThat(report.sealed()).isEmpty();
      assertThat(report.isComplete()).isTrue();
    }
  }

  @Test
  void says_plaintext_of_what_nothing_compresses() throws Exception {
    LogFileReport segment =
        scan(LogFiles.SEGMENT, LogFiles.segment("{}", List.of(new byte[10], new byte[20])));
    assertThat(segment.protection()).isEqualTo(Protection.PLAINTEXT);
    assertThat(segment.blocks()).isEqualTo(2);
    LogFileReport hints = scan(LogFiles.HINTS, LogFiles.hints("{}", List.of(new byte[10])));
    assertThat(hints.protection()).isEqualTo(Protection.PLAINTEXT);
    assertThat(hints.isEmpty()).isFalse();
  }

  @Test
  void finds_nothing_in_a_file_of_nothing_but_its_header() throws Exception {
    byte[] segment = LogFiles.segment("{}", List.of());
    LogFileReport empty =
        scan(LogFiles.SEGMENT, Arrays.copyOf(segment, 1 << 20)); // as Cassandra allocates it
    assertThat(empty.isEmpty()).isTrue();
    assertThat(empty.isComplete()).isTrue();
    assertThat(scan(LogFiles.HINTS, LogFiles.hints("{}", List.of())).isEmpty()).isTrue();
  }

  @Test
  void tells_cassandras_own_encryption_apart() throws Exception {
    assertThat(
            scan(
                    LogFiles.SEGMENT,
                    LogFiles.segment(
                        "{\"encCipher\":\"AES/CBC/PKCS5Padding\",\"encKeyAlias\":\"a\"}",
                        List.of()))
                .protection())
        .isEqualTo(Protection.CASSANDRA_CBC);
    assertThat(
            scan(LogFiles.HINTS, LogFiles.hints("{\"encryption\":{\"encIV\":\"00\"}}", List.of()))
                .protection())
        .isEqualTo(Protection.CASSANDRA_CBC);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void every_cut_is_seen_and_none_is_an_exception(Kind kind) throws Exception {
    byte[] whole =
        bytes(kind, OURS, List.of(LogFiles.block(one, "first"), LogFiles.block(two, "second")));
    int end = kind == Kind.COMMIT_LOG ? whole.length - 8 : whole.length;
    int start = bytes(kind, OURS, List.of()).length - (whole.length - end);
    int second =
        bytes(kind, OURS, List.of(LogFiles.block(one, "first"))).length - (whole.length - end);
    for (int length = 0; length < end; length++) {
      LogFileReport report = scan(name(kind), Arrays.copyOf(whole, length));
      boolean clean =
          length == start
              || length == second
              // Cassandra itself takes less than a marker for the end
              || (kind == Kind.COMMIT_LOG && (inside(length, start) || inside(length, second)));
      assertThat(report.isComplete()).as("cut to %d", length).isEqualTo(clean);
      assertThat(report.sealed().size()).isEqualTo(length < second ? 0 : 1);
      assertThat(report.protection())
          .isEqualTo(length < start ? Protection.UNREADABLE : Protection.SEALED);
    }
  }

  private static boolean inside(int length, int marker) {
    return length > marker && length < marker + 8;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void damage_is_no_exception_either(Kind kind) throws Exception {
    byte[] whole =
        bytes(kind, OURS, List.of(LogFiles.block(one, "first"), LogFiles.block(two, "second")));
    Random random = new Random(7);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) (1 + random.nextInt(255));
      assertThat(scan(name(kind), damaged).kind()).isEqualTo(kind);
    }
  }

  @Test
  void a_block_that_names_no_key_is_counted_and_told() throws Exception {
    byte[] newer = LogFiles.block(one, "from the future");
    newer[0] = 9;
    LogFileReport report =
        scan(
            LogFiles.SEGMENT,
            LogFiles.segment(
                LogFiles.segmentJson(OURS), List.of(newer, LogFiles.block(two, "known"))));
    assertThat(report.blocks()).isEqualTo(2);
    assertThat(report.badBlocks()).isEqualTo(1);
    assertThat(report.sealed()).containsOnlyKeys(two.reference());
    assertThat(report.problems())
        .singleElement()
        .asString()
        .contains("version 9; this reader knows version 1");
  }

  @Test
  void problems_are_counted_and_the_first_are_told() throws Exception {
    LogFileReport report =
        scan(
            LogFiles.HINTS,
            LogFiles.hints(LogFiles.hintsJson(OURS), Collections.nCopies(1000, new byte[50])));
    assertThat(report.badBlocks()).isEqualTo(1000);
    assertThat(report.problems()).hasSize(20);
  }

  @Test
  void other_files_are_not_taken_for_logs() throws Exception {
    for (String name : List.of("CommitLog-7-1_cdc.idx", "CommitLog-7.txt", "a.crc32", "x.log")) {
      assertThat(LogFileScanner.kindOf(Path.of(name))).as(name).isNull();
      Path file = Files.write(directory.resolve(name), new byte[1]);
      assertThatThrownBy(() -> LogFileScanner.scan(file)).hasMessageContaining("neither");
    }
    assertThat(LogFileScanner.kindOf(Path.of("CommitLog-12345.log"))).isEqualTo(Kind.COMMIT_LOG);
    assertThat(LogFileScanner.kindOf(Path.of("a.corrupt.hints"))).isEqualTo(Kind.HINTS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{} x"
      })
  void parameters_that_are_no_json_object_are_reported(String json) throws Exception {
    assertThat(scan(LogFiles.SEGMENT, LogFiles.segment(json, List.of())).problems())
        .singleElement()
        .asString()
        .contains("no JSON");
  }
}
