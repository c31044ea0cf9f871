package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.KmipRotationRule;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys of a KMIP group that are followed by new ones by themselves, on a real server over TLS. */
@Timeout(300)
class GroupRotationTest {

  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_256);
  private static final Duration PERIOD = Duration.ofDays(30);
  private static final Duration AHEAD = Duration.ofDays(2);
  private static final RotationPolicy MONTHLY =
      new RotationPolicy(PERIOD, AHEAD, RotationPolicy.NO_LIMIT, RotationPolicy.NO_LIMIT);

  private final DevGroup group = DevGroup.single();
  private final KeyAdministration admin = group.administration();
  private final List<KmipKeyProvider> opened = new ArrayList<>();

  @AfterEach
  void stop() {
    opened.forEach(KmipKeyProvider::close);
    group.close();
  }

  private KmipKeyProvider node(Duration skew, KmipRotationRule... rules) {
    KmipGroupConfig plain = group.config();
    KmipGroupConfig config =
        new KmipGroupConfig(
            DevGroup.NAME, plain.settings(), plain.keyCache(), null, List.of(rules));
    KmipKeyProvider provider =
        KmipKeyProvider.open(
            Map.of(DevGroup.NAME, config),
            new Hkdf(),
            () -> group.instant().plus(skew),
            group::advance);
    opened.add(provider);
    return provider;
  }

  private KmipKeyProvider node() {
    return node(Duration.ZERO, new KmipRotationRule(null, MONTHLY));
  }

  private static KeyReference seals(KmipKeyProvider node, @Nullable KeyReference last) {
    DataKey key = node.current(SPEC, last).key();
    key.retire();
    return key.reference();
  }

  private List<KeyFacts> keys(KeyState state) throws Exception {
    return admin.list("cycling").keys().stream().filter(key -> key.state() == state).toList();
  }

  @Test
  void the_next_key_is_made_ahead_once_and_seals_from_its_time_on() throws Exception {
    KmipKeyProvider node = node();
    KeyReference first = seals(node, null);
    group.advance(PERIOD.minus(AHEAD).minusHours(1));
    assertThat(seals(node, first)).isEqualTo(first);
    assertThat(admin.list(null).keys()).hasSize(1);
    group.advance(Duration.ofHours(2));
    for (KmipKeyProvider each : List.of(node, node, node())) {
      assertThat(seals(each, first)).isEqualTo(first);
    }
    KeyFacts next = keys(KeyState.PRE_ACTIVE).get(0);
    assertThat(admin.list(null).keys()).hasSize(2);
    group.advance(AHEAD);
    for (KmipKeyProvider each : List.of(node, node())) {
      assertThat(seals(each, first).keyId()).isEqualTo(next.id());
    }
    assertThat(keys(KeyState.ACTIVE)).as("the first one opens").hasSize(2);
    assertThat(keys(KeyState.PRE_ACTIVE)).isEmpty();
    assertThat(node.byId(SPEC, first).reference()).isEqualTo(first);
    assertThat(node.overdue()).isZero();
  }

  private static KeyPublication publication(Supplier<KeyPublication.Outcome> outcome) {
    return new KeyPublication() {
      @Override
      public boolean isNeeded() {
        return true;
      }

      @Override
      public Outcome publish(Candidate candidate) {
        return outcome.get();
      }
    };
  }

  @Test
  void a_key_that_a_node_has_not_fetched_does_not_seal_and_is_overdue() {
    KmipKeyProvider node = node();
    KeyReference first = seals(node, null);
    node.publishBy(
        publication(
            () ->
                new KeyPublication.Outcome(KeyPublication.Verdict.INCOMPLETE, "node 7 is silent")));
    group.advance(PERIOD.minusHours(1));
    assertThat(seals(node, first)).isEqualTo(first);
    assertThat(node.overdue()).as("not yet").isZero();
    group.advance(Duration.ofHours(3));
    assertThat(seals(node, first)).as("the key of before goes on").isEqualTo(first);
    assertThat(node.overdue()).isOne();
    node.publishBy(KeyPublication.NONE);
    assertThat(seals(node, first)).isNotEqualTo(first);
    assertThat(node.overdue()).isZero();
  }

  @Test
  void a_key_is_published_ahead_once_and_again_only_where_that_failed() {
    KmipKeyProvider node = node();
    KeyReference first = seals(node, null);
    List<KeyPublication.Verdict> verdicts = new ArrayList<>();
    KeyPublication.Verdict[] next = {KeyPublication.Verdict.INCOMPLETE};
    node.publishBy(
        publication(
            () -> {
              verdicts.add(next[0]);
              return new KeyPublication.Outcome(next[0], "as the test says");
            }));
    group.advance(PERIOD.minusHours(1));
    for (int look = 1; look <= 2; look++) {
      assertThat(seals(node, first)).isEqualTo(first);
      assertThat(verdicts).as("it failed").hasSize(look);
    }
    next[0] = KeyPublication.Verdict.PUBLISHED;
    for (int look = 1; look <= 3; look++) {
      assertThat(seals(node, first)).isEqualTo(first);
      assertThat(verdicts).as("it is done").hasSize(3);
    }
  }

  @Test
  void what_an_outage_held_up_is_told_and_made_up_for_once() throws Exception {
    KmipKeyProvider node = node();
    KeyReference first = seals(node, null);
    group.behaviour().connectivity(Connectivity.DROPPING);
    group.advance(PERIOD.minusHours(1));
    assertThatThrownBy(() -> seals(node, first)).isInstanceOf(KeyUnavailableException.class);
    assertThat(node.overdue()).isZero();
    group.advance(PERIOD.multipliedBy(2));
    assertThatThrownBy(() -> seals(node, first)).isInstanceOf(KeyUnavailableException.class);
    assertThat(node.overdue()).isOne();
    group.behaviour().connectivity(Connectivity.NORMAL);
    KeyReference second = seals(node, first);
    assertThat(second).isNotEqualTo(first);
    assertThat(seals(node, second)).isEqualTo(second);
    assertThat(node.overdue()).isZero();
    assertThat(admin.list(null).keys()).hasSize(2);
  }

  @Test
  void a_limit_replaces_the_key_at_once_and_a_namespace_without_a_rule_is_left_alone()
      throws Exception {
    RotationPolicy small = new RotationPolicy(null, Duration.ZERO, 1000, RotationPolicy.NO_LIMIT);
    KmipKeyProvider node = node(Duration.ZERO, new KmipRotationRule("cycling", small));
    KeyReference first = seals(node, null);
    node.sealedBy(key -> key.equals(first) ? new Sealed(1000, 1) : Sealed.NOTHING);
    group.advance(Duration.ofMinutes(1));
    KeyReference second = seals(node, first);
    assertThat(second).isNotEqualTo(first);
    group.advance(Duration.ofMinutes(1));
    assertThat(seals(node, second)).isEqualTo(second);
    KmipKeyProvider others = node(Duration.ZERO, new KmipRotationRule("other", MONTHLY));
    group.advance(PERIOD.multipliedBy(9));
    assertThat(seals(others, second)).isEqualTo(second);
    assertThat(admin.list(null).keys()).hasSize(2);
  }

  /** One of the year's nodes: its clock is off, it is restarted, and it is away. */
  private final class YearNode {
    private final Duration skew;
    private KmipKeyProvider provider;
    private Instant downUntil = Instant.EPOCH;
    private @Nullable KeyReference last;
    private int overdue;

    YearNode(Duration skew) {
      this.skew = skew;
      provider = started();
    }

    private KmipKeyProvider started() {
      return node(skew, new KmipRotationRule(null, MONTHLY));
    }

    void look(Random random) {
      if (group.instant().isBefore(downUntil)) {
        return;
      }
      if (random.nextInt(60) == 0) {
        provider.close();
        provider = started();
        downUntil = group.instant().plus(Duration.ofHours(random.nextInt(300)));
        return;
      }
      try {
        last = seals(provider, last);
      } catch (KeyException | LastKeyEndedException away) {
        // Seals on by its last key.
      }
      overdue += provider.overdue();
    }
  }

  @Test
  void a_year_of_rotations_with_clocks_that_differ_outages_and_nodes_that_die() throws Exception {
    Random random = new Random(20261127);
    List<YearNode> nodes = new ArrayList<>();
    for (long minutes : List.of(0L, 170L, -230L)) {
      nodes.add(new YearNode(Duration.ofMinutes(minutes)));
    }
    int[] died = {0};
    // The answer to what changes the server is lost now and then, as when a process dies there.
    group
        .behaviour()
        .onRequest(
            operation -> {
              if ((operation.equals("Create") || operation.equals("Activate"))
                  && random.nextInt(2) == 0) {
                died[0]++;
                group.behaviour().connectivity(Connectivity.DROPPING);
              }
            });
    Instant start = group.instant();
    Instant outageFrom = start.plus(PERIOD.multipliedBy(5)).minus(Duration.ofDays(3));
    Instant outageUntil = outageFrom.plus(Duration.ofDays(8));
    for (int half = 0; half < 2 * 365; half++) {
      group.advance(Duration.ofHours(12));
      Instant now = group.instant();
      boolean outage = now.isAfter(outageFrom) && now.isBefore(outageUntil);
      for (YearNode each : nodes) {
        group.behaviour().connectivity(outage ? Connectivity.DROPPING : Connectivity.NORMAL);
        each.look(random);
      }
    }
    group.behaviour().onRequest(operation -> {}).connectivity(Connectivity.NORMAL);
    List<Instant> begun =
        keys(KeyState.ACTIVE).stream()
            .map(key -> Objects.requireNonNull(key.activation()))
            .sorted(Comparator.naturalOrder())
            .toList();
    assertThat(begun).hasSizeBetween(11, 13);
    int late = 0;
    for (int i = 1; i < begun.size(); i++) {
      Duration between = Duration.between(begun.get(i - 1), begun.get(i));
      assertThat(between).as("key %d", i).isGreaterThanOrEqualTo(PERIOD.minusSeconds(1));
      late += between.compareTo(PERIOD.plusDays(2)) > 0 ? 1 : 0;
    }
    assertThat(late).as("those that the outage held up").isLessThanOrEqualTo(1);
    assertThat(keys(KeyState.PRE_ACTIVE)).as("none left but the next").hasSizeLessThanOrEqualTo(1);
    assertThat(died[0]).isGreaterThan(5);
    assertThat(nodes.stream().mapToInt(each -> each.overdue).sum()).as("told").isPositive();
    for (YearNode each : nodes) {
      each.downUntil = Instant.EPOCH;
      each.last = seals(each.provider, each.last);
      assertThat(each.last).isEqualTo(nodes.get(0).last);
      assertThat(each.provider.overdue()).isZero();
    }
  }
}
