package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.mutation.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One sample of every kind of change; {@link EbtiMutationSoakTest} takes two hundred. */
@ExtendWith(SharedTestBed.class)
class EbtiMutationTest {

  private final TestBed bed;

  EbtiMutationTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void whatever_is_changed_gives_an_error_or_the_right_rows() {
    try (MutationRun run = new MutationRun(bed)) {
      long seed = 0;
      for (Kind kind : Kind.values()) {
        run.sample(kind, seed++);
      }
      System.out.println(run.report());
      assertThat(run.failures()).isEmpty();
    }
  }
}
