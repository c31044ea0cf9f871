package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.ObjectType;
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
 * Lets the server generate a key (KMIP 1.4 section 4.1). Never repeated by the client: after a
 * broken connection Locate by name first.
 */
public record Create(ObjectType objectType, List<String> templateNames, Attributes template)
    implements Operation<Create.Result> {
  public Create {
    templateNames = List.copyOf(templateNames);
  }

  /** Without a template of the server's. */
  public Create(ObjectType objectType, Attributes template) {
    this(objectType, List.of(), template);
  }

  /** A symmetric key. */
  public Create(Attributes template) {
    this(ObjectType.SYMMETRIC_KEY, template);
  }

  /**
   * The new key.
   *
   * @param attributes those that the server chose and told (KMIP 1.x), mostly none
   */
  public record Result(String uniqueIdentifier, Attributes attributes) {}

  @Override
  public OperationCode code() {
    return OperationCode.CREATE;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version)
        .code(Tag.OBJECT_TYPE, objectType)
        .template(templateNames, template)
        .build();
  }

  @Override
  public Result decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return new Result(payload.text(Tag.UNIQUE_IDENTIFIER), AttributeCodec.decodeAll(payload));
  }

  @Override
  public ProtocolVersion until() {
    return templateNames.isEmpty() ? ProtocolVersion.V2_1 : ProtocolVersion.V1_4;
  }

  @Override
  public boolean idempotent() {
    return false;
  }
}
