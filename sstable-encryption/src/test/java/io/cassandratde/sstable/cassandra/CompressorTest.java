package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.sstable.format.ChunkFormat;
import io.cassandratde.sstable.format.ChunkHeader;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.cassandra.io.compress.DeflateCompressor;
import org.apache.cassandra.io.compress.EncryptingDeflateCompressor;
import org.apache.cassandra.io.compress.EncryptingLZ4Compressor;
import org.apache.cassandra.io.compress.EncryptingSnappyCompressor;
import org.apache.cassandra.io.compress.EncryptingZstdCompressor;
import org.apache.cassandra.io.compress.Encryptor;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.schema.CompressionParams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The compressors as objects; inside Cassandra's own file writer they are in {@link SSTableTest}.
 */
class CompressorTest {

  private TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  @BeforeEach
  void install() {
    runtime.close();
    runtime = new TestRuntime(TestKeys.corretto());
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  static Stream<Function<Map<String, String>, EncryptingCompressor>> factories() {
    return Stream.of(
        EncryptingLZ4Compressor::create,
        EncryptingZstdCompressor::create,
        EncryptingSnappyCompressor::create,
        EncryptingDeflateCompressor::create,
        Encryptor::create);
  }

  /** Text that compresses, noise that does not, and both in one chunk. */
  static byte[] content(int length, int kind) {
    byte[] bytes = new byte[length];
    Random random = new Random(length * 3L + kind);
    if (kind != 0) {
      random.nextBytes(bytes);
    }
    for (int i = 0; i < (kind == 2 ? length / 2 : kind == 0 ? length : 0); i++) {
      bytes[i] = (byte) ("the same words again and again, row " + i / 97).charAt(i % 36);
    }
    return bytes;
  }

  static byte[] seal(ICompressor compressor, byte[] plain) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(compressor.initialCompressedBufferLength(plain.length));
    compressor.compress(ByteBuffer.wrap(plain), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  static byte[] open(ICompressor compressor, byte[] sealed, int room) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(room);
    compressor.uncompress(ByteBuffer.wrap(sealed), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  @Test
  void an_evicted_key_opens_nothing_through_what_was_derived_from_it() throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(EncryptingLZ4Compressor::create);
    byte[] plain = content(4096, 1);
    byte[] sealed = seal(compressor, plain);
    assertThat(open(compressor, sealed, plain.length)).isEqualTo(plain);
    KeyReference key = ChunkHeader.parse(ByteBuffer.wrap(sealed)).key();
    runtime.forgetKeys();
    assertThat(open(compressor, sealed, plain.length)).as("from memory").isEqualTo(plain);
    runtime.cache().evict(key);
    assertThatThrownBy(() -> open(compressor, sealed, plain.length))
        .isInstanceOf(KeyNotFoundException.class);
  }

  @ParameterizedTest
  @MethodSource("factories")
  void opens_what_it_sealed_in_any_buffers(
      Function<Map<String, String>, EncryptingCompressor> factory) throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(factory);
    for (int length : new int[] {0, 1, 3, 4096, 16384, 65536, 1 << 20}) {
      for (int kind = 0; kind < 3; kind++) {
        byte[] plain = content(length, kind);
        for (BufferKind input : BufferKind.values()) {
          for (BufferKind output : BufferKind.values()) {
            if (output.writable() && (length <= 16384 || input == output)) {
              roundTrip(compressor, plain, input, output);
            }
          }
        }
      }
    }
  }

  private static void roundTrip(
      ICompressor compressor, byte[] plain, BufferKind inKind, BufferKind outKind)
      throws IOException {
    ByteBuffer in = inKind.holding(plain);
    ByteBuffer out = outKind.room(compressor.initialCompressedBufferLength(plain.length));
    byte[] sealed = step(in, out, compressor::compress);
    assertThat(sealed.length).isLessThanOrEqualTo(plain.length + ChunkFormat.UUID_OVERHEAD);
    assertThat(step(inKind.holding(sealed), outKind.room(plain.length), compressor::uncompress))
        .isEqualTo(plain);
  }

  private interface Step {
    void run(ByteBuffer in, ByteBuffer out) throws IOException;
  }

  /**
   * Runs one direction and checks what Cassandra relies on: positions moved, limits and everything
   * else left alone.
   */
  private static byte[] step(ByteBuffer in, ByteBuffer out, Step step) throws IOException {
    int inLimit = in.limit();
    int outStart = out.position();
    int outLimit = out.limit();
    step.run(in, out);
    assertThat(in.position()).isEqualTo(inLimit);
    assertThat(in.limit()).isEqualTo(inLimit);
    assertThat(out.limit()).isEqualTo(outLimit);
    byte[] produced = new byte[out.position() - outStart];
    out.get(outStart, produced);
    for (int i = 0; i < outStart; i++) {
      assertThat(out.get(i)).as("byte before the output").isZero();
    }
    for (int i = out.position(); i < outLimit && produced.length < 5000; i++) {
      assertThat(out.get(i)).as("byte behind the output").isZero();
    }
    return produced;
  }

  @ParameterizedTest
  @MethodSource("factories")
  void opens_arrays_at_any_offset(Function<Map<String, String>, EncryptingCompressor> factory) {
    EncryptingCompressor compressor = TestRuntime.permitted(factory);
    qt().withExamples(300)
        .forAll(integers().between(0, 20000), integers().between(0, 40), integers().between(0, 2))
        .check(
            (length, offset, kind) -> {
              try {
                byte[] plain = content(length, kind);
                byte[] sealed = seal(compressor, plain);
                byte[] input = new byte[offset + sealed.length + 9];
                System.arraycopy(sealed, 0, input, offset, sealed.length);
                byte[] output = new byte[length + 2 * offset];
                int opened = compressor.uncompress(input, offset, sealed.length, output, offset);
                return opened == length
                    && Arrays.equals(Arrays.copyOfRange(output, offset, offset + length), plain);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("factories")
  void stores_what_does_not_shrink(Function<Map<String, String>, EncryptingCompressor> factory)
      throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(factory);
    byte[] noise = seal(compressor, content(16384, 1));
    assertThat(ChunkHeader.parse(ByteBuffer.wrap(noise)).inner())
        .isEqualTo(InnerCompression.STORED);
    assertThat(noise).hasSize(16384 + ChunkFormat.UUID_OVERHEAD);
    byte[] text = seal(compressor, content(16384, 0));
    assertThat(ChunkHeader.parse(ByteBuffer.wrap(text)).inner() == InnerCompression.STORED)
        .isEqualTo(compressor instanceof Encryptor);
  }

  @ParameterizedTest
  @MethodSource("factories")
  void any_changed_byte_fails_and_leaves_the_output_alone(
      Function<Map<String, String>, EncryptingCompressor> factory) throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(factory);
    byte[] sealed = seal(compressor, content(300, 2));
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      ByteBuffer in = ByteBuffer.wrap(changed);
      ByteBuffer out = ByteBuffer.allocateDirect(300);
      assertThatThrownBy(() -> compressor.uncompress(in, out))
          .isInstanceOfAny(IOException.class, KeyException.class);
      assertThat(out.position()).isZero();
      assertThat(in.position()).isZero();
      assertThat(out.compareTo(ByteBuffer.allocate(300))).as("no unauthenticated byte").isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("factories")
  void an_authentic_chunk_that_does_not_fit_is_corruption_and_writes_nothing_beyond(
      Function<Map<String, String>, EncryptingCompressor> factory) throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(factory);
    byte[] sealed = seal(compressor, content(8192, 0));
    for (BufferKind kind : List.of(BufferKind.HEAP, BufferKind.DIRECT)) {
      ByteBuffer out = kind.room(8192);
      int start = out.position();
      out.limit(start + 8191);
      assertThatThrownBy(() -> compressor.uncompress(ByteBuffer.wrap(sealed), out))
          .isInstanceOfSatisfying(
              CorruptChunkException.class,
              e -> assertThat(e.reason()).isEqualTo(CorruptChunkException.Reason.UNFIT));
      assertThat(out.position()).isEqualTo(start);
      out.limit(out.capacity());
      for (int i = start + 8191; i < out.capacity(); i++) {
        assertThat(out.get(i)).isZero();
      }
    }
  }

  @Test
  void stock_compressors_read_nothing_of_ours_and_we_nothing_of_theirs() throws Exception {
    EncryptingCompressor ours = TestRuntime.permitted(EncryptingLZ4Compressor::create);
    ICompressor theirs = LZ4Compressor.create(Map.of());
    byte[] plain = content(5000, 0);
    byte[] lz4 = seal(theirs, plain);
    assertThatThrownBy(() -> open(ours, lz4, 5000)).isInstanceOf(CorruptChunkException.class);
    byte[] deflate = seal(DeflateCompressor.create(Map.of()), plain);
    assertThatThrownBy(() -> open(ours, deflate, 5000)).isInstanceOf(CorruptChunkException.class);
  }

  @Test
  void an_outage_is_typed_and_is_no_corruption() throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(EncryptingLZ4Compressor::create);
    byte[] sealed = seal(compressor, content(100, 0));
    runtime.close();
    TestRuntime restarted = new TestRuntime(TestKeys.corretto());
    try {
      restarted.down = true;
      assertThatThrownBy(() -> open(compressor, sealed, 100))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessageContaining("kmip1.example.com:5696")
          .satisfies(e -> assertThat(e.getCause()).isNull());
      restarted.down = false;
      restarted.cache().refreshNow().join();
      assertThatThrownBy(() -> open(compressor, sealed, 100))
          .isInstanceOf(KeyNotFoundException.class);
    } finally {
      restarted.close();
    }
  }

  @Test
  void a_new_key_seals_the_next_chunk_and_the_old_one_still_opens() throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(EncryptingZstdCompressor::create);
    byte[] before = seal(compressor, content(100, 0));
    runtime.rotate();
    byte[] after = seal(compressor, content(100, 0));
    assertThat(ChunkHeader.parse(ByteBuffer.wrap(after)).key())
        .isNotEqualTo(ChunkHeader.parse(ByteBuffer.wrap(before)).key());
    assertThat(open(compressor, before, 100)).isEqualTo(open(compressor, after, 100));
  }

  @Test
  void input_stays_unread_when_sealing_fails() {
    EncryptingCompressor compressor = TestRuntime.permitted(EncryptingLZ4Compressor::create);
    ByteBuffer in = ByteBuffer.wrap(content(100, 1));
    ByteBuffer small = ByteBuffer.allocate(20);
    assertThatThrownBy(() -> compressor.compress(in, small)).isInstanceOf(RuntimeException.class);
    assertThat(in.position()).isZero();
    assertThat(small.position()).isZero();
  }

  @Test
  void a_chunk_too_long_for_its_plaintext_is_refused_before_any_memory_is_taken() throws Exception {
    EncryptingCompressor compressor = TestRuntime.permitted(Encryptor::create);
    byte[] sealed = seal(compressor, content(4096, 1));
    ByteBuffer out = ByteBuffer.allocateDirect(4096);
    ByteBuffer edited =
        ByteBuffer.allocateDirect(4096 + ChunkFormat.MAX_OVERHEAD + 1).put(sealed).position(0);
    assertThatThrownBy(() -> compressor.uncompress(edited, out))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("CompressionInfo.db");
    assertThat(out.position()).isZero();
  }

  /** Else a read would have the key server make keys for specs that nobody seals with. */
  @Test
  void opening_never_asks_for_a_current_key() throws Exception {
    byte[] sealed = seal(TestRuntime.permitted(EncryptingLZ4Compressor::create), content(100, 0));
    TestRuntime reader = runtime.sameKeysInAnotherProcess();
    try {
      CompressionParams stored = StoredParams.of("EncryptingLZ4Compressor", TestRuntime.OPTIONS);
      assertThat(open(stored.getSstableCompressor(), sealed, 100)).isEqualTo(content(100, 0));
      assertThat(reader.elections).hasValue(0);
    } finally {
      reader.close();
    }
  }

  /**
   * docs/RULES.md R2: after a group was renamed its old name stands in stored options only, and the
   * hint must not be checked.
   */
  @Test
  void stored_options_that_name_a_group_of_former_times_still_open() throws Exception {
    byte[] sealed = seal(TestRuntime.permitted(EncryptingLZ4Compressor::create), content(100, 0));
    Map<String, String> former = new HashMap<>(TestRuntime.OPTIONS);
    former.put("kmip_host", "name_of_former_times");
    CompressionParams stored = StoredParams.of("EncryptingLZ4Compressor", former);
    assertThat(open(stored.getSstableCompressor(), sealed, 100)).isEqualTo(content(100, 0));
  }
}
