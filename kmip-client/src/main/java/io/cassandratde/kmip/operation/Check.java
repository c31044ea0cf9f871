package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server's policy allows a use of a key (KMIP 1.4 section 4.10).
 *
 * @param usageLimitsCount how many units are to be protected
 * @param usageMask bits of {@link io.cassandratde.kmip.UsageMask}
 */
public record Check(
    String uniqueIdentifier,
    @Nullable Long usageLimitsCount,
    @Nullable Integer usageMask,
    @Nullable Duration leaseTime)
    implements Operation<Check.Result> {
  /** May this key be used so? */
  public Check(String uniqueIdentifier, int usageMask) {
    this(uniqueIdentifier, null, usageMask, null);
  }

  /** What the server would not allow comes back with what it would; null where it agrees. */
  public record Result(
      @Nullable Long usageLimitsCount, @Nullable Integer usageMask, @Nullable Duration leaseTime) {
    public boolean allowed() {
      return usageLimitsCount == null && usageMask == null && leaseTime == null;
    }
  }

  @Override
  public OperationCode code() {
    return OperationCode.CHECK;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    Payload payload = new Payload(version).id(uniqueIdentifier);
    if (usageLimitsCount != null) {
      payload.item(new TtlvItem.LongInteger(Tag.USAGE_LIMITS_COUNT, usageLimitsCount));
    }
    payload.integer(Tag.CRYPTOGRAPHIC_USAGE_MASK, usageMask);
    if (leaseTime != null) {
      payload.item(new TtlvItem.Interval(Tag.LEASE_TIME, leaseTime.toSeconds()));
    }
    return payload.build();
  }

  @Override
  public Result decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    Payload.sameId(payload, uniqueIdentifier);
    TtlvItem.LongInteger count =
        payload.optional(Tag.USAGE_LIMITS_COUNT, TtlvItem.LongInteger.class);
    TtlvItem.Interval lease = payload.optional(Tag.LEASE_TIME, TtlvItem.Interval.class);
    return new Result(
        count == null ? null : count.value(),
        payload.integerOrNull(Tag.CRYPTOGRAPHIC_USAGE_MASK),
        lease == null ? null : Duration.ofSeconds(lease.seconds()));
  }

  @Override
  public boolean idempotent() {
    return true;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
