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

/** Adds an attribute instance (KMIP 1.4 section 4.14). Answers the identifier. */
public record AddAttribute(String uniqueIdentifier, Attribute attribute)
    implements Operation<String> {
  @Override
  public OperationCode code() {
    return OperationCode.ADD_ATTRIBUTE;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    TtlvItem item = AttributeCodec.encode(attribute, version);
    return new Payload(version)
        .id(uniqueIdentifier)
        .item(version.hasTypedAttributes() ? new Structure(Tag.NEW_ATTRIBUTE, item) : item)
        .build();
  }

  @Override
  public String decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return Payload.sameId(payload, uniqueIdentifier);
  }

  @Override
  public boolean idempotent() {
    return false;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
