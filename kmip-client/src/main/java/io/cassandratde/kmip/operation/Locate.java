package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.attribute.AttributeCodec;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.List;

/**
 * Identifiers of the objects that match a filter (KMIP 1.4 section 4.9). A server may ignore
 * filters on attributes it does not store: verify each result by its attributes.
 *
 * @param maximumItems 0 for no limit
 * @param offset how many to skip, from KMIP 1.3 on
 */
public record Locate(Attributes filter, int maximumItems, int offset)
    implements Operation<List<String>> {
  public Locate {
    if (maximumItems < 0 || offset < 0) {
      throw new IllegalArgumentException("maximumItems and offset cannot be negative");
    }
  }

  public Locate(Attributes filter) {
    this(filter, 0, 0);
  }

  @Override
  public OperationCode code() {
    return OperationCode.LOCATE;
  }

  @Override
  public ProtocolVersion since() {
    return offset == 0 ? ProtocolVersion.V1_0 : ProtocolVersion.V1_3;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version)
        .integer(Tag.MAXIMUM_ITEMS, maximumItems == 0 ? null : maximumItems)
        .integer(Tag.OFFSET_ITEMS, offset == 0 ? null : offset)
        .items(AttributeCodec.encodeLoose(filter, version))
        .build();
  }

  @Override
  public List<String> decodeResponse(Structure payload, ProtocolVersion version)
      throws TtlvException {
    return payload.texts(Tag.UNIQUE_IDENTIFIER);
  }

  @Override
  public boolean idempotent() {
    return true;
  }
}
