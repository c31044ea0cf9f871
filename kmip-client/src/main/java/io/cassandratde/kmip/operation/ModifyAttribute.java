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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes an existing attribute (KMIP 1.4 section 4.15): the instance with the index in {@code
 * attribute} in KMIP 1.x, the instance equal to {@code current} in 2.x. Answers the identifier.
 */
public record ModifyAttribute(
    String uniqueIdentifier, Attribute attribute, @Nullable Attribute current)
    implements Operation<String> {
  /** Of an attribute with one instance. */
  public ModifyAttribute(String uniqueIdentifier, Attribute attribute) {
    this(uniqueIdentifier, attribute, null);
  }

  @Override
  public OperationCode code() {
    return OperationCode.MODIFY_ATTRIBUTE;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    TtlvItem item = AttributeCodec.encode(attribute, version);
    List<TtlvItem> items = new ArrayList<>();
    if (!version.hasTypedAttributes()) {
      items.add(item);
    } else {
      if (current != null) {
        items.add(new Structure(Tag.CURRENT_ATTRIBUTE, AttributeCodec.encode(current, version)));
      }
      items.add(new Structure(Tag.NEW_ATTRIBUTE, item));
    }
    return new Payload(version).id(uniqueIdentifier).items(items).build();
  }

  @Override
  public String decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return Payload.sameId(payload, uniqueIdentifier);
  }

  @Override
  public boolean idempotent() {
    return current == null;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
