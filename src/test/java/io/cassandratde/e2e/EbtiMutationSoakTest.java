package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.mutation.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two hundred samples ({@code -Dtde.mutation.seed}, {@code -Dtde.mutation.samples}); to repeat one,
 * {@code -Dtde.mutation.first} as well.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
class EbtiMutationSoakTest {

  private final TestBed bed;

  EbtiMutationSoakTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void whatever_is_changed_gives_an_error_or_the_right_rows() {
    long seed = Long.getLong("tde.mutation.seed", 1);
    int samples = Integer.getInteger("tde.mutation.samples", 200);
    Kind[] kinds = Kind.values();
    try (MutationRun run = new MutationRun(bed)) {
      for (int sample = Integer.getInteger("tde.mutation.first", 0); sample < samples; sample++) {
        run.sample(kinds[sample % kinds.length], seed * 1_000_000 + sample);
      }
      System.out.println(run.report());
      assertThat(run.failures()).isEmpty();
    }
  }
}
