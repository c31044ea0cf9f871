package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** Key material in and out of the Key Block structure (KMIP 1.4 specification, 2.1.3). */
final class KeyBlocks {
  static final int FORMAT_RAW = 1;
  static final int FORMAT_OPAQUE = 2;
  static final int FORMAT_TRANSPARENT_SYMMETRIC = 7;

  private static final int ALGORITHM_DES3 = 2;
  private static final int SHA_256 = 6;

  private KeyBlocks() {}

  /** A body with a Key Block of these contents; algorithm and length are left out when null. */
  static TtlvItem body(
      ObjectType type,
      int format,
      TtlvItem keyValue,
      @Nullable Integer algorithm,
      @Nullable Integer bits,
      @Nullable TtlvItem wrappingData) {
    Build block = new Build("KeyBlock").enumeration("KeyFormatType", format).item(keyValue);
    if (algorithm != null) {
      block.enumeration("CryptographicAlgorithm", algorithm);
    }
    if (bits != null) {
      block.integer("CryptographicLength", bits);
    }
    if (wrappingData != null) {
      block.item(wrappingData);
    }
    Build body = new Build(type.tag());
    if (type == ObjectType.SECRET_DATA) {
      body.enumeration("SecretDataType", 1);
    }
    return body.structure(block).build();
  }

  static TtlvItem rawValue(byte[] material) {
    return new Build("KeyValue").bytes("KeyMaterial", material).build();
  }

  static Fields block(@Nullable TtlvItem body) {
    return Fields.of(body).structure("KeyBlock");
  }

  static boolean wrapped(@Nullable TtlvItem body) {
    return block(body).has("KeyWrappingData");
  }

  /** The key bytes of an object, unwrapped if it was registered wrapped. */
  static byte[] material(ManagedObject object, Exchange exchange) {
    TtlvItem body = object.body();
    if (wrapped(body)) {
      return KeyWrapping.unwrap(object, exchange);
    }
    Fields block = block(body);
    TtlvItem value = block.item("KeyValue");
    if (value == null) {
      throw new KmipFailure(
          Reason.KEY_VALUE_NOT_PRESENT, "the value of " + object.id() + " is kept elsewhere");
    }
    return material(value);
  }

  /** The bytes inside a Key Value, whether raw or transparent. */
  static byte[] material(TtlvItem keyValue) {
    TtlvItem material = Fields.of(keyValue).require("KeyMaterial");
    return Wire.isStructure(material)
        ? Fields.of(material).requireBytes("Key")
        : Wire.bytes(material);
  }

  /** The Digest attribute of this material. */
  static TtlvItem digest(byte[] material, int format) {
    try {
      return new Build("AttributeValue")
          .enumeration("HashingAlgorithm", SHA_256)
          .bytes("DigestValue", MessageDigest.getInstance("SHA-256").digest(material))
          .enumeration("KeyFormatType", format)
          .build();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Fresh random material; DES keys get their parity bits. */
  static byte[] generate(int algorithm, int bits, SecureRandom random) {
    if (algorithm == ALGORITHM_DES3) {
      // 112 and 168 count the key bits; every seven of them travel in a byte with a parity bit.
      byte[] key = new byte[bits / 7];
      random.nextBytes(key);
      for (int i = 0; i < key.length; i++) {
        int odd = (Integer.bitCount(key[i] & 0xfe) & 1) ^ 1;
        key[i] = (byte) ((key[i] & 0xfe) | odd);
      }
      return key;
    }
    if (bits <= 0 || bits % 8 != 0 || bits > 8192) {
      throw new KmipFailure(Reason.INVALID_FIELD, "no key has " + bits + " bits");
    }
    byte[] key = new byte[bits / 8];
    random.nextBytes(key);
    return key;
  }
}
