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
import org.jspecify.annotations.Nullable;

/**
 * Removes an attribute (KMIP 1.4 section 4.16): the instance {@code index} in KMIP 1.x, the
 * instance equal to {@code current} or all of that name in 2.x. Answers the identifier.
 */
public record DeleteAttribute(
    String uniqueIdentifier, String name, int index, @Nullable Attribute current)
    implements Operation<String> {
  /** Of an attribute with one instance. */
  public DeleteAttribute(String uniqueIdentifier, String name) {
    this(uniqueIdentifier, name, 0, null);
  }

  @Override
  public OperationCode code() {
    return OperationCode.DELETE_ATTRIBUTE;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    Payload payload = new Payload(version).id(uniqueIdentifier);
    if (version.hasTypedAttributes()) {
      TtlvItem which =
          current == null
              ? AttributeCodec.encodeName(name, version)
              : new Structure(Tag.CURRENT_ATTRIBUTE, AttributeCodec.encode(current, version));
      return payload.item(which).build();
    }
    return payload
        .item(AttributeCodec.encodeName(name, version))
        .integer(Tag.ATTRIBUTE_INDEX, index == 0 ? null : index)
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
