package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps and unwraps key values by NIST key wrap (RFC 3394), with and without TTLV encoding of the
 * value (KMIP 1.4 specification, 2.1.5 and 2.1.6).
 */
final class KeyWrapping {
  private static final int METHOD_ENCRYPT = 1;
  private static final int MODE_NIST_KEY_WRAP = 0x0D;
  private static final int NO_ENCODING = 1;
  private static final int TTLV_ENCODING = 2;
  private static final int MASK_WRAP = 0x10;

  private KeyWrapping() {}

  /** The body with its value wrapped as the specification of a Get asks. */
  static TtlvItem wrap(ManagedObject object, TtlvItem keyValue, Fields wanted, Exchange exchange) {
    ManagedObject wrappingKey = wrappingKey(wanted, exchange);
    Integer mask = wrappingKey.number("Cryptographic Usage Mask");
    if (mask == null || (mask & MASK_WRAP) == 0) {
      throw new KmipFailure(
          Reason.PERMISSION_DENIED, "the wrapping key's usage mask lacks Wrap Key");
    }
    if (wrappingKey.state(exchange.now()) != ObjectState.ACTIVE) {
      throw new KmipFailure(Reason.PERMISSION_DENIED, "the wrapping key is not Active");
    }
    boolean encoded = wanted.integer("EncodingOption", TTLV_ENCODING) == TTLV_ENCODING;
    byte[] plain = encoded ? Wire.encode(keyValue) : KeyBlocks.material(keyValue);
    byte[] cipherText = crypt(Cipher.WRAP_MODE, wrappingKey, plain, exchange);
    Build data =
        new Build("KeyWrappingData")
            .enumeration("WrappingMethod", METHOD_ENCRYPT)
            .item(wanted.require("EncryptionKeyInformation"));
    TtlvItem option = wanted.item("EncodingOption");
    if (option != null) {
      data.item(option);
    }
    return KeyBlocks.body(
        object.type(),
        KeyBlocks.block(object.body()).integer("KeyFormatType", KeyBlocks.FORMAT_RAW),
        encoded ? Wire.bytes("KeyValue", cipherText) : KeyBlocks.rawValue(cipherText),
        object.number("Cryptographic Algorithm"),
        object.number("Cryptographic Length"),
        data.build());
  }

  /** The material of an object that was registered wrapped. */
  static byte[] unwrap(ManagedObject object, Exchange exchange) {
    Fields block = KeyBlocks.block(object.body());
    Fields data = block.structure("KeyWrappingData");
    ManagedObject wrappingKey = wrappingKey(data, exchange);
    TtlvItem value = block.require("KeyValue");
    if (data.integer("EncodingOption", TTLV_ENCODING) == NO_ENCODING && Wire.isStructure(value)) {
      return crypt(Cipher.UNWRAP_MODE, wrappingKey, KeyBlocks.material(value), exchange);
    }
    byte[] encoded = crypt(Cipher.UNWRAP_MODE, wrappingKey, Wire.bytes(value), exchange);
    return KeyBlocks.material(Wire.decode(encoded));
  }

  private static ManagedObject wrappingKey(Fields wrapping, Exchange exchange) {
    if (wrapping.integer("WrappingMethod", METHOD_ENCRYPT) != METHOD_ENCRYPT) {
      throw new KmipFailure(Reason.FEATURE_NOT_SUPPORTED, "only the method Encrypt is supported");
    }
    Fields information = wrapping.structure("EncryptionKeyInformation");
    int mode =
        information
            .structure("CryptographicParameters")
            .integer("BlockCipherMode", MODE_NIST_KEY_WRAP);
    if (mode != MODE_NIST_KEY_WRAP) {
      throw new KmipFailure(Reason.FEATURE_NOT_SUPPORTED, "only NIST key wrap is supported");
    }
    return exchange.liveObject(information);
  }

  private static byte[] crypt(int mode, ManagedObject key, byte[] input, Exchange exchange) {
    SecretKey kek = new SecretKeySpec(KeyBlocks.material(key, exchange), "AES");
    try {
      Cipher cipher = Cipher.getInstance("AESWrap");
      cipher.init(mode, kek);
      return mode == Cipher.WRAP_MODE
          ? cipher.wrap(new SecretKeySpec(input, "AES"))
          : cipher.unwrap(input, "AES", Cipher.SECRET_KEY).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new KmipFailure(Reason.CRYPTOGRAPHIC_FAILURE, "key wrap: " + e.getMessage());
    }
  }
}
