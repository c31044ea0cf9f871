package io.cassandratde.tools.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.run.Display;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewrappingTest {

  private static DataKeyInfo key(String id) {
    String since = HierarchyBean.SINCE;
    return new DataKeyInfo(
        "prod", "", 256, 1, id, "0000aaaa", "ACTIVE", since, since, since, "m1", 1, since, 1);
  }

  @Test
  void no_more_keys_a_second_than_were_asked_for_and_a_failure_ends_nothing() throws Exception {
    List<Duration> pauses = new ArrayList<>();
    TestSession session = new TestSession();
    Display display =
        new Display(session.session().terminal().out(), false, InstantSource.system());
    Rewrapping rewrapping = new Rewrapping(new KeyHierarchy(List.of()), display, pauses::add, 4);
    Rewrapping.Outcome outcome = rewrapping.runAll(List.of(key("k1"), key("k2"), key("k3")));
    assertThat(outcome.failures()).containsOnlyKeys("k1", "k2", "k3");
    assertThat(outcome.wrapped()).isZero();
    assertThat(pauses).containsExactly(Duration.ofMillis(250), Duration.ofMillis(250));
  }
}
