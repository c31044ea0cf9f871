package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.DevServerBehaviour.Unauthenticated;
import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Encrypt, Decrypt, MAC, MACVerify and Hash by the JDK's providers, in one part. */
final class CryptographicOperations {
  private static final int MASK_ENCRYPT = 0x04;
  private static final int MASK_DECRYPT = 0x08;
  private static final int MASK_MAC_GENERATE = 0x80;
  private static final int MASK_MAC_VERIFY = 0x100;

  private static final int MODE_GCM = 9;
  private static final Map<Integer, String> MODES =
      Map.of(1, "CBC", 2, "ECB", 4, "CFB", 5, "OFB", 6, "CTR", MODE_GCM, "GCM");
  private static final Map<Integer, String> PADDINGS = Map.of(1, "NoPadding", 3, "PKCS5Padding");
  private static final Map<Integer, String> CIPHERS = Map.of(2, "DESede", 3, "AES");
  private static final Map<Integer, String> MACS =
      Map.of(7, "HmacSHA1", 8, "HmacSHA224", 9, "HmacSHA256", 10, "HmacSHA384", 11, "HmacSHA512");
  private static final Map<Integer, String> HASHES =
      Map.of(4, "SHA-1", 5, "SHA-224", 6, "SHA-256", 7, "SHA-384", 8, "SHA-512");

  private static final int GCM_IV_BYTES = 12;
  private static final int UNIT_BYTE = 1;
  private static final int VALID = 1;
  private static final int INVALID = 2;

  private CryptographicOperations() {}

  static TtlvItem encrypt(Fields payload, Exchange exchange) {
    ManagedObject key = usableKey(payload, MASK_ENCRYPT, exchange);
    Fields parameters = parameters(payload, key);
    byte[] data = payload.requireBytes("Data");
    countUsage(key, data.length, exchange);
    byte[] iv = payload.bytes("IVCounterNonce");
    DevServerBehaviour.Nonces nonces =
        gcm(parameters) ? exchange.behaviour().nonces() : DevServerBehaviour.Nonces.AS_GIVEN;
    if (iv != null && nonces == DevServerBehaviour.Nonces.REFUSED) {
      throw new KmipFailure(Reason.INVALID_FIELD, "this server makes the nonces of GCM itself");
    }
    boolean ownIv =
        iv == null ? parameters.bool("RandomIV") : nonces == DevServerBehaviour.Nonces.REPLACED;
    if (ownIv) {
      iv = new byte[gcm(parameters) ? GCM_IV_BYTES : cipher(key, parameters).getBlockSize()];
      exchange.random().nextBytes(iv);
    }
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key, parameters, iv, payload, data, exchange);
    int tagLength =
        gcm(parameters) && !exchange.behaviour().tagInData() ? tagLength(parameters) : 0;
    Build answer =
        new Build("ResponsePayload")
            .text("UniqueIdentifier", key.id())
            .bytes("Data", Arrays.copyOf(sealed, sealed.length - tagLength))
            .bytes("IVCounterNonce", ownIv ? iv : null);
    if (tagLength > 0) {
      answer.bytes(
          "AuthenticatedEncryptionTag",
          Arrays.copyOfRange(sealed, sealed.length - tagLength, sealed.length));
    }
    return answer.build();
  }

  static TtlvItem decrypt(Fields payload, Exchange exchange) {
    ManagedObject key = usableKey(payload, MASK_DECRYPT, exchange);
    Fields parameters = parameters(payload, key);
    byte[] data = payload.requireBytes("Data");
    if (gcm(parameters) && !exchange.behaviour().tagInData()) {
      byte[] tag = payload.requireBytes("AuthenticatedEncryptionTag");
      int length = data.length;
      data = Arrays.copyOf(data, length + tag.length);
      System.arraycopy(tag, 0, data, length, tag.length);
    }
    byte[] iv = payload.bytes("IVCounterNonce");
    if (gcm(parameters) && iv != null && exchange.behaviour().ignores(Unauthenticated.TAG)) {
      return opened(key, withoutTag(key, parameters, iv, data, exchange));
    }
    return opened(key, crypt(Cipher.DECRYPT_MODE, key, parameters, iv, payload, data, exchange));
  }

  /** GCM's key stream is that of CTR from its counter's second value on. */
  private static byte[] withoutTag(
      ManagedObject key, Fields parameters, byte[] nonce, byte[] data, Exchange exchange) {
    try {
      Cipher cipher = Cipher.getInstance(cipherName(key) + "/CTR/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(KeyBlocks.material(key, exchange), cipherName(key)),
          new IvParameterSpec(ByteBuffer.allocate(16).put(nonce).putInt(2).array()));
      return cipher.doFinal(data, 0, data.length - tagLength(parameters));
    } catch (GeneralSecurityException e) {
      throw failure(e);
    }
  }

  private static TtlvItem opened(ManagedObject key, byte[] data) {
    return new Build("ResponsePayload")
        .text("UniqueIdentifier", key.id())
        .bytes("Data", data)
        .build();
  }

  static TtlvItem mac(Fields payload, Exchange exchange) {
    ManagedObject key = usableKey(payload, MASK_MAC_GENERATE, exchange);
    return new Build("ResponsePayload")
        .text("UniqueIdentifier", key.id())
        .bytes("MACData", macOf(key, payload, exchange))
        .build();
  }

  static TtlvItem macVerify(Fields payload, Exchange exchange) {
    ManagedObject key = usableKey(payload, MASK_MAC_VERIFY, exchange);
    boolean valid =
        MessageDigest.isEqual(macOf(key, payload, exchange), payload.requireBytes("MACData"));
    return new Build("ResponsePayload")
        .text("UniqueIdentifier", key.id())
        .enumeration("ValidityIndicator", valid ? VALID : INVALID)
        .build();
  }

  static TtlvItem hash(Fields payload, Exchange exchange) {
    int algorithm = payload.structure("CryptographicParameters").requireInteger("HashingAlgorithm");
    try {
      MessageDigest digest = MessageDigest.getInstance(name(HASHES, algorithm, "hash"));
      return new Build("ResponsePayload")
          .bytes("Data", digest.digest(payload.requireBytes("Data")))
          .build();
    } catch (GeneralSecurityException e) {
      throw failure(e);
    }
  }

  /**
   * Protecting needs an Active key between its Process Start and Protect Stop dates; undoing is
   * allowed in every later state as well, but not before Process Start (KMIP 1.4, 3.22-3.26).
   */
  private static ManagedObject usableKey(Fields payload, int use, Exchange exchange) {
    ManagedObject key = exchange.liveObject(payload);
    ObjectState state = key.state(exchange.now());
    boolean protects = use == MASK_ENCRYPT || use == MASK_MAC_GENERATE;
    Integer mask = key.number("Cryptographic Usage Mask");
    boolean started =
        !key.has(ManagedObject.PROCESS_START)
            || key.reached(ManagedObject.PROCESS_START, exchange.now());
    boolean stopped = key.reached(ManagedObject.PROTECT_STOP, exchange.now());
    boolean rightState = protects ? state == ObjectState.ACTIVE : state != ObjectState.PRE_ACTIVE;
    if (mask == null || (mask & use) == 0 || !rightState || !started || (protects && stopped)) {
      throw new KmipFailure(
          Reason.PERMISSION_DENIED, "state, dates or usage mask of " + key.id() + " forbid this");
    }
    return key;
  }

  private static Fields parameters(Fields payload, ManagedObject key) {
    return payload.has("CryptographicParameters")
        ? payload.structure("CryptographicParameters")
        : Fields.of(key.first("Cryptographic Parameters"));
  }

  private static boolean gcm(Fields parameters) {
    return parameters.integer("BlockCipherMode", 0) == MODE_GCM;
  }

  private static Cipher cipher(ManagedObject key, Fields parameters) {
    String name = cipherName(key);
    String mode = name(MODES, parameters.integer("BlockCipherMode", 2), "block cipher mode");
    String padding = name(PADDINGS, parameters.integer("PaddingMethod", 1), "padding method");
    try {
      return Cipher.getInstance(name + "/" + mode + "/" + padding);
    } catch (GeneralSecurityException e) {
      throw failure(e);
    }
  }

  private static String cipherName(ManagedObject key) {
    Integer algorithm = key.number("Cryptographic Algorithm");
    return name(CIPHERS, algorithm == null ? 0 : algorithm, "cipher");
  }

  private static byte[] crypt(
      int direction,
      ManagedObject key,
      Fields parameters,
      byte @Nullable [] iv,
      Fields payload,
      byte[] data,
      Exchange exchange) {
    Cipher cipher = cipher(key, parameters);
    int mode = parameters.integer("BlockCipherMode", 2);
    if (mode != 2 && iv == null) {
      throw new KmipFailure(Reason.INVALID_MESSAGE, "this mode needs an IV/Counter/Nonce");
    }
    AlgorithmParameterSpec specification =
        iv == null || mode == 2
            ? null
            : mode == MODE_GCM
                ? new GCMParameterSpec(tagLength(parameters) * 8, iv)
                : new IvParameterSpec(iv);
    try {
      cipher.init(
          direction,
          new SecretKeySpec(KeyBlocks.material(key, exchange), cipherName(key)),
          specification);
      byte[] additional = payload.bytes("AuthenticatedEncryptionAdditionalData");
      if (mode == MODE_GCM
          && additional != null
          && !exchange.behaviour().ignores(Unauthenticated.ADDITIONAL_DATA)) {
        cipher.updateAAD(additional);
      }
      return cipher.doFinal(data);
    } catch (AEADBadTagException e) {
      throw new KmipFailure(Reason.CRYPTOGRAPHIC_FAILURE, "the authentication tag does not match");
    } catch (GeneralSecurityException e) {
      throw failure(e);
    }
  }

  private static int tagLength(Fields parameters) {
    int length = parameters.integer("TagLength", 16);
    if (length < 12 || length > 16) {
      throw new KmipFailure(Reason.GENERAL_FAILURE, "tags have 12 to 16 bytes, not " + length);
    }
    return length;
  }

  /** Usage Limits in bytes: what is left is counted down and must suffice (KMIP 1.4, 3.21). */
  private static void countUsage(ManagedObject key, int bytes, Exchange exchange) {
    TtlvItem limits = key.first("Usage Limits");
    if (limits == null) {
      return;
    }
    Fields fields = Fields.of(limits);
    TtlvItem total = fields.require("UsageLimitsTotal");
    int unit = fields.requireInteger("UsageLimitsUnit");
    TtlvItem count = fields.item("UsageLimitsCount");
    long left = Wire.longNumber(count == null ? total : count) - (unit == UNIT_BYTE ? bytes : 1);
    if (left < 0) {
      throw new KmipFailure(Reason.PERMISSION_DENIED, "the usage limit of the key is exhausted");
    }
    key.set(
        "Usage Limits",
        new Build("AttributeValue")
            .item(total)
            .item(Wire.longInteger("UsageLimitsCount", left))
            .enumeration("UsageLimitsUnit", unit)
            .build());
    exchange.changed(key);
  }

  private static byte[] macOf(ManagedObject key, Fields payload, Exchange exchange) {
    int algorithm = parameters(payload, key).integer("CryptographicAlgorithm", 0);
    String name = name(MACS, algorithm, "MAC");
    try {
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(KeyBlocks.material(key, exchange), name));
      return mac.doFinal(payload.requireBytes("Data"));
    } catch (GeneralSecurityException e) {
      throw failure(e);
    }
  }

  private static String name(Map<Integer, String> names, int code, String what) {
    String name = names.get(code);
    if (name == null) {
      throw new KmipFailure(Reason.FEATURE_NOT_SUPPORTED, "unsupported " + what + " " + code);
    }
    return name;
  }

  private static KmipFailure failure(GeneralSecurityException e) {
    return new KmipFailure(Reason.CRYPTOGRAPHIC_FAILURE, String.valueOf(e.getMessage()));
  }
}
