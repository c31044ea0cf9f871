package io.cassandratde.kmip.transport;

import io.cassandratde.kmip.HostHealth;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipProtocolException;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.ProtocolVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of one group, tried in the order of the configuration. Whatever kept a host from
 * answering, the next one is tried; an answer, a refusal too, ends the call.
 */
public final class Failover implements AutoCloseable {
  private final KmipSettings settings;
  private final LongSupplier nanoTime;
  private final TlsStores stores;
  private final Watchdog watchdog;
  private final List<Host> hosts;

  private record Host(HostChannel channel, Backoff backoff) {}

  /** What is done on one host. */
  @FunctionalInterface
  public interface HostCall<R> {
    R on(HostChannel channel, Deadline deadline) throws HostFailure, KmipException;
  }

  /** Reads the TLS stores; makes no connection. */
  public Failover(KmipSettings settings, InstantSource clock, LongSupplier nanoTime)
      throws KmipTlsException {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.stores = TlsStores.load(settings.group(), settings.tls());
    SSLContext context = stores.context();
    this.watchdog = new Watchdog(settings.group());
    this.hosts =
        settings.hosts().stream()
            .map(
                host ->
                    new Host(
                        new HostChannel(host, settings, context, watchdog, nanoTime),
                        new Backoff(clock)))
            .toList();
  }

  public TlsStores stores() {
    return stores;
  }

  /**
   * Runs a call on the first host that answers.
   *
   * @param what the operation and its subject, for messages
   * @param idempotent if not, a request that may have reached a host is repeated on no other
   */
  public <R> R run(String what, boolean idempotent, HostCall<R> call) throws KmipException {
    Deadline deadline = Deadline.after(settings.deadline(), nanoTime);
    Map<String, String> reasons = new LinkedHashMap<>();
    List<HostFailure> failures = new ArrayList<>();
    for (Host host : inOrder()) {
      if (deadline.hasPassed()) {
        reasons.put(host.channel.host().toString(), "not tried: the deadline had passed");
        continue;
      }
      try {
        return attempt(host, call, deadline);
      } catch (HostFailure failure) {
        reasons.put(host.channel.host().toString(), failure.reason());
        failures.add(failure);
        if (!idempotent && failure.requestSent()) {
          throw mayHaveBeenDone(what, host.channel.host(), failure, reasons);
        }
      }
    }
    throw nobodyAnswered(what, reasons, failures);
  }

  /** Runs a call on this host only. */
  public <R> R runOn(KmipHost name, String what, HostCall<R> call) throws KmipException {
    Host host =
        hosts.stream()
            .filter(candidate -> candidate.channel.host().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        name + " is no host of KMIP group '" + settings.group() + "'"));
    try {
      return attempt(host, call, Deadline.after(settings.deadline(), nanoTime));
    } catch (HostFailure failure) {
      throw nobodyAnswered(what, Map.of(name.toString(), failure.reason()), List.of(failure));
    }
  }

  private <R> R attempt(Host host, HostCall<R> call, Deadline deadline)
      throws HostFailure, KmipException {
    long start = nanoTime.getAsLong();
    try {
      R result = call.on(host.channel, deadline);
      host.backoff.answered(since(start));
      return result;
    } catch (HostFailure failure) {
      if (failure.kind() != HostFailure.Kind.BUSY) {
        host.backoff.failed(failure.reason());
        host.channel.discardIdle();
      }
      throw failure;
    } catch (KmipException answer) {
      host.backoff.answered(since(start));
      throw answer;
    }
  }

  private Duration since(long start) {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }

  /** Healthy hosts first, each part in the order of the configuration (the sort is stable). */
  private List<Host> inOrder() {
    Map<Host, Boolean> backingOff = new LinkedHashMap<>();
    hosts.forEach(host -> backingOff.put(host, host.backoff.isBackingOff()));
    return hosts.stream().sorted(Comparator.comparing(backingOff::get)).toList();
  }

  private KmipException nobodyAnswered(
      String what, Map<String, String> reasons, List<HostFailure> failures) {
    StringBuilder message =
        new StringBuilder(
            "%s: no host of KMIP group '%s' answered".formatted(what, settings.group()));
    reasons.forEach(
        (host, reason) -> message.append("; ").append(host).append(": ").append(reason));
    if (all(failures, HostFailure.Kind.TLS)) {
      return new KmipTlsException(
          message.append(". Check certificates, host names and truststore_path.").toString());
    }
    if (all(failures, HostFailure.Kind.MALFORMED)) {
      return new KmipProtocolException(
          message.append(". Check what listens on that port.").toString());
    }
    return new KmipUnavailableException(
        message.append(remedy(failures)).toString(), reasons, areSilent(failures));
  }

  private static String remedy(List<HostFailure> failures) {
    if (all(failures, HostFailure.Kind.BUSY)) {
      return ". Raise max_connections_per_host, or try again later.";
    }
    boolean slow = failures.stream().anyMatch(f -> f.kind() == HostFailure.Kind.TIMED_OUT);
    return ". Check that the servers run, host and port in kmip_hosts, and firewalls"
        + (slow ? "; a slow server needs a longer timeout." : ".");
  }

  private KmipException mayHaveBeenDone(
      String what, KmipHost host, HostFailure failure, Map<String, String> reasons) {
    String message =
        "%s of KMIP group '%s' got no answer from %s (%s). It may have been carried out: look before you repeat it."
            .formatted(what, settings.group(), host, failure.reason());
    return failure.kind() == HostFailure.Kind.MALFORMED
        ? new KmipProtocolException(message)
        : new KmipUnavailableException(message, reasons, false);
  }

  private static boolean areSilent(List<HostFailure> failures) {
    return !failures.isEmpty()
        && failures.stream()
            .allMatch(
                failure ->
                    switch (failure.kind()) {
                      case UNREACHABLE, TIMED_OUT, BROKEN -> true;
                      case TLS, MALFORMED, BUSY -> false;
                    });
  }

  private static boolean all(List<HostFailure> failures, HostFailure.Kind kind) {
    return !failures.isEmpty() && failures.stream().allMatch(failure -> failure.kind() == kind);
  }

  /** One row per host, in the order of the configuration. */
  public List<HostHealth> health(Function<KmipHost, @Nullable ProtocolVersion> versions) {
    return hosts.stream()
        .map(
            host -> {
              Backoff.State state = host.backoff.state();
              return new HostHealth(
                  host.channel.host(),
                  versions.apply(host.channel.host()),
                  state.consecutiveFailures(),
                  state.retryAfter(),
                  state.lastError(),
                  state.lastSuccess(),
                  state.latency());
            })
        .toList();
  }

  @Override
  public void close() {
    hosts.forEach(host -> host.channel.close());
    watchdog.close();
  }
}
