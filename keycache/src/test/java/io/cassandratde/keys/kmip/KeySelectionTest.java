package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The choice itself, without a server: dates at their bounds and the same answer for every node.
 */
class KeySelectionTest {

  private static final KeySpec SPEC = KeySpec.kmip("vault", "ns", CipherSpec.AES_256);
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final ServerTime STAMPED = ServerTime.of(NOW, NOW.plusSeconds(100));
  private static final ServerTime UNSTAMPED = ServerTime.of(null, NOW);

  private static KeyFacts key(
      String id,
      KeyState state,
      @Nullable Instant start,
      @Nullable Instant stop,
      @Nullable Instant end) {
    return new KeyFacts(
        id,
        "n",
        CryptographicAlgorithm.AES,
        256,
        12,
        state,
        "ns",
        NOW.minusSeconds(50),
        NOW.minusSeconds(40),
        start,
        stop,
        end);
  }

  private static KeyFacts made(
      int bits, @Nullable Integer mask, KeyState state, @Nullable String namespace, String name) {
    return new KeyFacts(
        "k",
        name,
        CryptographicAlgorithm.AES,
        bits,
        mask,
        state,
        namespace,
        NOW,
        null,
        null,
        null,
        null);
  }

  @Test
  void what_a_server_made_of_a_new_key_is_judged_by_attribute() {
    String name = KeyNames.random();
    KeyState pre = KeyState.PRE_ACTIVE;
    assertThat(KeySelection.misfit(made(256, 12, pre, "ns", name), SPEC)).isNull();
    assertThat(KeySelection.misfit(made(256, null, pre, "ns", name), SPEC)).isNull();
    assertThat(KeySelection.misfit(made(256, 12, KeyState.ACTIVE, "ns", "any"), SPEC)).isNull();
    assertThat(KeySelection.misfit(made(128, 12, pre, "ns", name), SPEC))
        .isEqualTo("its Cryptographic Length is 128 where 256 was asked for");
    assertThat(KeySelection.misfit(made(256, 4, pre, "ns", name), SPEC)).contains("Usage Mask");
    assertThat(KeySelection.misfit(made(256, 12, pre, null, name), SPEC)).contains("Object Group");
    assertThat(KeySelection.misfit(made(256, 12, pre, "ns", "other"), SPEC)).contains("Name");
    assertThat(KeySelection.misfit(made(256, 12, KeyState.DEACTIVATED, "ns", name), SPEC))
        .contains("State");
  }

  @Test
  void dates_count_from_their_second_on_and_the_earlier_end_wins() {
    assertThat(
            KeySelection.maySeal(
                key("a", KeyState.ACTIVE, NOW, NOW.plusSeconds(1), null), UNSTAMPED))
        .isTrue();
    assertThat(KeySelection.maySeal(key("a", KeyState.ACTIVE, null, NOW, null), UNSTAMPED))
        .isFalse();
    assertThat(
            KeySelection.maySeal(
                key("a", KeyState.ACTIVE, null, NOW.plusSeconds(9), NOW), UNSTAMPED))
        .isFalse();
    assertThat(KeySelection.maySeal(key("a", KeyState.ACTIVE, null, null, NOW), UNSTAMPED))
        .isFalse();
    assertThat(
            KeySelection.maySeal(
                key("a", KeyState.ACTIVE, NOW.plusSeconds(1), null, null), UNSTAMPED))
        .isFalse();
  }

  @Test
  void a_time_stamp_may_be_up_to_a_second_old_so_a_key_ends_early_rather_than_late() {
    KeyFacts key = key("a", KeyState.ACTIVE, null, NOW.plusSeconds(1), null);
    assertThat(KeySelection.maySeal(key, STAMPED)).isFalse();
    KeyFacts later = key("a", KeyState.ACTIVE, null, NOW.plusSeconds(11), null);
    assertThat(KeySelection.maySeal(later, STAMPED)).isTrue();
    assertThat(STAMPED.toLocal(NOW.plusSeconds(11))).isEqualTo(NOW.plusSeconds(110));
  }

  @Test
  void only_active_keys_of_the_spec_seal() {
    for (KeyState state : KeyState.values()) {
      List<KeyFacts> ranked =
          KeySelection.ranked(List.of(key("a", state, null, null, null)), SPEC, UNSTAMPED);
      assertThat(ranked).as(state.label()).hasSize(state == KeyState.ACTIVE ? 1 : 0);
    }
    KeyFacts fits = key("a", KeyState.ACTIVE, null, null, null);
    assertThat(KeySelection.matches(fits, SPEC)).isTrue();
    assertThat(KeySelection.matches(fits, KeySpec.kmip("vault", null, CipherSpec.AES_256)))
        .isFalse();
    assertThat(KeySelection.matches(fits, KeySpec.kmip("vault", "ns", CipherSpec.AES_128)))
        .isFalse();
    assertThat(KeySelection.matches(withMask(4), SPEC)).as("encrypts only").isFalse();
    assertThat(KeySelection.matches(withMask(null), SPEC)).as("no mask kept").isTrue();
    assertThat(KeySelection.matches(named(KeyNames.probe()), SPEC)).as("throwaway key").isFalse();
  }

  private static KeyFacts withMask(@Nullable Integer mask) {
    return new KeyFacts(
        "a",
        "n",
        CryptographicAlgorithm.AES,
        256,
        mask,
        KeyState.ACTIVE,
        "ns",
        NOW,
        NOW,
        null,
        null,
        null);
  }

  private static KeyFacts named(String name) {
    return new KeyFacts(
        "a",
        name,
        CryptographicAlgorithm.AES,
        256,
        12,
        KeyState.ACTIVE,
        "ns",
        NOW,
        NOW,
        null,
        null,
        null);
  }

  @Test
  void every_node_gives_the_same_answer_whatever_the_order_of_the_list() {
    qt().forAll(lists().of(integers().between(0, 3)).ofSizeBetween(1, 8), integers().all())
        .checkAssert(
            (dates, seed) -> {
              List<KeyFacts> keys = new ArrayList<>();
              for (int i = 0; i < dates.size(); i++) {
                Instant date = NOW.plusSeconds(dates.get(i));
                keys.add(
                    new KeyFacts(
                        "id" + i,
                        KeyNames.random(),
                        CryptographicAlgorithm.AES,
                        256,
                        12,
                        i % 2 == 0 ? KeyState.ACTIVE : KeyState.PRE_ACTIVE,
                        "ns",
                        date,
                        i % 2 == 0 ? date : null,
                        null,
                        null,
                        null));
              }
              List<KeyFacts> shuffled = new ArrayList<>(keys);
              Collections.shuffle(shuffled, new Random(seed));
              assertThat(KeySelection.ranked(shuffled, SPEC, UNSTAMPED))
                  .isEqualTo(KeySelection.ranked(keys, SPEC, UNSTAMPED));
              List<KeyFacts> contenders = KeySelection.contenders(shuffled, SPEC);
              assertThat(contenders).isEqualTo(KeySelection.contenders(keys, SPEC));
              for (KeyFacts later : contenders) {
                assertThat(contenders.get(0).creation()).isBeforeOrEqualTo(later.creation());
              }
              for (KeyFacts earlier : KeySelection.ranked(shuffled, SPEC, UNSTAMPED)) {
                assertThat(KeySelection.ranked(shuffled, SPEC, UNSTAMPED).get(0).rank())
                    .isAfterOrEqualTo(earlier.rank());
              }
            });
  }

  @Test
  void pre_active_keys_of_others_are_not_activated_by_us() {
    KeyFacts scheduled =
        new KeyFacts(
            "a",
            KeyNames.random(),
            CryptographicAlgorithm.AES,
            256,
            12,
            KeyState.PRE_ACTIVE,
            "ns",
            NOW,
            NOW.plusSeconds(60),
            null,
            null,
            null);
    KeyFacts foreign =
        new KeyFacts(
            "b",
            "their key",
            CryptographicAlgorithm.AES,
            256,
            12,
            KeyState.PRE_ACTIVE,
            "ns",
            NOW,
            null,
            null,
            null,
            null);
    assertThat(KeySelection.contenders(List.of(scheduled, foreign), SPEC)).isEmpty();
  }

  @Test
  void a_successor_is_needed_when_the_end_is_nearer_than_one_refresh() {
    Duration lead = Duration.ofSeconds(30);
    KeyFacts near = key("a", KeyState.ACTIVE, null, NOW.plusSeconds(30), null);
    assertThat(KeySelection.needsSuccessor(near, UNSTAMPED, lead)).isTrue();
    assertThat(
            KeySelection.needsSuccessor(
                key("a", KeyState.ACTIVE, null, NOW.plusSeconds(31), null), UNSTAMPED, lead))
        .isFalse();
    assertThat(
            KeySelection.needsSuccessor(
                key("a", KeyState.ACTIVE, null, null, null), UNSTAMPED, lead))
        .isFalse();
    assertThat(KeySelection.needsSuccessor(near, UNSTAMPED, Duration.ofSeconds(40)))
        .as("younger than the lead")
        .isFalse();
  }
}
