package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends the protecting life of a key (KMIP 1.4 section 4.20). Answers the identifier.
 *
 * @param compromiseOccurrence when it first may have leaked, for the two compromise reasons
 */
public record Revoke(
    String uniqueIdentifier,
    RevocationReason reason,
    @Nullable String message,
    @Nullable Instant compromiseOccurrence)
    implements Operation<String> {
  public Revoke(String uniqueIdentifier, RevocationReason reason) {
    this(uniqueIdentifier, reason, null, null);
  }

  @Override
  public OperationCode code() {
    return OperationCode.REVOKE;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    List<TtlvItem> why = new ArrayList<>();
    why.add(new TtlvItem.Enumeration(Tag.REVOCATION_REASON_CODE, reason.code()));
    if (message != null) {
      why.add(new TtlvItem.Text(Tag.REVOCATION_MESSAGE, message));
    }
    return new Payload(version)
        .id(uniqueIdentifier)
        .item(new Structure(Tag.REVOCATION_REASON, why))
        .date(Tag.COMPROMISE_OCCURRENCE_DATE, compromiseOccurrence)
        .build();
  }

  @Override
  public String decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return Payload.sameId(payload, uniqueIdentifier);
  }

  /** A second one is refused by some servers, which would hide that the first succeeded. */
  @Override
  public boolean idempotent() {
    return false;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
