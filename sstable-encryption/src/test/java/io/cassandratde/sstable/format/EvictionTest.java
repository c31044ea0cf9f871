package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.DataKey;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What was derived from a key goes when the key is evicted, and nothing else does. */
class EvictionTest {

  private static final String UUID = "0eb2277e-0acc-4adb-9241-1dd84dde691c";
  private static final byte[] PLAIN = {1, 2, 3};

  private final TestKeys keys = new TestKeys();
  private final SubkeyCache subkeys = new SubkeyCache(64);
  private final ChunkOpener opener = new ChunkOpener(keys, subkeys, TestKeys.sunJce());

  private static SessionPool pool(AtomicReference<DataKey> current) {
    return new SessionPool(
        current::get,
        TestKeys.sunJce(),
        SessionLimits.DEFAULTS,
        () -> 0,
        Salts.ofOperatingSystem(),
        4);
  }

  private static byte[] seal(DataKey key) {
    return ChunkFixture.seal(pool(new AtomicReference<>(key)), InnerCompression.STORED, PLAIN);
  }

  private void open(byte[] chunk) throws CorruptChunkException {
    var opened = opener.open(chunk, chunk.length, new byte[chunk.length], InnerCompression.STORED);
    assertThat(opened.length()).isEqualTo(PLAIN.length);
  }

  @Test
  void subkeys_of_the_key_are_dropped_whatever_its_id_looks_like() throws Exception {
    DataKey uuid = keys.add(TestKeys.key(UUID, 256, 1));
    DataKey text = keys.add(TestKeys.key("a", 256, 2));
    DataKey longer = keys.add(TestKeys.key("a-longer-id-that-begins-alike", 256, 2));
    open(seal(uuid));
    open(seal(uuid));
    open(seal(text));
    open(seal(longer));
    assertThat(subkeys.size()).isEqualTo(4);
    subkeys.drop(text.reference());
    assertThat(subkeys.size()).isEqualTo(3);
    subkeys.drop(uuid.reference());
    assertThat(subkeys.size()).isEqualTo(1);
    subkeys.drop(longer.reference());
    assertThat(subkeys.size()).isZero();
  }

  @Test
  void the_same_id_in_another_group_or_of_another_server_is_another_key() throws Exception {
    DataKey key = keys.add(TestKeys.key(UUID, 256, 1));
    open(seal(key));
    subkeys.drop(TestKeys.key(UUID, 256, 99).reference());
    assertThat(subkeys.size()).isEqualTo(1);
  }

  @Test
  void a_key_that_is_evicted_while_a_chunk_is_opened_leaves_nothing_behind() throws Exception {
    DataKey key = keys.add(TestKeys.key(UUID, 256, 1));
    byte[] chunk = seal(key);
    try (DataKey.Lease held = key.lease()) {
      // Found before the eviction, derived from after it.
      key.retire();
      subkeys.drop(key.reference());
      open(chunk);
      assertThat(held.key().isWiped()).isFalse();
    }
    assertThat(subkeys.size()).isZero();
  }

  @Test
  void waiting_sessions_of_the_key_end_and_one_that_seals_ends_at_the_next_sweep() {
    DataKey key = TestKeys.key(UUID, 256, 1);
    SessionPool pool = pool(new AtomicReference<>(key));
    SealingSession waiting = pool.take(1);
    SealingSession sealing = pool.take(1);
    pool.give(waiting);
    pool.end(TestKeys.key("another", 256, 2).reference());
    assertThat(pool.idleSessions()).isEqualTo(1);
    try (DataKey.Lease current = key.lease()) {
      key.retire();
      pool.end(current.key().reference());
      assertThat(waiting.isClosed()).isTrue();
      pool.give(sealing);
      assertThat(pool.idleSessions()).isEqualTo(1);
      pool.sweep();
      assertThat(sealing.isClosed()).isTrue();
      assertThat(pool.idleSessions()).isZero();
    }
  }
}
