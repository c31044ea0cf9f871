package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyFormatType;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.WireCode;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import org.jspecify.annotations.Nullable;

/**
 * The object itself (KMIP 1.4 section 4.11), key material in the clear within TLS.
 *
 * @param format the format to ask for, null for the server's choice; Raw and Transparent Symmetric
 *     Key can be read
 */
public record Get(String uniqueIdentifier, @Nullable KeyFormatType format)
    implements Operation<Get.Result> {
  /** In whatever format the server keeps it. */
  public Get(String uniqueIdentifier) {
    this(uniqueIdentifier, null);
  }

  /**
   * A retrieved object. {@link #close} wipes its material; {@link #object} is the tree it was read
   * from and shares the array.
   *
   * @param key the material of a symmetric key or of secret data; empty for objects of other types
   * @param algorithm null if the server did not say
   * @param bits the length of the material
   */
  public record Result(
      String uniqueIdentifier,
      ObjectType objectType,
      SecretBytes key,
      @Nullable CryptographicAlgorithm algorithm,
      int bits,
      Structure object)
      implements AutoCloseable {
    @Override
    public void close() {
      key.close();
      object.wipe();
    }
  }

  @Override
  public OperationCode code() {
    return OperationCode.GET;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version).id(uniqueIdentifier).code(Tag.KEY_FORMAT_TYPE, format).build();
  }

  @Override
  public Result decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    String id = Payload.sameId(payload, uniqueIdentifier);
    int typeCode = payload.enumeration(Tag.OBJECT_TYPE);
    ObjectType type = WireCode.of(ObjectType.class, typeCode);
    if (type == null) {
      throw new TtlvException("unknown object type " + typeCode, "ResponsePayload/ObjectType");
    }
    if (type == ObjectType.SYMMETRIC_KEY) {
      return key(id, type, payload.structure(Tag.SYMMETRIC_KEY));
    }
    if (type == ObjectType.SECRET_DATA) {
      return key(id, type, payload.structure(Tag.SECRET_DATA));
    }
    return new Result(id, type, new SecretBytes(new byte[0]), null, 0, objectIn(payload));
  }

  private static Structure objectIn(Structure payload) throws TtlvException {
    for (TtlvItem item : payload.items()) {
      if (item instanceof Structure structure) {
        return structure;
      }
    }
    throw new TtlvException("the object is missing", "ResponsePayload");
  }

  private static Result key(String id, ObjectType type, Structure object) throws TtlvException {
    Structure block = object.structure(Tag.KEY_BLOCK);
    if (block.has(Tag.KEY_WRAPPING_DATA)) {
      throw new TtlvException("the key is wrapped, which was not asked for", "KeyBlock");
    }
    byte[] material = material(block);
    Integer code = block.enumerationOrNull(Tag.CRYPTOGRAPHIC_ALGORITHM);
    Integer stated = block.integerOrNull(Tag.CRYPTOGRAPHIC_LENGTH);
    int bits = material.length * 8;
    if (type == ObjectType.SYMMETRIC_KEY && stated != null && stated != bits) {
      throw new TtlvException(
          "the key has %d bits of material but says %d".formatted(bits, stated), "KeyBlock");
    }
    return new Result(
        id,
        type,
        new SecretBytes(material),
        code == null ? null : WireCode.of(CryptographicAlgorithm.class, code),
        bits,
        object);
  }

  private static byte[] material(Structure block) throws TtlvException {
    int format = block.enumeration(Tag.KEY_FORMAT_TYPE);
    Structure value = block.structure(Tag.KEY_VALUE);
    if (format == KeyFormatType.TRANSPARENT_SYMMETRIC_KEY.code()) {
      return nonEmpty(
          value.structure(Tag.KEY_MATERIAL).required(Tag.KEY, TtlvItem.Bytes.class).value());
    }
    if (format == KeyFormatType.RAW.code() || format == KeyFormatType.OPAQUE.code()) {
      return nonEmpty(value.required(Tag.KEY_MATERIAL, TtlvItem.Bytes.class).value());
    }
    throw new TtlvException("key format " + format + " cannot be read", "KeyBlock/KeyFormatType");
  }

  private static byte[] nonEmpty(byte[] material) throws TtlvException {
    if (material.length == 0) {
      throw new TtlvException("the key material is empty", "KeyBlock/KeyValue");
    }
    return material;
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
