package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.attribute.Attribute;
import io.cassandratde.kmip.attribute.AttributeCodec;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;

/**
 * Sets a single-valued attribute, present or not (KMIP 2.1 section 6.1.58). Answers the identifier.
 */
public record SetAttribute(String uniqueIdentifier, Attribute attribute)
    implements Operation<String> {
  @Override
  public OperationCode code() {
    return OperationCode.SET_ATTRIBUTE;
  }

  @Override
  public ProtocolVersion since() {
    return ProtocolVersion.V2_0;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    TtlvItem item = AttributeCodec.encode(attribute, version);
    return new Payload(version)
        .id(uniqueIdentifier)
        .item(new Structure(Tag.NEW_ATTRIBUTE, item))
        .build();
  }

  @Override
  public String decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return Payload.sameId(payload, uniqueIdentifier);
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
