package io.cassandratde.sstable.cassandra.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.kmip.KeyPublication.Candidate;
import io.cassandratde.keys.kmip.KeyPublication.Outcome;
import io.cassandratde.keys.kmip.KeyPublication.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an election hears of the other nodes, whose rows are in a list here. */
class SharedPublicationTest {

  private static final UUID SELF = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);
  private static final KeySpec SPEC = KeySpec.kmip("prod", null, CipherSpec.AES_256);

  /** As {@link KeyReference} has it, and as it is written. */
  private static final int CHECK_VALUE = 0x0badcafe;

  private final Rows rows = new Rows();
  private final Set<UUID> live = new HashSet<>(Set.of(SELF, OTHER));
  private long nanos;
  private Runnable atPause = () -> {};

  /** The keyspace. */
  private static final class Rows extends Publications {
    private final List<KeyReport> reports = new ArrayList<>();
    private @Nullable Proposal proposal;
    private boolean down;

    Rows() {
      super(new ControlStatements(Duration.ofSeconds(1)), () -> Instant.EPOCH);
    }

    @Override
    @Nullable Proposal of(String spec) {
      if (down) {
        throw new ControlUnavailableException("no quorum");
      }
      return proposal;
    }

    @Override
    boolean propose(KeySpec spec, String keyId, @Nullable Proposal over) {
      proposal = proposal(keyId);
      return true;
    }

    static Proposal proposal(String keyId) {
      return new Proposal(SPEC.toString(), "prod", null, 256, keyId, OTHER, Instant.EPOCH, null);
    }

    @Override
    void report(String spec, String keyId, KeyReport report) {
      reports.add(report);
    }

    @Override
    List<KeyReport> reports(String spec, String keyId) {
      return reports;
    }
  }

  private Outcome publish() throws InterruptedException {
    SharedPublication publication =
        new SharedPublication(
            rows,
            spec -> {},
            new SharedPublication.Surroundings(
                () -> true,
                () -> live,
                () -> SELF,
                () -> nanos,
                time -> {
                  nanos += time.toNanos();
                  atPause.run();
                }),
            Duration.ofSeconds(30));
    KeyReference key = new KeyReference(SPEC.groupTag(), "k1", CHECK_VALUE);
    return publication.publish(new Candidate(SPEC, key, Set.of("k1", "k2")));
  }

  private static KeyReport got(String checkValue) {
    return new KeyReport(OTHER, checkValue, "");
  }

  @Test
  void published_when_each_live_node_has_confirmed_it_and_not_before() throws Exception {
    atPause = () -> rows.reports.add(got("0badcafe"));
    assertThat(publish().verdict()).isEqualTo(Verdict.PUBLISHED);
    assertThat(rows.reports).hasSize(2);
  }

  @Test
  void a_live_node_without_it_is_named_after_the_limit() throws Exception {
    Outcome outcome = publish();
    assertThat(outcome.verdict()).isEqualTo(Verdict.INCOMPLETE);
    assertThat(outcome.detail()).contains(OTHER + "=no word from it");
    assertThat(nanos).isEqualTo(Duration.ofSeconds(30).toNanos());
    live.remove(OTHER);
    assertThat(publish().verdict()).as("it is down").isEqualTo(Verdict.PUBLISHED);
  }

  @Test
  void another_key_under_the_same_id_is_told() throws Exception {
    rows.reports.add(got("0badcaff"));
    Outcome outcome = publish();
    assertThat(outcome.verdict()).isEqualTo(Verdict.DIFFERENT);
    assertThat(outcome.detail()).contains("0badcafe", "0badcaff");
  }

  @Test
  void a_contender_that_was_proposed_first_stands_and_no_other_key_does() throws Exception {
    rows.proposal = Rows.proposal("k2");
    Outcome outcome = publish();
    assertThat(outcome.verdict()).isEqualTo(Verdict.OTHER);
    assertThat(outcome.detail()).isEqualTo("k2");
    rows.proposal = Rows.proposal("planted");
    rows.reports.add(got("0badcafe"));
    assertThat(publish().verdict()).isEqualTo(Verdict.PUBLISHED);
    assertThat(rows.proposal).as("it is no contender").isEqualTo(Rows.proposal("k1"));
  }

  @Test
  void what_cannot_be_asked_stops_nobody() throws Exception {
    rows.down = true;
    Outcome outcome = publish();
    assertThat(outcome.verdict()).isEqualTo(Verdict.NOT_SHARED);
    assertThat(outcome.detail()).isEqualTo("no quorum");
  }
}
