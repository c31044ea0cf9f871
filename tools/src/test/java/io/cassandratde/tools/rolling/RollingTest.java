package io.cassandratde.tools.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RollingTest {

  private record Place(String name, String rack) {}

  private static final List<Place> PLACES =
      List.of(
          new Place("a", "r1"), new Place("b", "r1"), new Place("c", "r1"), new Place("d", "r2"));

  private final Set<Place> working = new HashSet<>();
  private final List<Set<Place>> seen = new ArrayList<>();

  private void work(Place place, CountDownLatch together) throws InterruptedException {
    synchronized (seen) {
      working.add(place);
      seen.add(Set.copyOf(working));
    }
    together.countDown();
    assertThat(together.await(60, TimeUnit.SECONDS)).isTrue();
    synchronized (seen) {
      working.remove(place);
    }
  }

  @Test
  void as_many_nodes_as_may_be_and_of_one_rack() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    new Rolling(2, false).run(PLACES, Place::rack, place -> work(place, two));
    assertThat(seen).hasSize(4).allMatch(set -> set.size() <= 2).anyMatch(set -> set.size() == 2);
    assertThat(seen).allMatch(set -> set.stream().map(Place::rack).distinct().count() == 1);
  }

  @Test
  void of_several_racks_where_that_is_asked_for() throws Exception {
    CountDownLatch four = new CountDownLatch(4);
    new Rolling(4, true).run(PLACES, Place::rack, place -> work(place, four));
    assertThat(seen).anyMatch(set -> set.size() == 4);
  }
}
