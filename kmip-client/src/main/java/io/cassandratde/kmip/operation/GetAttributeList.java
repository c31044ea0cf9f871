package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.attribute.AttributeCodec;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.List;

/** The names of the attributes an object has (KMIP 1.4 section 4.13), as KMIP 1.x writes them. */
public record GetAttributeList(String uniqueIdentifier) implements Operation<List<String>> {
  @Override
  public OperationCode code() {
    return OperationCode.GET_ATTRIBUTE_LIST;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version).id(uniqueIdentifier).build();
  }

  @Override
  public List<String> decodeResponse(Structure payload, ProtocolVersion version)
      throws TtlvException {
    Payload.sameId(payload, uniqueIdentifier);
    return AttributeCodec.decodeNames(payload);
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
