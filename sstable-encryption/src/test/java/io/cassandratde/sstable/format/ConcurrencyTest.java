package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConcurrencyTest {

  private static final int THREADS = 6;
  private static final int CHUNKS = 4000;

  /**
   * Rotates the current key on every fiftieth read of it, by whichever thread reads, and wipes the
   * one before.
   */
  private static final class Rotating {
    final Map<String, DataKey> all = new ConcurrentHashMap<>();
    final AtomicReference<DataKey> current = new AtomicReference<>();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger rotations = new AtomicInteger();
    final boolean wipe;

    Rotating(boolean wipe) {
      this.wipe = wipe;
      rotate();
    }

    DataKey get() {
      if (reads.incrementAndGet() % 50 == 0) {
        rotate();
      }
      return Objects.requireNonNull(current.get());
    }

    private void rotate() {
      int seed = rotations.incrementAndGet(); // no key comes twice
      DataKey fresh = fresh("k" + seed, seed);
      all.put(fresh.reference().keyId(), fresh);
      DataKey before = current.getAndSet(fresh);
      if (wipe && before != null) {
        before.retire();
      }
    }
  }

  private static DataKey fresh(String id, long seed) {
    return TestKeys.key(id, 256, seed);
  }

  private static void run(Callable<Void> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<Void> done :
          threads.invokeAll(IntStream.range(0, THREADS).mapToObj(i -> task).toList())) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("io.cassandratde.sstable.format.TestKeys#providers")
  void every_chunk_opens_with_the_key_its_header_names_and_no_nonce_repeats(Provider provider)
      throws Exception {
    Rotating keys = new Rotating(false);
    SessionPool pool =
        new SessionPool(
            keys::get,
            provider,
            new SessionLimits(700, 1 << 20, Duration.ofSeconds(60)),
            System::nanoTime,
            Salts.ofOperatingSystem(),
            4);
    Set<String> nonces = ConcurrentHashMap.newKeySet();
    Set<String> keysSeen = ConcurrentHashMap.newKeySet();
    // A key is looked up by the id in the header alone, and a cache of one set is always being
    // evicted.
    ChunkOpener opener =
        new ChunkOpener(
            reference -> Objects.requireNonNull(keys.all.get(reference.keyId())),
            new SubkeyCache(4),
            provider);
    run(
        () -> {
          Random random = new Random();
          for (int i = 0; i < CHUNKS; i++) {
            byte[] plain = new byte[random.nextInt(200)];
            random.nextBytes(plain);
            byte[] sealed = ChunkFixture.seal(pool, InnerCompression.STORED, plain);
            ChunkHeader header = ChunkHeader.parse(ByteBuffer.wrap(sealed));
            assertThat(
                    nonces.add(
                        header.key() + HexFormat.of().formatHex(header.salt()) + header.counter()))
                .as("fresh (subkey, nonce)")
                .isTrue();
            keysSeen.add(header.key().keyId());
            byte[] opened = new byte[sealed.length];
            int length =
                opener.open(sealed, sealed.length, opened, InnerCompression.STORED).length();
            assertThat(Arrays.copyOf(opened, length)).isEqualTo(plain);
          }
          return null;
        });
    assertThat(nonces).hasSize(THREADS * CHUNKS);
    assertThat(keysSeen).as("the key did rotate under the writers").hasSizeGreaterThan(50);
  }

  /** docs/RULES.md R3: eviction and wiping under load never opens or seals with a wiped key. */
  @Test
  void eviction_and_wiping_under_load_never_show() throws Exception {
    Rotating keys = new Rotating(true);
    SessionPool pool =
        new SessionPool(
            keys::get,
            TestKeys.corretto(),
            SessionLimits.DEFAULTS,
            System::nanoTime,
            Salts.ofOperatingSystem(),
            2);
    SubkeyCache subkeys = new SubkeyCache(4);
    // As a key server would: a fresh, live copy of the wiped key.
    ChunkOpener opener =
        new ChunkOpener(
            reference -> fresh(reference.keyId(), Long.parseLong(reference.keyId().substring(1))),
            subkeys,
            TestKeys.corretto());
    AtomicBoolean stop = new AtomicBoolean();
    Thread evictor =
        new Thread(
            () -> {
              while (!stop.get()) {
                subkeys.clear();
                pool.sweep();
              }
            });
    evictor.start();
    try {
      run(
          () -> {
            byte[] plain = new byte[64];
            for (int i = 0; i < CHUNKS; i++) {
              ThreadLocalRandom.current().nextBytes(plain);
              byte[] sealed = ChunkFixture.seal(pool, InnerCompression.STORED, plain);
              byte[] opened = new byte[sealed.length];
              for (int again = 0; again < 3; again++) {
                opener.open(sealed, sealed.length, opened, InnerCompression.STORED);
                assertThat(Arrays.copyOf(opened, plain.length)).isEqualTo(plain);
              }
            }
            return null;
          });
    } finally {
      stop.set(true);
      evictor.join();
    }
  }

  @Test
  void a_warm_open_asks_nobody_for_the_key() throws Exception {
    DataKey key = TestKeys.key(256);
    ChunkFixture chunks = new ChunkFixture(key, TestKeys.sunJce());
    byte[] first = chunks.seal(InnerCompression.STORED, new byte[100]);
    byte[] second = chunks.seal(InnerCompression.STORED, new byte[50]);
    chunks.open(first, InnerCompression.STORED);
    ChunkOpener cold =
        chunks.opener.with(
            reference -> {
              throw new AssertionError("asked for " + reference);
            });
    key.retire();
    assertThat(key.isWiped()).isTrue();
    byte[] plain = new byte[second.length];
    assertThat(cold.open(second, second.length, plain, InnerCompression.STORED).length())
        .isEqualTo(50);
  }

  @Test
  void damaged_headers_do_not_fill_the_cache() {
    ChunkFixture chunks = new ChunkFixture(TestKeys.key(256), TestKeys.sunJce());
    byte[] sealed = chunks.seal(InnerCompression.STORED, new byte[100]);
    SubkeyCache subkeys = new SubkeyCache(64);
    ChunkOpener opener = new ChunkOpener(chunks.keys, subkeys, TestKeys.sunJce());
    for (int i = 1; i <= 100; i++) {
      byte[] damaged = sealed.clone();
      damaged[30] ^= (byte) i; // within the salt: never the byte that was sealed
      assertThatThrownBy(
              () ->
                  opener.open(
                      damaged, damaged.length, new byte[damaged.length], InnerCompression.STORED))
          .isInstanceOfSatisfying(
              CorruptChunkException.class,
              e -> assertThat(e.reason()).isEqualTo(CorruptChunkException.Reason.NOT_AUTHENTIC));
    }
    assertThat(subkeys.size()).isZero();
  }

  @Test
  void the_cache_of_subkeys_is_bounded() throws Exception {
    SubkeyCache subkeys = new SubkeyCache(16);
    TestKeys keys = new TestKeys();
    ChunkOpener opener = new ChunkOpener(keys, subkeys, TestKeys.sunJce());
    for (int i = 0; i < 200; i++) {
      ChunkFixture chunks =
          new ChunkFixture(keys.add(TestKeys.key("k" + i, 128, i)), TestKeys.sunJce());
      byte[] sealed = chunks.seal(InnerCompression.STORED, new byte[1]);
      opener.open(sealed, sealed.length, new byte[sealed.length], InnerCompression.STORED);
      assertThat(subkeys.size()).isLessThanOrEqualTo(subkeys.capacity());
    }
    assertThat(subkeys.capacity()).isEqualTo(16);
  }
}
