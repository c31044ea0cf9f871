package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.attribute.AttributeCodec;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.List;

/**
 * Attributes of one object (KMIP 1.4 section 4.12).
 *
 * @param names which, as KMIP 1.x writes them; empty for all
 */
public record GetAttributes(String uniqueIdentifier, List<String> names)
    implements Operation<Attributes> {
  public GetAttributes {
    names = List.copyOf(names);
  }

  /** All of them. */
  public GetAttributes(String uniqueIdentifier) {
    this(uniqueIdentifier, List.of());
  }

  @Override
  public OperationCode code() {
    return OperationCode.GET_ATTRIBUTES;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version)
        .id(uniqueIdentifier)
        .items(names.stream().map(name -> AttributeCodec.encodeName(name, version)).toList())
        .build();
  }

  @Override
  public Attributes decodeResponse(Structure payload, ProtocolVersion version)
      throws TtlvException {
    Payload.sameId(payload, uniqueIdentifier);
    return AttributeCodec.decodeAll(payload);
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
