package io.cassandratde.tools.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When an approval is of another thing than what shall be done. */
class SubjectTest {

  private static final SubjectKey KEY = new SubjectKey("prod", "k1", "0badcafe");

  @Test
  void every_part_counts() {
    Subject done = Subject.shred("c1", "tenant", List.of(KEY), List.of("t1", "t2"));
    assertThat(done.differences(done)).isEmpty();
    List<Subject> others =
        List.of(
            new Subject(Act.DESTROY, "c1", "tenant", List.of(KEY), List.of("t1", "t2")),
            Subject.shred("c2", "tenant", List.of(KEY), List.of("t1", "t2")),
            Subject.shred("c1", "tenant2", List.of(KEY), List.of("t1", "t2")),
            Subject.shred(
                "c1", "tenant", List.of(new SubjectKey("p", "k1", "0badcafe")), done.tableIds()),
            Subject.shred(
                "c1", "tenant", List.of(new SubjectKey("prod", "k2", "0badcafe")), done.tableIds()),
            Subject.shred(
                "c1", "tenant", List.of(new SubjectKey("prod", "k1", "")), done.tableIds()),
            Subject.shred("c1", "tenant", List.of(KEY), List.of("t1")));
    for (Subject other : others) {
      assertThat(done.differences(other)).as(other.toString()).hasSize(1);
    }
  }

  @Test
  void lists_that_read_the_same_are_different() {
    Subject two = Subject.shred("c1", "tenant", List.of(KEY), List.of("t1", "t2"));
    Subject one = Subject.shred("c1", "tenant", List.of(KEY), List.of("t1, t2"));
    assertThat(two.differences(one)).hasSize(1);
  }
}
