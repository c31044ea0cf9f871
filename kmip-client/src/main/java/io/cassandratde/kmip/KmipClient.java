package io.cassandratde.kmip;

import io.cassandratde.kmip.transport.Failover;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One KMIP group. Thread-safe; connections are pooled and opened when needed; every call ends by
 * the deadline of the settings with a result or a {@link KmipException}.
 *
 * <p>Hosts are tried in the order of the settings, those that failed lately last. Any answer ends
 * the call, a refusal too. Requests that must not be carried out twice (Create, Register, ReKey,
 * Activate, Revoke, Destroy and the like) are sent once: if no answer comes, the call fails at once
 * and says that the outcome is open.
 */
public final class KmipClient implements AutoCloseable {
  private final KmipSettings settings;
  private final Failover failover;
  private final Exchange exchange;

  /**
   * Reads the stores and does no other I/O.
   *
   * @throws KmipTlsException if a store cannot be used; names the file
   */
  public KmipClient(KmipSettings settings) throws KmipException {
    this(settings, Clock.systemUTC());
  }

  /** With a clock for back-off; time-outs go by the system's. */
  public KmipClient(KmipSettings settings, InstantSource clock) throws KmipException {
    this.settings = settings;
    this.failover = new Failover(settings, clock, System::nanoTime);
    this.exchange = new Exchange(settings);
  }

  public KmipSettings settings() {
    return settings;
  }

  /** The result from the first host that answers. */
  public <R> R call(Operation<R> operation) throws KmipException {
    return exchange(operation).result();
  }

  /** Like {@link #call}, with the host that answered and its time. */
  public <R> Reply<R> exchange(Operation<R> operation) throws KmipException {
    return only(run(List.of(operation)));
  }

  /** On this host of the group only, over a fresh connection. */
  public <R> Reply<R> exchangeOn(KmipHost host, Operation<R> operation) throws KmipException {
    List<Operation<?>> operations = List.of(operation);
    return only(
        failover.runOn(
            host,
            describe(operations),
            (channel, deadline) -> exchange.on(channel, operations, true, deadline)));
  }

  /**
   * Several operations in one message, carried out in order. The first that is refused ends the
   * batch with its exception; those before it stand.
   */
  public List<Reply<?>> batch(List<Operation<?>> operations) throws KmipException {
    return operations.isEmpty() ? List.of() : run(List.copyOf(operations));
  }

  private List<Reply<?>> run(List<Operation<?>> operations) throws KmipException {
    return failover.run(
        describe(operations),
        operations.stream().allMatch(Operation::idempotent),
        (channel, deadline) -> exchange.on(channel, operations, false, deadline));
  }

  private static String describe(List<Operation<?>> operations) {
    return operations.stream().map(Refusals::describe).collect(Collectors.joining(", "));
  }

  @SuppressWarnings("unchecked") // the reply to an Operation<R> was decoded by that operation
  private static <R> Reply<R> only(List<Reply<?>> replies) {
    return (Reply<R>) replies.get(0);
  }

  /** In the order of the settings. */
  public List<HostHealth> health() {
    return failover.health(exchange::version);
  }

  @Override
  public void close() {
    failover.close();
  }
}
