package io.cassandratde.keys.kmip;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.kmip.HostHealth;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which hosts of a group answer, for operators and to tell an outage from a refusal. */
final class HostWatch {

  private static final Logger logger = LoggerFactory.getLogger(HostWatch.class);

  private final KmipClient client;
  private final String group;
  private final Set<KmipHost> down = ConcurrentHashMap.newKeySet();

  HostWatch(KmipClient client) {
    this.client = client;
    this.group = client.settings().group();
  }

  /** When each host answered last. */
  record Answers(List<@Nullable Instant> last) {}

  Answers answers() {
    List<@Nullable Instant> answers = new ArrayList<>();
    client.health().forEach(host -> answers.add(host.lastSuccess()));
    return new Answers(answers);
  }

  /** A look that got an answer has asked somebody, even if all hosts went away during it. */
  KeyException answered(Answers before, KeyException failure) {
    boolean asked = !before.equals(answers());
    return asked && failure instanceof KeyUnavailableException outage && outage.nobodyAsked()
        ? new KeyUnavailableException(String.valueOf(outage.getMessage()))
        : failure;
  }

  List<HostStatus> status() {
    return client.health().stream()
        .map(
            health ->
                new HostStatus(
                    group,
                    health.host().toString(),
                    health.consecutiveFailures(),
                    health.lastError(),
                    health.lastSuccess(),
                    health.latency()))
        .toList();
  }

  /**
   * A host that is down while another answers is no error: one warning when it goes, one line when
   * it is back.
   */
  void watch() {
    for (HostHealth health : client.health()) {
      if (health.consecutiveFailures() > 0 && down.add(health.host())) {
        logger.warn(
            "Host {} of KMIP group {} does not answer: {}; another host of the group does",
            health.host(),
            group,
            health.lastError());
      } else if (health.consecutiveFailures() == 0 && down.remove(health.host())) {
        logger.info("Host {} of KMIP group {} answers again", health.host(), group);
      }
    }
  }
}
