package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;

/** Pre-Active to Active (KMIP 1.4 section 4.19). Answers the identifier. */
public record Activate(String uniqueIdentifier) implements Operation<String> {
  @Override
  public OperationCode code() {
    return OperationCode.ACTIVATE;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version).id(uniqueIdentifier).build();
  }

  @Override
  public String decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return Payload.sameId(payload, uniqueIdentifier);
  }

  /** A second one is refused, which would hide that the first succeeded. */
  @Override
  public boolean idempotent() {
    return false;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
