package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SessionPoolTest {

  private final AtomicReference<DataKey> current = new AtomicReference<>(TestKeys.key("a", 256, 1));
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

  private SessionPool pool(SessionLimits limits) {
    return new SessionPool(
        current::get, TestKeys.sunJce(), limits, nanos::get, Salts.ofOperatingSystem(), 4);
  }

  private static ChunkHeader sealOne(SessionPool pool, int bytes) throws Exception {
    return ChunkHeader.parse(
        ByteBuffer.wrap(ChunkFixture.seal(pool, InnerCompression.STORED, new byte[bytes])));
  }

  private static String salt(ChunkHeader header) {
    return HexFormat.of().formatHex(header.salt());
  }

  @Test
  void one_session_counts_on_without_repeating() throws Exception {
    SessionPool pool = pool(SessionLimits.DEFAULTS);
    Set<String> salts = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      ChunkHeader header = sealOne(pool, 10);
      assertThat(header.counter()).isEqualTo(i);
      salts.add(salt(header));
    }
    assertThat(salts).hasSize(1);
  }

  @Test
  void a_session_ends_after_its_last_chunk() throws Exception {
    SessionPool pool = pool(new SessionLimits(3, 1 << 20, Duration.ofSeconds(60)));
    String first = salt(sealOne(pool, 1));
    assertThat(salt(sealOne(pool, 1))).isEqualTo(first);
    assertThat(salt(sealOne(pool, 1))).isEqualTo(first);
    ChunkHeader next = sealOne(pool, 1);
    assertThat(salt(next)).isNotEqualTo(first);
    assertThat(next.counter()).isZero();
  }

  @Test
  void a_session_ends_before_it_passes_its_bytes() throws Exception {
    SessionPool pool = pool(new SessionLimits(1000, 100, Duration.ofSeconds(60)));
    String first = salt(sealOne(pool, 60));
    assertThat(salt(sealOne(pool, 40))).isEqualTo(first);
    assertThat(salt(sealOne(pool, 1))).isNotEqualTo(first);
  }

  @Test
  void a_session_ends_when_idle_for_the_limit() throws Exception {
    SessionPool pool = pool(SessionLimits.DEFAULTS);
    String first = salt(sealOne(pool, 1));
    nanos.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
    assertThat(salt(sealOne(pool, 1))).as("just in time").isEqualTo(first);
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    assertThat(salt(sealOne(pool, 1))).as("too late").isNotEqualTo(first);
  }

  @Test
  void sweeping_ends_idle_sessions_only() throws Exception {
    SessionPool pool = pool(SessionLimits.DEFAULTS);
    sealOne(pool, 1);
    pool.sweep();
    assertThat(pool.idleSessions()).isEqualTo(1);
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    pool.sweep();
    assertThat(pool.idleSessions()).isZero();
  }

  @Test
  void a_new_key_gets_a_new_session_at_once() throws Exception {
    SessionPool pool = pool(SessionLimits.DEFAULTS);
    assertThat(sealOne(pool, 1).key().keyId()).isEqualTo("a");
    current.set(TestKeys.key("b", 256, 2));
    ChunkHeader header = sealOne(pool, 1);
    assertThat(header.key().keyId()).isEqualTo("b");
    assertThat(header.counter()).isZero();
    assertThat(pool.idleSessions()).isEqualTo(1);
  }

  @Test
  void keeps_no_more_sessions_than_slots() {
    SessionPool pool = pool(SessionLimits.DEFAULTS);
    SealingSession[] out = new SealingSession[7];
    for (int i = 0; i < out.length; i++) {
      out[i] = pool.take(1);
    }
    for (SealingSession session : out) {
      pool.give(session);
    }
    assertThat(pool.idleSessions()).isEqualTo(4);
    assertThat(out).filteredOn(SealingSession::isClosed).hasSize(3);
  }

  @Test
  void a_closed_pool_gives_and_keeps_nothing() {
    SessionPool pool = pool(SessionLimits.DEFAULTS);
    SealingSession out = pool.take(1);
    pool.close();
    assertThatThrownBy(() -> pool.take(1)).isInstanceOf(IllegalStateException.class);
    pool.give(out);
    assertThat(out.isClosed()).isTrue();
    assertThat(pool.idleSessions()).isZero();
  }

  @Test
  void an_ended_session_refuses_to_seal() {
    SessionPool pool = pool(new SessionLimits(1, 1000, Duration.ofSeconds(60)));
    SealingSession session = pool.take(1);
    byte[] sealed = new byte[session.sealedLength(1)];
    session.seal(InnerCompression.STORED, new byte[1], 1, sealed);
    assertThatThrownBy(() -> session.seal(InnerCompression.STORED, new byte[1], 1, sealed))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void limits_beyond_the_cipher_are_refused() {
    assertThatThrownBy(() -> new SessionLimits((1L << 32) + 1, 1, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SessionLimits(1, (1L << 40) + 1, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SessionLimits.DEFAULTS)
        .isEqualTo(new SessionLimits(1L << 32, 1L << 40, Duration.ofSeconds(60)));
  }
}
