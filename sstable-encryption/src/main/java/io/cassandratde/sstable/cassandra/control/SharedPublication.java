package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.kmip.KeyPublication;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes new keys through {@code encryption_control}. Whatever fails of that ends in {@link
 * KeyPublication.Verdict#NOT_SHARED}: the key may be the very one that the keyspace's own writes
 * wait for.
 */
final class SharedPublication implements KeyPublication {

  private static final int ATTEMPTS = 3;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  /** What it needs of the rest, so that tests can stand in for a cluster. */
  record Surroundings(
      BooleanSupplier needed,
      Supplier<Set<UUID>> live,
      Supplier<UUID> self,
      LongSupplier nanos,
      Waiting waiting) {}

  /** Lets time pass. */
  interface Waiting {
    void pause(Duration time) throws InterruptedException;
  }

  /** Makes the keyspace be there, or throws ControlUnavailableException. */
  interface Opening {
    void open(KeySpec spec);
  }

  private final Publications publications;
  private final Opening keyspace;
  private final Surroundings surroundings;
  private final Duration limit;

  SharedPublication(
      Publications publications, Opening keyspace, Surroundings surroundings, Duration limit) {
    this.publications = publications;
    this.keyspace = keyspace;
    this.surroundings = surroundings;
    this.limit = limit;
  }

  @Override
  public boolean isNeeded() {
    return surroundings.needed().getAsBoolean();
  }

  @Override
  public Outcome publish(Candidate candidate) throws InterruptedException {
    try {
      keyspace.open(candidate.spec());
      String spec = candidate.spec().toString();
      String keyId = candidate.key().keyId();
      String stands = stands(candidate);
      if (!stands.equals(keyId)) {
        return new Outcome(Verdict.OTHER, stands);
      }
      publications.report(
          spec,
          keyId,
          new KeyReport(
              surroundings.self().get(), "%08x".formatted(candidate.key().checkValue()), ""));
      return await(spec, keyId);
    } catch (ControlUnavailableException e) {
      return new Outcome(Verdict.NOT_SHARED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The id of the key that is proposed now. A plain read goes first: on a large cluster all nodes
   * come here at once, and transactions of so many would be in each other's way.
   */
  private String stands(Candidate candidate) {
    String spec = candidate.spec().toString();
    @Nullable ControlUnavailableException failure = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Proposal there = publications.of(spec);
      if (there != null && candidate.contenders().contains(there.keyId())) {
        return there.keyId();
      }
      try {
        if (publications.propose(candidate.spec(), candidate.key().keyId(), there)) {
          return candidate.key().keyId();
        }
      } catch (ControlUnavailableException contended) {
        failure = contended; // whether it was applied, the next look tells
      }
    }
    throw failure != null
        ? failure
        : new ControlUnavailableException("other nodes keep proposing other keys for " + spec);
  }

  private Outcome await(String spec, String keyId) throws InterruptedException {
    long start = surroundings.nanos().getAsLong();
    for (; ; ) {
      Agreement agreement =
          Agreement.of(publications.reports(spec, keyId), surroundings.live().get());
      if (agreement.different()) {
        return new Outcome(Verdict.DIFFERENT, "check values by host id " + agreement.reports());
      }
      if (agreement.isComplete()) {
        return new Outcome(Verdict.PUBLISHED, "");
      }
      if (surroundings.nanos().getAsLong() - start >= limit.toNanos()) {
        return new Outcome(Verdict.INCOMPLETE, agreement.missing());
      }
      surroundings.waiting().pause(BETWEEN_LOOKS);
    }
  }
}
