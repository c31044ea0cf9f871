package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.format.carrier.KeyCanary;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this node fetch every key that any node proposes, whether it seals by that spec or not, and
 * report what it got. Fetched past all caches, so that the report is of what the servers give now.
 */
final class PublicationWatch {

  private static final Logger logger = LoggerFactory.getLogger(PublicationWatch.class);

  /** Whoever proposed it has given up long before. */
  private static final Duration OVER = Duration.ofHours(1);

  private record Key(String spec, String id) {}

  private final TdeRuntime runtime;
  private final Publications publications;
  private final InstantSource clock;
  private final Set<Key> reported = new HashSet<>();
  private final Set<Key> warned = new HashSet<>();
  private volatile List<KeyStageStatus> last = List.of();

  PublicationWatch(TdeRuntime runtime, Publications publications, InstantSource clock) {
    this.runtime = runtime;
    this.publications = publications;
    this.clock = clock;
  }

  /** What the last round saw. */
  List<KeyStageStatus> last() {
    return last;
  }

  /**
   * Reports on what is new, and returns what all nodes say by now.
   *
   * @throws ControlUnavailableException nothing can be told now
   */
  synchronized List<KeyStageStatus> round() {
    List<KeyStageStatus> stages = new ArrayList<>();
    Set<UUID> live = Cluster.live();
    List<Proposal> proposals = publications.all();
    for (Proposal proposal : proposals) {
      boolean current = proposal.current() != null || isCurrent(proposal);
      Agreement agreement = agreement(proposal, live);
      if (current && proposal.current() == null) {
        publications.current(proposal);
      } else if (!current && needsReport(proposal, agreement)) {
        report(proposal);
        agreement = agreement(proposal, live);
      }
      stages.add(status(proposal, agreement, current));
    }
    List<Key> there = proposals.stream().map(each -> new Key(each.spec(), each.keyId())).toList();
    reported.retainAll(there);
    warned.retainAll(there);
    last = List.copyOf(stages);
    return last;
  }

  private Agreement agreement(Proposal proposal, Set<UUID> live) {
    return Agreement.of(publications.reports(proposal.spec(), proposal.keyId()), live);
  }

  /** Again while nodes differ: this one may be what was mended. */
  private boolean needsReport(Proposal proposal, Agreement agreement) {
    return proposal.at().plus(OVER).isAfter(clock.instant())
        && (agreement.different()
            || !reported.contains(new Key(proposal.spec(), proposal.keyId())));
  }

  private boolean isCurrent(Proposal proposal) {
    for (Map.Entry<KeySpec, KeyReference> sealing : runtime.keys().sealing().entrySet()) {
      if (sealing.getKey().toString().equals(proposal.spec())
          && sealing.getValue().keyId().equals(proposal.keyId())) {
        return true;
      }
    }
    return false;
  }

  private void report(Proposal proposal) {
    KeyReport report = fetch(proposal);
    Key key = new Key(proposal.spec(), proposal.keyId());
    if (report.isDone()) {
      reported.add(key);
    } else if (warned.add(key)) {
      logger.warn(
          "New key {} for {} was proposed by node {}, and this node does not get it: {}",
          proposal.keyId(),
          proposal.spec(),
          proposal.by(),
          report.failure());
    }
    publications.report(proposal.spec(), proposal.keyId(), report);
  }

  private KeyReport fetch(Proposal proposal) {
    KeySpec hint = runtime.config().withGroupNow(proposal.hint());
    if (!runtime.config().kmipGroups().containsKey(hint.group())) {
      return KeyReport.withoutGroup(Cluster.self(), hint.group());
    }
    DataKey key;
    try {
      // Its check value is what is asked for.
      key = runtime.keys().fetchApart(hint, new KeyReference(hint.groupTag(), proposal.keyId(), 0));
    } catch (KeyException e) {
      return new KeyReport(Cluster.self(), "", String.valueOf(e.getMessage()));
    }
    try {
      KeyCanary.requireOpens(key, runtime.hkdf(), runtime.cryptoProvider());
      return new KeyReport(Cluster.self(), "%08x".formatted(key.reference().checkValue()), "");
    } finally {
      key.retire();
    }
  }

  private static KeyStageStatus status(Proposal proposal, Agreement agreement, boolean current) {
    String stage = agreement.isComplete() ? "published" : "proposed";
    return new KeyStageStatus(
        proposal.spec(),
        proposal.group(),
        proposal.keyId(),
        current ? "current" : stage,
        proposal.by().toString(),
        proposal.at().toString(),
        agreement.reports().entrySet().stream()
            .collect(Collectors.toMap(each -> each.getKey().toString(), Map.Entry::getValue)),
        agreement.awaited().stream().map(UUID::toString).toList());
  }
}
