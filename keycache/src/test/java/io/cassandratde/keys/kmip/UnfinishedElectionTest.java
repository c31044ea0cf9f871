package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.RevocationReason;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that is interrupted in an election remembers what it made, and forgets it in time. */
class UnfinishedElectionTest {

  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_256);

  private final DevGroup group = DevGroup.single();
  private final KmipKeyProvider interrupted = group.provider();
  private final KmipKeyProvider other = group.provider();

  @AfterEach
  void stop() {
    group.close();
  }

  @Test
  void a_key_that_another_node_activated_can_be_replaced_by_the_node_that_made_it()
      throws Exception {
    group.behaviour().refuse("Activate", 0x100, "not now");
    assertThatThrownBy(() -> interrupted.current(SPEC, null)).isInstanceOf(KeyException.class);
    group.behaviour().allow("Activate");
    KeyReference first = other.current(SPEC, null).key().reference();
    assertThat(group.behaviour().received("Create")).as("the other node took it up").isEqualTo(1);
    assertThat(interrupted.current(SPEC, null).key().reference()).isEqualTo(first);

    group.advance(Duration.ofMinutes(1));
    group
        .administration()
        .revoke(first.keyId(), RevocationReason.CESSATION_OF_OPERATION, null, true);
    KeyReference second = interrupted.current(SPEC, first).key().reference();
    assertThat(second.keyId()).isNotEqualTo(first.keyId());
  }

  /** Pre-Active, as another node makes it. */
  private String contender(Duration older) throws KmipException {
    group.advance(older.negated());
    try {
      return new KeyFactory(group.client(), false)
          .create(SPEC.cipher(), SPEC.namespace(), KeyNames.random(), null);
    } finally {
      group.advance(older);
    }
  }

  /** Calls it at each list that is asked for, before it is given out, with its number from 1. */
  private void atEachList(LongConsumer listener) {
    AtomicLong lists = new AtomicLong();
    group
        .behaviour()
        .onRequest(
            operation -> {
              if (operation.equals("Locate")) {
                listener.accept(lists.incrementAndGet());
              }
            });
  }

  @Test
  void the_oldest_contender_wins_also_when_a_server_shows_it_late() throws Exception {
    String young = contender(Duration.ofMinutes(1));
    String old = contender(Duration.ofMinutes(2));
    AtomicLong last = new AtomicLong();
    atEachList(last::set);
    Instant begin = group.instant();
    assertThat(interrupted.current(SPEC, null).key().reference().keyId()).isEqualTo(old);
    assertThat(group.instant()).as("two pauses").isEqualTo(begin.plusMillis(500));
    group.administration().revoke(old, RevocationReason.CESSATION_OF_OPERATION, null, true);

    // The list in which it is Active is the last, the one before made it so.
    long decisive = last.get() - 1;
    AtomicReference<String> late = new AtomicReference<>();
    atEachList(
        number -> {
          if (number == decisive) {
            late.set(contenderUnchecked(Duration.ofMinutes(3)));
          }
        });
    assertThat(other.current(SPEC, null).key().reference().keyId())
        .as("nobody had seen it before, and %s is younger", young)
        .isEqualTo(late.get());
  }

  private String contenderUnchecked(Duration older) {
    try {
      return contender(older);
    } catch (KmipException e) {
      throw new AssertionError(e);
    }
  }
}
