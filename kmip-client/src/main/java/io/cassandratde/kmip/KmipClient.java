package io.cassandratde.kmip;

import io.cassandratde.kmip.transport.Failover;
import io.cassandratde.kmip.transport.TlsStores;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;

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
  private volatile ChangeListener changes = (request, result, failure) -> {};

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

  /** Tells one listener of all that this client changes on servers from now on. */
  public void onChange(ChangeListener listener) {
    changes = listener;
  }

  /** The TLS stores as they were read when this client was made. */
  public TlsStores stores() {
    return failover.stores();
  }

  /** The result from the first host that answers. */
  public <R> R call(Operation<R> operation) throws KmipException {
    return exchange(operation).result();
  }

  /** Like {@link #call}, with the host that answered and its time. */
  public <R> Reply<R> exchange(Operation<R> operation) throws KmipException {
    return KmipClient.<R>typed(run(List.of(operation))).get(0).get();
  }

  /** On this host of the group only, over a fresh connection. */
  public <R> Reply<R> exchangeOn(KmipHost host, Operation<R> operation) throws KmipException {
    List<Operation<?>> operations = List.of(operation);
    List<BatchAnswer<?>> answers =
        told(
            operations,
            () ->
                failover.runOn(
                    host,
                    describe(operations),
                    (channel, deadline) -> exchange.on(channel, operations, true, deadline)));
    return KmipClient.<R>typed(answers).get(0).get();
  }

  /**
   * Several operations of a kind in one message, carried out in order, each on its own. For
   * questions: what they find is not wiped when a later answer makes no sense.
   *
   * @return one answer per operation, in their order
   * @throws KmipException if there was no answer, or one that refused the message as a whole
   */
  public <R> List<BatchAnswer<R>> batch(List<? extends Operation<R>> operations)
      throws KmipException {
    return operations.isEmpty() ? List.of() : typed(run(List.copyOf(operations)));
  }

  private List<BatchAnswer<?>> run(List<Operation<?>> operations) throws KmipException {
    return told(
        operations,
        () ->
            failover.run(
                describe(operations),
                operations.stream().allMatch(Operation::idempotent),
                (channel, deadline) -> exchange.on(channel, operations, false, deadline)));
  }

  private interface Call {
    List<BatchAnswer<?>> make() throws KmipException;
  }

  private List<BatchAnswer<?>> told(List<Operation<?>> operations, Call call) throws KmipException {
    List<BatchAnswer<?>> answers;
    try {
      answers = call.make();
    } catch (KmipException e) {
      operations.stream()
          .filter(operation -> !operation.idempotent())
          .forEach(operation -> changes.asked(operation, null, e));
      throw e;
    }
    for (int i = 0; i < answers.size(); i++) {
      Reply<?> reply = answers.get(i).reply();
      if (answers.get(i).reached() && !operations.get(i).idempotent()) {
        Object result = reply == null ? null : reply.result();
        changes.asked(operations.get(i), result, answers.get(i).refusal());
      }
    }
    return answers;
  }

  private static String describe(List<Operation<?>> operations) {
    String first = Refusals.describe(operations.get(0));
    return operations.size() == 1
        ? first
        : "%s and %d more".formatted(first, operations.size() - 1);
  }

  @SuppressWarnings("unchecked") // the answer to an Operation<R> was decoded by that operation
  private static <R> List<BatchAnswer<R>> typed(List<BatchAnswer<?>> answers) {
    return (List<BatchAnswer<R>>) (List<?>) answers;
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
