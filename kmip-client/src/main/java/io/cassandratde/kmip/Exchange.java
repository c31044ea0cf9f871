package io.cassandratde.kmip;

import io.cassandratde.kmip.Messages.Item;
import io.cassandratde.kmip.Messages.Refusal;
import io.cassandratde.kmip.Messages.Response;
import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.transport.Deadline;
import io.cassandratde.kmip.transport.HostChannel;
import io.cassandratde.kmip.transport.HostFailure;
import io.cassandratde.kmip.ttlv.TtlvException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is said on one host: which version, once, then the message and what its answer means. */
final class Exchange {
  private final @Nullable Credential credential;
  private final @Nullable ProtocolVersion pin;
  private final Refusals refusals;
  private final Map<KmipHost, ProtocolVersion> versions = new ConcurrentHashMap<>();
  private final AtomicLong nextId = new AtomicLong(1);

  Exchange(KmipSettings settings) {
    this.credential = settings.credential();
    this.pin = settings.pin();
    this.refusals = new Refusals(settings.group());
  }

  /** What was negotiated with a host, null before the first exchange. */
  @Nullable ProtocolVersion version(KmipHost host) {
    return versions.get(host);
  }

  /**
   * The answers in the order of the operations.
   *
   * @throws HostFailure if there was no answer that makes sense
   * @throws KmipException if nothing was sent, or the message as a whole was refused
   */
  List<BatchAnswer<?>> on(
      HostChannel channel, List<Operation<?>> operations, boolean fresh, Deadline deadline)
      throws HostFailure, KmipException {
    ProtocolVersion version = versions.get(channel.host());
    if (version == null) {
      version = negotiate(channel, deadline);
      versions.put(channel.host(), version);
    }
    for (Operation<?> operation : operations) {
      if (!version.isAtLeast(operation.since()) || !operation.until().isAtLeast(version)) {
        throw refusals.inexpressible(channel.host(), operation, version);
      }
    }
    Response response = send(channel, operations, version, fresh, deadline);
    List<BatchAnswer<?>> answers = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      answers.add(
          answer(channel.host(), operations.get(i), version, response, response.items().get(i)));
    }
    KmipException first = answers.get(0).refusal();
    if (first != null && isOneForAll(response.items())) {
      throw first;
    }
    return answers;
  }

  /** One answer for all, about the message: it names no operation. */
  private static boolean isOneForAll(List<Item> items) {
    return items.size() > 1
        && items.get(0).operation() == null
        && items.stream().skip(1).noneMatch(Item::reached);
  }

  private Response send(
      HostChannel channel,
      List<? extends Operation<?>> operations,
      ProtocolVersion version,
      boolean fresh,
      Deadline deadline)
      throws HostFailure {
    long firstId = nextId.getAndAdd(operations.size());
    byte[] request = Messages.encode(operations, version, credential, firstId);
    try {
      boolean repeatable = operations.stream().allMatch(Operation::idempotent);
      byte[] answer =
          fresh
              ? channel.exchangeFresh(request, deadline)
              : channel.exchange(request, repeatable, deadline);
      return Messages.decode(answer, operations.size(), firstId);
    } catch (TtlvException e) {
      throw malformed(e);
    } finally {
      Arrays.fill(request, (byte) 0);
    }
  }

  private static HostFailure malformed(TtlvException e) {
    return HostFailure.malformed("malformed answer: " + e.getMessage());
  }

  /** The highest common version; 1.0 for servers from before DiscoverVersions (KMIP 1.1). */
  private ProtocolVersion negotiate(HostChannel channel, Deadline deadline)
      throws HostFailure, KmipException {
    if (ProtocolVersion.V1_0.equals(pin)) {
      return ProtocolVersion.V1_0;
    }
    List<ProtocolVersion> offered =
        ProtocolVersion.SUPPORTED.stream().filter(v -> pin == null || pin.isAtLeast(v)).toList();
    DiscoverVersions discover = new DiscoverVersions(offered);
    try {
      Response response = send(channel, List.of(discover), ProtocolVersion.V1_1, false, deadline);
      Item item = response.items().get(0);
      Refusal refusal = item.refusal();
      if (refusal != null) {
        if (!knowsNoDiscovery(refusal.reason())) {
          throw refusals.of(channel.host(), discover, refusal);
        }
        return ProtocolVersion.V1_0;
      }
      List<ProtocolVersion> spoken = discover.decodeResponse(item.payload(), ProtocolVersion.V1_1);
      for (ProtocolVersion candidate : offered) {
        if (spoken.contains(candidate)) {
          return candidate;
        }
      }
      throw HostFailure.malformed(
          "no KMIP version in common: it speaks " + spoken + ", we offer " + offered);
    } catch (TtlvException e) {
      throw malformed(e).beforeRequest();
    } catch (HostFailure e) {
      // Only the question for versions was sent, not yet what the caller wants done.
      throw e.beforeRequest();
    }
  }

  private static boolean knowsNoDiscovery(ResultReason reason) {
    return reason == ResultReason.OPERATION_NOT_SUPPORTED
        || reason == ResultReason.INVALID_MESSAGE
        || reason == ResultReason.UNSUPPORTED_PROTOCOL_VERSION;
  }

  private <R> BatchAnswer<R> answer(
      KmipHost host, Operation<R> operation, ProtocolVersion version, Response response, Item item)
      throws HostFailure {
    if (!item.reached()) {
      return BatchAnswer.notReached();
    }
    Refusal refusal = item.refusal();
    Integer code = item.operation();
    if (refusal != null) {
      // An answer without an operation is about the message: PyKMIP says so of versions it lacks.
      if (refusal.reason() == ResultReason.UNSUPPORTED_PROTOCOL_VERSION
          || (code == null && refusal.reason() == ResultReason.INVALID_MESSAGE)) {
        versions.remove(host); // the server may have been exchanged: ask it again next time
      }
      return new BatchAnswer<>(null, refusals.of(host, operation, refusal));
    }
    if (code != null && code != operation.code().code()) {
      throw HostFailure.malformed(
          "it answered operation 0x%X, not %s".formatted(code, operation.name()));
    }
    try {
      R result = operation.decodeResponse(item.payload(), version);
      return new BatchAnswer<>(new Reply<>(result, host, version, response.serverTime()), null);
    } catch (TtlvException e) {
      item.payload().wipe(); // it may hold half a key that nobody will close
      throw malformed(e);
    }
  }
}
