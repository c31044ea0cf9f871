package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.rotation.Due;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which key of a group is due, and which is told as overdue: without a server. */
class DueKeysTest {

  private static final KeySpec SPEC = KeySpec.kmip("vault", "ns", CipherSpec.AES_256);
  private static final Instant BEGUN = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant END = BEGUN.plus(Duration.ofDays(30));
  private static final Duration AHEAD = Duration.ofDays(2);

  private final Map<String, Sealed> sealed = new HashMap<>();
  private @Nullable RotationPolicy policy =
      new RotationPolicy(Duration.between(BEGUN, END), AHEAD, 1000, 50);
  private final GroupRotation rotation =
      new GroupRotation(
          "vault", spec -> policy, key -> sealed.getOrDefault(key.keyId(), Sealed.NOTHING));

  private static KeyFacts key(String id) {
    return new KeyFacts(
        id,
        null,
        CryptographicAlgorithm.AES,
        256,
        12,
        KeyState.ACTIVE,
        "ns",
        BEGUN,
        BEGUN,
        null,
        null,
        null);
  }

  private static KeyReference reference(String id) {
    return new KeyReference(SPEC.groupTag(), id, 1);
  }

  private @Nullable Due due(String current, @Nullable String last, Instant now) {
    return rotation.due(SPEC, key(current), last == null ? null : reference(last), now);
  }

  @Test
  void a_limit_counts_at_once_also_while_the_next_key_waits_for_its_time() {
    Instant ahead = END.minusSeconds(3600);
    assertThat(due("k1", "k1", ahead)).extracting(Due::from).isEqualTo(END);
    for (Sealed much : new Sealed[] {new Sealed(1000, 1), new Sealed(1, 50)}) {
      sealed.put("k1", much);
      for (Instant now : new Instant[] {BEGUN.plusSeconds(60), ahead}) {
        assertThat(due("k1", "k1", now)).extracting(Due::from).isEqualTo(now);
      }
    }
  }

  /** Each node that reached a limit would else make a key of its own. */
  @Test
  void a_limit_that_others_have_acted_on_makes_no_second_key() {
    sealed.put("k1", new Sealed(1000, 50));
    Instant now = BEGUN.plusSeconds(60);
    assertThat(due("k1", "k1", now)).isNotNull();
    assertThat(due("k2", "k1", now)).isNull();
    assertThat(due("k1", null, now)).as("this node seals nothing yet").isNull();
  }

  private void late() {
    Due due = Objects.requireNonNull(due("k1", "k1", END.plus(Duration.ofHours(2))));
    rotation.failed(SPEC, due, "a node is silent");
    assertThat(rotation.overdue()).containsExactly(Map.entry(SPEC, END));
  }

  @Test
  void a_key_is_overdue_until_somebody_made_it_or_no_rule_asks_for_it() {
    late();
    rotation.met(SPEC);
    assertThat(rotation.overdue()).isEmpty();
    late();
    assertThat(due("k2", "k1", BEGUN.plusSeconds(60))).as("another node made it").isNull();
    assertThat(rotation.overdue()).isEmpty();
    late();
    policy = null;
    assertThat(due("k1", "k1", END.plus(Duration.ofHours(3)))).isNull();
    assertThat(rotation.overdue()).isEmpty();
  }

  @Test
  void an_outage_counts_from_the_key_that_was_current() {
    Instant late = END.plus(Duration.ofHours(2));
    rotation.outage(SPEC, late, "nobody answers");
    assertThat(rotation.overdue()).as("no key was seen").isEmpty();
    rotation.current(SPEC, key("k1"));
    rotation.outage(SPEC, END, "nobody answers");
    assertThat(rotation.overdue()).as("not yet").isEmpty();
    rotation.outage(SPEC, late, "nobody answers");
    assertThat(rotation.overdue()).containsExactly(Map.entry(SPEC, END));
  }
}
