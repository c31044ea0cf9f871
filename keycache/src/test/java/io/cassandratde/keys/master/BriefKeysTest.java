package io.cassandratde.keys.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One fetch for many, and no key that stays. */
@Timeout(60)
class BriefKeysTest {

  private static final KeyReference WANTED = key().reference();

  private final Deque<Runnable> wipes = new ArrayDeque<>();
  private final AtomicInteger fetches = new AtomicInteger();

  private static DataKey key() {
    byte[] material = new byte[32];
    Arrays.fill(material, (byte) 7);
    return DataKey.of(1, "master", material, new Hkdf());
  }

  private BriefKeys keys(Function<KeyReference, DataKey> fetch) {
    return new BriefKeys(
        wanted -> {
          fetches.incrementAndGet();
          return fetch.apply(wanted);
        },
        wipes::add);
  }

  @Test
  void one_fetch_serves_all_until_the_key_is_wiped_and_a_use_ends_before_that() {
    BriefKeys keys = keys(wanted -> key());
    DataKey.Lease first = keys.lease(WANTED);
    DataKey key = first.key();
    first.close();
    DataKey.Lease second = keys.lease(WANTED);
    assertThat(second.key()).isSameAs(key);
    assertThat(fetches).hasValue(1);
    assertThat(wipes).hasSize(1);
    wipes.remove().run();
    assertThat(key.isWiped()).as("while it is in use").isFalse();
    try (DataKey.Lease third = keys.lease(WANTED)) {
      assertThat(third.key()).isNotSameAs(key);
      assertThat(fetches).hasValue(2);
    }
    second.close();
    assertThat(key.isWiped()).isTrue();
  }

  /** A thread may sleep between the fetch and the use for longer than the key is kept. */
  @Test
  void a_key_that_was_wiped_before_its_use_is_fetched_again() {
    BriefKeys keys =
        new BriefKeys(
            wanted -> {
              fetches.incrementAndGet();
              return key();
            },
            wipe -> {
              if (fetches.get() == 1) {
                wipe.run();
              }
            });
    try (DataKey.Lease lease = keys.lease(WANTED)) {
      assertThat(lease.key().isWiped()).isFalse();
    }
    assertThat(fetches).hasValue(2);
  }

  @Test
  void a_proof_has_it_fetched_anew() {
    BriefKeys keys = keys(wanted -> key());
    DataKey key;
    try (DataKey.Lease first = keys.lease(WANTED)) {
      key = first.key();
    }
    keys.wipe();
    assertThat(key.isWiped()).isTrue();
    keys.lease(WANTED).close();
    assertThat(fetches).hasValue(2);
    wipes.remove().run();
    keys.lease(WANTED).close();
    assertThat(fetches).as("the first one's end does not end the second").hasValue(2);
  }

  @Test
  void who_asks_meanwhile_shares_a_failure_and_who_comes_later_asks_again() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch fails = new CountDownLatch(1);
    BriefKeys keys =
        keys(
            wanted -> {
              asked.countDown();
              await(fails);
              if (fetches.get() > 1) {
                return key();
              }
              throw new KeyUnavailableException("away");
            });
    CompletableFuture<DataKey.Lease> first =
        CompletableFuture.supplyAsync(() -> keys.lease(WANTED));
    await(asked);
    CompletableFuture<DataKey.Lease> second = new CompletableFuture<>();
    Thread joining =
        new Thread(
            () -> {
              try {
                second.complete(keys.lease(WANTED));
              } catch (RuntimeException e) {
                second.completeExceptionally(e);
              }
            });
    joining.start();
    while (joining.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    fails.countDown();
    for (CompletableFuture<DataKey.Lease> each : Arrays.asList(first, second)) {
      assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(KeyUnavailableException.class)
          .hasMessageContaining("away");
    }
    assertThat(fetches).hasValue(1);
    keys.lease(WANTED).close();
    assertThat(fetches).hasValue(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
