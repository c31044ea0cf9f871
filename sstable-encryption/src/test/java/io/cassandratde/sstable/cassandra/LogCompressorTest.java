package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.log.LogFileReport;
import io.cassandratde.sstable.format.log.LogFileReport.Protection;
import io.cassandratde.sstable.format.log.LogFileScanner;
import io.cassandratde.sstable.format.log.LogFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.config.ParameterizedClass;
import org.apache.cassandra.db.Mutation;
import org.apache.cassandra.db.commitlog.CommitLog;
import org.apache.cassandra.db.commitlog.CommitLogDescriptor;
import org.apache.cassandra.db.commitlog.CommitLogReadHandler;
import org.apache.cassandra.db.commitlog.CommitLogReader;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.util.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our classes in the hands of Cassandra's own commit log; whole nodes are in the e2e tests. */
class LogCompressorTest {

  private final Path directory;

  LogCompressorTest(@TempDir Path directory) {
    this.directory = directory;
    OfflineTable.formats(); // initializes Cassandra as for a client
  }

  private static ICompressor ofYaml(Map<String, String> options) {
    return new CommitLog.Configuration(
            new ParameterizedClass("EncryptingLZ4Compressor", options), null, null)
        .getCompressor();
  }

  /** Sections without mutations, as Cassandra writes one at the end. */
  private Path segment(ICompressor compressor, int sections) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    for (int i = 0; i < sections; i++) {
      blocks.add(CompressorTest.seal(compressor, new byte[0]));
    }
    return Files.write(
        directory.resolve("CommitLog-7-1700000000123.log"),
        LogFiles.segment(
            "{\"compressionClass\":\"EncryptingLZ4Compressor\",\"compressionParameters\":{\"key_provider\":\"KmipKeyProviderFactory\",\"kmip_host\":\""
                + TestRuntime.GROUP
                + "\"}}",
            blocks));
  }

  private static final class Errors implements CommitLogReadHandler {
    final List<CommitLogReadException> all = new ArrayList<>();

    @Override
    public boolean shouldSkipSegmentOnError(CommitLogReadException exception) {
      all.add(exception);
      return false;
    }

    @Override
    public void handleUnrecoverableError(CommitLogReadException exception) {
      all.add(exception);
    }

    @Override
    public void handleMutation(Mutation m, int size, int position, CommitLogDescriptor desc) {}
  }

  private static Errors read(Path segment) throws IOException {
    Errors errors = new Errors();
    new CommitLogReader().readCommitLogSegment(errors, new File(segment), true);
    return errors;
  }

  @Test
  void the_commit_log_seals_without_a_table_and_its_reader_opens() throws Exception {
    try (TestRuntime runtime = new TestRuntime(TestKeys.sunJce())) {
      Path segment = segment(ofYaml(TestRuntime.OPTIONS), 2);
      runtime.rotate();
      LogFileReport report = LogFileScanner.scan(segment);
      assertThat(report.protection()).isEqualTo(Protection.SEALED);
      assertThat(report.sealed().values()).containsExactly(2L);
      assertThat(read(segment).all).isEmpty();
    }
  }

  /** The last segment's errors are "likely due to incomplete flush": then Cassandra deletes it. */
  @Test
  void an_outage_is_thrown_as_such_and_not_reported_as_the_end_of_the_log() throws Exception {
    try (TestRuntime writer = new TestRuntime(TestKeys.sunJce())) {
      Path segment = segment(ofYaml(TestRuntime.OPTIONS), 1);
      try (TestRuntime restarted = writer.sameKeysInAnotherProcess("1s")) {
        restarted.down = true;
        assertThatThrownBy(() -> read(segment))
            .isInstanceOf(KeyUnavailableException.class)
            .hasNoCause();
        restarted.down = false;
        restarted.cache().refreshNow().join();
        assertThat(read(segment).all).isEmpty();
        restarted.forgetKeys();
      }
      try (TestRuntime other = new TestRuntime(TestKeys.sunJce())) {
        assertThat(other.hosts()).isNotEmpty();
        assertThatThrownBy(() -> read(segment)).isInstanceOf(KeyNotFoundException.class);
      }
    }
  }

  /** What stock does with a last section that did not reach the disk as a whole. */
  @Test
  void damage_of_the_last_section_is_told_as_stock_compressors_tell_it() throws Exception {
    try (TestRuntime runtime = new TestRuntime(TestKeys.sunJce())) {
      assertThat(runtime.hosts()).isNotEmpty();
      Path segment = segment(ofYaml(TestRuntime.OPTIONS), 2);
      byte[] bytes = Files.readAllBytes(segment);
      int end = bytes.length - 8;
      bytes[end - 1] ^= 1;
      Files.write(segment, Arrays.copyOf(bytes, end));
      assertThat(read(segment).all)
          .singleElement()
          .satisfies(error -> assertThat(error.permissible).isTrue());
      bytes[end - 80] ^= 1; // within the section before it
      Files.write(segment, bytes);
      assertThat(read(segment).all).anySatisfy(error -> assertThat(error.permissible).isFalse());
    }
  }

  @Test
  void a_wrong_line_in_cassandra_yaml_is_refused_with_its_reason() {
    try (TestRuntime runtime = new TestRuntime(TestKeys.sunJce())) {
      Map<String, String> other = new HashMap<>(TestRuntime.OPTIONS);
      other.put("kmip_host", "typo");
      assertThatThrownBy(() -> ofYaml(other))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("kmip_hosts has no group typo");
      assertThat(runtime.elections).hasValue(0);
    }
  }

  @Test
  void a_log_is_read_only_by_what_its_header_gave() {
    assertThat(new SealingPermit(Origin.LOG_READER).refusal()).contains("never seals");
    assertThat(new SealingPermit(Origin.LOG_WRITER).refusal()).isNull();
  }

  @Test
  void a_long_section_leaves_no_memory_with_its_thread() throws Exception {
    try (TestRuntime runtime = new TestRuntime(TestKeys.sunJce())) {
      byte[] plain = new byte[8 << 20];
      byte[] sealed = CompressorTest.seal(ofYaml(TestRuntime.OPTIONS), plain);
      assertThat(sealed.length).isLessThan(plain.length);
      assertThat(CodecRuntime.get().workspace().plain().length).isLessThanOrEqualTo(1 << 20);
      assertThat(runtime.elections.get()).isPositive();
    }
  }

  @Test
  void hints_wait_out_an_outage_and_give_up_what_is_gone() throws Exception {
    try (TestRuntime writer = new TestRuntime(TestKeys.sunJce())) {
      Path segment = segment(ofYaml(TestRuntime.OPTIONS), 1);
      var key = LogFileScanner.scan(segment).sealed().keySet().iterator().next();
      var spec = TestRuntime.permitted(org.apache.cassandra.io.compress.Encryptor::create).spec();
      try (TestRuntime restarted = writer.sameKeysInAnotherProcess("1s")) {
        restarted.outages.set(3);
        HintsPause.await(CodecRuntime.get(), spec, key);
        assertThat(restarted.outages).hasValue(0);
      }
      try (TestRuntime gone = new TestRuntime(TestKeys.sunJce())) {
        assertThatThrownBy(() -> HintsPause.await(CodecRuntime.get(), spec, key))
            .isInstanceOf(KeyException.class);
        gone.down = true;
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> HintsPause.await(CodecRuntime.get(), spec, key))
            .isInstanceOf(
                org.apache.cassandra.utils.concurrent.UncheckedInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }
}
