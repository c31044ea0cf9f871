package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyFormatType;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;

/**
 * Hands an existing object to the server (KMIP 1.4 section 4.3). The object holds key material:
 * wipe it when the call is over.
 */
public record Register(ObjectType objectType, Attributes template, Structure object)
    implements Operation<String> {

  /** A symmetric key in Raw format; copies the material into the request. */
  public static Register symmetricKey(
      Attributes template, SecretBytes material, CryptographicAlgorithm algorithm) {
    byte[] copy = material.copy();
    Structure value = new Structure(Tag.KEY_VALUE, new TtlvItem.Bytes(Tag.KEY_MATERIAL, copy));
    Structure block =
        new Structure(
            Tag.KEY_BLOCK,
            new TtlvItem.Enumeration(Tag.KEY_FORMAT_TYPE, KeyFormatType.RAW.code()),
            value,
            new TtlvItem.Enumeration(Tag.CRYPTOGRAPHIC_ALGORITHM, algorithm.code()),
            new TtlvItem.IntegerItem(Tag.CRYPTOGRAPHIC_LENGTH, copy.length * 8));
    return new Register(
        ObjectType.SYMMETRIC_KEY, template, new Structure(Tag.SYMMETRIC_KEY, block));
  }

  @Override
  public OperationCode code() {
    return OperationCode.REGISTER;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version)
        .code(Tag.OBJECT_TYPE, objectType)
        .template(template)
        .item(object)
        .build();
  }

  @Override
  public String decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return payload.text(Tag.UNIQUE_IDENTIFIER);
  }

  @Override
  public boolean idempotent() {
    return false;
  }
}
