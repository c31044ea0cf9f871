package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.replicated.RotationSchedule.Next;
import io.cassandratde.keys.replicated.RotationSchedule.Step;
import io.cassandratde.keys.rotation.Due;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {

  private static final Duration PERIOD = Duration.ofDays(30);
  private static final Duration DAY = Duration.ofDays(1);
  private static final long NO_LIMIT = RotationPolicy.NO_LIMIT;
  private static final RotationPolicy MONTHLY = new RotationPolicy(PERIOD, DAY, NO_LIMIT, NO_LIMIT);

  private final TestCluster cluster;

  RotationTest(@TempDir Path root) {
    cluster = new TestCluster(root);
  }

  private Step after(Duration time) {
    return RotationSchedule.at(
        cluster.table.line(TestCluster.LINE),
        MONTHLY,
        row -> Sealed.NOTHING,
        cluster.newest().activeFrom().plus(time));
  }

  @Test
  void a_key_is_published_before_its_time_and_overdue_after_it() {
    var unused = cluster.node(1).seals();
    Instant due = cluster.now().plus(PERIOD);
    assertThat(after(PERIOD.minus(DAY).minusMillis(1))).isEqualTo(new Step(null, null));
    Next onTime = new Next(1, due, "a period of PT720H");
    assertThat(after(PERIOD.minus(DAY))).isEqualTo(new Step(onTime, null));
    assertThat(after(PERIOD.minusMillis(1))).isEqualTo(new Step(onTime, null));
    assertThat(after(PERIOD)).isEqualTo(new Step(onTime, null));
    assertThat(after(PERIOD.plusHours(1))).isEqualTo(new Step(onTime, null));
    assertThat(after(PERIOD.plusHours(1).plusMillis(1))).isEqualTo(new Step(onTime, due));
    Next late = new Next(1, due.plus(PERIOD.multipliedBy(2)), "a period of PT720H");
    assertThat(after(PERIOD.multipliedBy(3).plusHours(5))).isEqualTo(new Step(late, due));
  }

  @Test
  void a_key_that_is_published_is_not_published_again() {
    TestCluster.Node node = cluster.node(1);
    var unused = node.seals();
    node.keys().rotate(TestCluster.LINE, 1, cluster.now().plus(PERIOD));
    assertThat(
            RotationSchedule.at(
                    cluster.table.line(TestCluster.LINE),
                    new RotationPolicy(PERIOD, DAY, 1000, NO_LIMIT),
                    row -> new Sealed(row.version() == 1 ? 1000 : 0, 1),
                    cluster.now())
                .next())
        .as("what seals counts, and not what is published")
        .extracting(Next::after)
        .isEqualTo(2);
    for (long seconds : List.of(-5L, 5L)) {
      Instant then = cluster.now().plus(PERIOD).plusSeconds(seconds);
      assertThat(
              RotationSchedule.at(
                  cluster.table.line(TestCluster.LINE), MONTHLY, row -> Sealed.NOTHING, then))
          .isEqualTo(new Step(null, null));
    }
    assertThat(RotationSchedule.at(List.of(), MONTHLY, row -> Sealed.NOTHING, cluster.now()))
        .isEqualTo(new Step(null, null));
  }

  @Test
  void limits_count_what_the_current_key_sealed_and_need_no_period() {
    var unused = cluster.node(1).seals();
    RotationPolicy limits = new RotationPolicy(null, Duration.ZERO, 1000, 50);
    List<DataKeyRow> rows = cluster.table.line(TestCluster.LINE);
    Instant now = cluster.now().plus(Duration.ofDays(4000));
    assertThat(RotationSchedule.at(rows, limits, row -> new Sealed(999, 49), now).next()).isNull();
    for (Sealed much : List.of(new Sealed(1000, 1), new Sealed(1, 50))) {
      Next next = RotationSchedule.at(rows, limits, row -> much, now).next();
      assertThat(Objects.requireNonNull(next).activeFrom()).isEqualTo(now);
      assertThat(next.after()).isEqualTo(1);
    }
    RotationPolicy both = new RotationPolicy(PERIOD, DAY, 1000, 50);
    Instant ahead = cluster.now().plus(PERIOD).minusSeconds(60);
    Sealed much = new Sealed(1000, 1);
    assertThat(RotationSchedule.at(rows, both, row -> much, ahead).next())
        .as("it does not wait for the time of the next one")
        .extracting(Next::activeFrom)
        .isEqualTo(ahead);
  }

  @Test
  void nodes_that_reach_their_limits_at_once_make_one_key() {
    KeyReference first = cluster.node(1).seals();
    RotationPolicy limits = new RotationPolicy(null, Duration.ZERO, 1000, NO_LIMIT);
    for (int i = 0; i < 3; i++) {
      Rotation rotation =
          cluster
              .node(i)
              .provider
              .rotation(
                  line -> limits,
                  row -> row.reference().equals(first) ? new Sealed(2000, 2) : Sealed.NOTHING);
      assertThat(rotation.round()).hasSize(i == 0 ? 1 : 0);
    }
    assertThat(cluster.table.all()).hasSize(2);
    assertThat(cluster.node(1).seals(first)).isEqualTo(cluster.newest().reference());
  }

  @Test
  void policies_that_mean_nothing_are_refused() {
    assertThatThrownBy(() -> new RotationPolicy(Duration.ZERO, Duration.ZERO, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RotationPolicy(PERIOD, PERIOD, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RotationPolicy(PERIOD, DAY, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RotationPolicy(PERIOD, DAY, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RotationPolicy(PERIOD, DAY.negated(), 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Else keys of a few hours would be overdue when they are to be replaced again. */
  @Test
  void in_a_short_period_a_tenth_of_it_is_late_enough() {
    Instant begun = cluster.now();
    Duration period = Duration.ofMinutes(100);
    RotationPolicy policy = new RotationPolicy(period, Duration.ZERO, NO_LIMIT, NO_LIMIT);
    Instant end = begun.plus(period);
    assertThat(policy.due(begun, end.plusSeconds(600))).extracting(Due::overdueSince).isNull();
    assertThat(policy.due(begun, end.plusSeconds(601)))
        .extracting(Due::overdueSince)
        .isEqualTo(end);
  }

  @Test
  void a_line_without_a_policy_is_left_alone() {
    var unused = cluster.node(1).seals();
    cluster.advance(Duration.ofDays(400));
    Rotation rotation = cluster.node(1).provider.rotation(line -> null, row -> Sealed.NOTHING);
    assertThat(rotation.round()).isEmpty();
    assertThat(cluster.table.all()).hasSize(1);
  }

  @Test
  void what_could_not_happen_is_told_in_an_outage_too_and_made_up_for_once() {
    TestCluster.Node node = cluster.node(1);
    var unused = node.seals();
    Instant due = cluster.now().plus(PERIOD);
    Rotation rotation = node.provider.rotation(line -> MONTHLY, row -> Sealed.NOTHING);
    node.provider.use(cluster.table.through(TestCluster.away()));
    cluster.advance(PERIOD.minusHours(2));
    assertThat(rotation.round()).isEmpty();
    assertThat(rotation.overdue()).isEmpty();
    cluster.advance(Duration.ofHours(4));
    assertThat(TestCluster.logged(rotation::round)).contains("ERROR", "OVERDUE", due.toString());
    assertThat(rotation.overdue()).containsExactly(Map.entry(TestCluster.LINE, due));
    cluster.advance(PERIOD.multipliedBy(2));
    node.provider.use(cluster.table);
    assertThat(rotation.round()).hasSize(1);
    assertThat(rotation.overdue()).isEmpty();
    assertThat(rotation.round()).isEmpty();
    assertThat(cluster.table.all()).hasSize(2);
    assertThat(cluster.newest().activeFrom()).isEqualTo(due.plus(PERIOD.multipliedBy(2)));
  }

  /** One of the year's nodes: its clock is off, it fails, and it dies in the middle. */
  private final class YearNode {
    final TestCluster.Node node;
    final Rotation rotation;
    final Random random;
    Instant downUntil = Instant.EPOCH;
    @Nullable KeyReference seals;
    int overdue;
    int deaths;

    YearNode(int number, Duration skew, Random random) {
      this.random = random;
      node = cluster.node(number, this::step).skewed(skew);
      rotation = node.provider.rotation(line -> MONTHLY, row -> Sealed.NOTHING);
    }

    private void step(String name) {
      if (cluster.now().isBefore(downUntil) || outage) {
        throw KeyUnavailableException.nobodyAsked("away");
      }
      boolean writes = name.contains("add") || name.contains("change");
      if (random.nextInt(writes ? 4 : 2000) == 0) {
        // The process dies there and is back some hours later.
        deaths++;
        downUntil = cluster.now().plus(Duration.ofMinutes(random.nextInt(600)));
        throw KeyUnavailableException.nobodyAsked("died at " + name);
      }
    }
  }

  private boolean outage;

  @Test
  void a_year_of_rotations_with_clocks_that_differ_and_nodes_that_die() {
    Random random = new Random(20261127);
    List<YearNode> nodes = new ArrayList<>();
    for (long minutes : List.of(0L, 7L, -11L, 120L, -45L)) {
      nodes.add(new YearNode(nodes.size(), Duration.ofMinutes(minutes), random));
    }
    Instant start = cluster.now();
    var unused = cluster.node(77).seals();
    Instant outageFrom = start.plus(PERIOD.multipliedBy(5)).minus(Duration.ofDays(2));
    Instant outageUntil = outageFrom.plus(Duration.ofDays(4));
    Map<Integer, Instant> firstUse = new HashMap<>();
    for (int hour = 0; hour < 365 * 24; hour++) {
      cluster.advance(Duration.ofHours(1));
      outage = cluster.now().isAfter(outageFrom) && cluster.now().isBefore(outageUntil);
      for (YearNode each : nodes) {
        if (random.nextInt(2000) == 0) {
          each.downUntil = cluster.now().plus(Duration.ofHours(random.nextInt(200)));
        }
        if (random.nextInt(10) != 0) { // a timer that is late now and then
          each.rotation.round();
          each.overdue += each.rotation.overdue().size();
        }
        if ((hour + 11 * nodes.indexOf(each)) % 60 == 0) { // each look syncs files
          seal(each, firstUse);
        }
      }
      assertThat(KeyMaker.current(cluster.table.line(TestCluster.LINE), cluster.now(), null))
          .as("there is always a key, hour %d", hour)
          .isNotNull();
      assertOneKeyForEachPeriod(start);
    }
    List<DataKeyRow> made =
        cluster.table.all().stream().filter(row -> row.state() != DataKeyState.RETIRED).toList();
    assertThat(made).as("one for each begun period, the next in advance or not").hasSize(13);
    for (DataKeyRow row : made) {
      if (row.version() > 1 && !row.activeFrom().equals(start.plus(PERIOD.multipliedBy(5)))) {
        assertThat(row.createdAt())
            .as("published ahead: %s", row)
            .isBetween(row.activeFrom().minus(DAY).minus(Duration.ofHours(3)), row.activeFrom());
      }
      Instant used = firstUse.get(row.version());
      assertThat(Objects.requireNonNull(used)).isAfter(row.activeFrom().minus(Duration.ofHours(3)));
    }
    assertThat(nodes.stream().mapToInt(each -> each.overdue).sum()).as("told").isPositive();
    assertThat(nodes.stream().mapToInt(each -> each.deaths).sum()).isGreaterThan(20);
    assertThat(nodes).allSatisfy(each -> assertThat(each.rotation.overdue()).isEmpty());
  }

  private void seal(YearNode each, Map<Integer, Instant> firstUse) {
    try {
      KeyReference now = each.node.seals(each.seals);
      assertThat(each.node.file(now)).exists();
      each.seals = now;
      int version =
          Objects.requireNonNull(cluster.table.byId(UUID.fromString(now.keyId()))).row().version();
      firstUse.putIfAbsent(version, cluster.now());
    } catch (KeyUnavailableException down) {
      // Seals on by its last key.
    }
  }

  private void assertOneKeyForEachPeriod(Instant start) {
    Map<Long, DataKeyRow> periods = new TreeMap<>();
    for (DataKeyRow row : cluster.table.line(TestCluster.LINE)) {
      if (row.state() == DataKeyState.RETIRED) {
        continue;
      }
      Duration since = Duration.between(start, row.activeFrom());
      long number = since.dividedBy(PERIOD);
      assertThat(periods.put(number, row)).as("two keys for period %d", number).isNull();
      assertThat(since).isEqualTo(PERIOD.multipliedBy(number));
    }
  }

  @Test
  void a_clock_that_jumps_ahead_or_back_makes_no_second_key_for_a_period() {
    var unused = cluster.node(1).seals();
    Instant start = cluster.now();
    for (Duration jump : List.of(Duration.ofDays(40), Duration.ofDays(-40), Duration.ofDays(-3))) {
      Rotation wild =
          cluster.node(9).skewed(jump).provider.rotation(line -> MONTHLY, row -> Sealed.NOTHING);
      wild.round();
      wild.round();
      cluster.node(1).provider.rotation(line -> MONTHLY, row -> Sealed.NOTHING).round();
      assertOneKeyForEachPeriod(start);
      assertThat(cluster.table.line(TestCluster.LINE)).hasSizeLessThanOrEqualTo(2);
      assertThat(cluster.node(1).seals()).isEqualTo(cluster.node(2).seals());
      cluster.advance(Duration.ofDays(1));
    }
  }

  private Rotation rotation(TestCluster.Node node) {
    return node.provider.rotation(line -> MONTHLY, row -> Sealed.NOTHING);
  }

  @Test
  void a_clock_that_stays_a_year_ahead_ends_no_rotation_elsewhere_and_is_told() {
    TestCluster.Node right = cluster.node(1);
    KeyReference sealing = right.seals();
    TestCluster.Node wild = cluster.node(9).skewed(Duration.ofDays(400));
    Rotation wrong = rotation(wild);
    assertThat(wrong.round()).hasSize(1);
    KeyReference wildSeals = wild.seals(sealing); // and ends the first key for all
    Rotation rotation = rotation(right);
    assertThat(TestCluster.logged(rotation::round))
        .contains(
            "WRONG CLOCK",
            cluster.newest().keyId().toString(),
            "counted from key " + sealing.keyId());
    assertThat(rotation.ahead()).containsKey(TestCluster.LINE);
    assertThat(rotation.troubled()).isOne();
    assertThat(TestCluster.logged(rotation::round)).as("once").isEmpty();
    int changes = 0;
    for (int day = 1; day <= 500; day++) {
      cluster.advance(DAY);
      rotation.round();
      wrong.round();
      if (day % 5 != 0) {
        continue; // each look syncs files
      }
      KeyReference now = right.seals(sealing);
      changes += now.equals(sealing) ? 0 : 1;
      sealing = now;
      wildSeals = wild.seals(wildSeals);
      right.opens(wildSeals);
      assertThat(rotation.overdue()).isEmpty();
      assertThat(changes).as("day %d", day).isGreaterThanOrEqualTo(day / 30);
    }
    assertThat(cluster.table.all()).as("three a period at most").hasSizeLessThan(3 * 500 / 30 + 5);
    wild.skewed(Duration.ZERO);
    for (int day = 0; day < 31; day++) {
      cluster.advance(DAY);
      rotation.round();
      wrong.round();
    }
    assertThat(rotation.troubled()).isZero();
    assertThat(wrong.troubled()).isZero();
  }

  @Test
  void where_no_key_shows_when_the_next_is_due_none_is_made_and_the_remedy_is_told() {
    KeyReference first = cluster.node(9).skewed(Duration.ofDays(400)).seals();
    TestCluster.Node right = cluster.node(1);
    Rotation rotation = rotation(right);
    String told = TestCluster.logged(rotation::round);
    assertThat(told).contains("WRONG CLOCK", first.keyId(), "keys rotate --master system_key");
    assertThat(cluster.table.all()).hasSize(1);
    assertThat(rotation.troubled()).isOne();
    var unused = right.keys().rotate(TestCluster.LINE, 1, null);
    rotation.round();
    assertThat(rotation.troubled()).isZero();
    cluster.advance(PERIOD);
    assertThat(rotation.round()).hasSize(1);
  }
}
