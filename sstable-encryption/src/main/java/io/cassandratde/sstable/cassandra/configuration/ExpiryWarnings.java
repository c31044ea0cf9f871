package io.cassandratde.sstable.cassandra.configuration;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Tells of certificates that end: 30, 7 and 1 days before it and at the end, each once. */
final class ExpiryWarnings {

  private static final List<Long> DAYS = List.of(0L, 1L, 7L, 30L);

  private final InstantSource clock;
  private final Consumer<String> log;

  /** The nearest of {@link #DAYS} that was told of. */
  private final Map<StoredCertificate, Long> told = new HashMap<>();

  ExpiryWarnings(InstantSource clock, Consumer<String> log) {
    this.clock = clock;
    this.log = log;
  }

  synchronized void look(Collection<StoredCertificate> certificates) {
    told.keySet().retainAll(certificates);
    Instant now = clock.instant();
    for (StoredCertificate certificate : certificates) {
      for (long limit : DAYS) {
        if (!certificate.held().notAfter().isAfter(now.plusSeconds(limit * 86_400))) {
          if (told.getOrDefault(certificate, Long.MAX_VALUE) > limit) {
            told.put(certificate, limit);
            log.accept(warning(certificate, now));
          }
          break;
        }
      }
    }
  }

  private static String warning(StoredCertificate certificate, Instant now) {
    boolean own = certificate.held().store().equals("keystore");
    List<String> words = new ArrayList<>();
    words.add(
        own
            ? "The certificate by which this node is known to the key servers of group"
            : "A certificate of an authority that this node trusts for the key servers of group");
    words.add(certificate.group());
    words.add("(" + certificate.held().subject() + ", serial " + certificate.held().serial() + ")");
    boolean ended = !certificate.held().notAfter().isAfter(now);
    words.add((ended ? "ENDED at " : "ends at ") + certificate.held().notAfter());
    words.add(ended ? "" : "in " + Math.max(0, certificate.daysLeft(now)) + " days");
    words.removeIf(String::isEmpty);
    return String.join(" ", words)
        + ": put a new one into the "
        + certificate.held().store()
        + "; the node takes it over without a restart";
  }
}
