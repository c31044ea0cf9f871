package io.cassandratde.keys.master;

import io.cassandratde.keys.KeyReference;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A key under a master key, as it is stored and copied:
 *
 * <pre>
 * version 1 | method 1 | group tag 4 | check value 4 | n 2 | master key id n | fresh 12 or 16 | wrapped 16, 24 or 32 | tag 16
 * |----------------------- AAD, and after it the binding ------------------------------------|
 * </pre>
 *
 * Integers are big-endian. By {@link Method#HKDF} the fresh bytes are a salt, by {@link
 * Method#TOKEN} a nonce. Holds nothing that is secret.
 */
public final class WrappedKey {

  private static final byte VERSION = 1;
  private static final int FIXED = 1 + 1 + 4 + 4 + 2;
  private static final int TAG = 16;

  /** How it is wrapped. */
  public enum Method {
    /** AES-256-GCM under HKDF-SHA-256 of the master key and a fresh salt, so the nonce is zero. */
    HKDF(1, 16),
    /** AES-GCM under the master key itself, in the token that holds it, with a random nonce. */
    TOKEN(2, 12);

    private final int code;
    private final int fresh;

    Method(int code, int fresh) {
      this.code = code;
      this.fresh = fresh;
    }

    public int freshBytes() {
      return fresh;
    }
  }

  private final Method method;
  private final KeyReference masterKey;
  private final byte[] bytes;
  private final int headLength;

  private WrappedKey(Method method, KeyReference masterKey, byte[] bytes, int headLength) {
    this.method = method;
    this.masterKey = masterKey;
    this.bytes = bytes;
    this.headLength = headLength;
  }

  /** All that stands before the wrapped key. */
  public static byte[] head(Method method, KeyReference masterKey, byte[] fresh) {
    if (fresh.length != method.fresh) {
      throw new IllegalArgumentException(method + " takes " + method.fresh + " fresh bytes");
    }
    byte[] id = masterKey.keyId().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED + id.length + fresh.length)
        .put(VERSION)
        .put((byte) method.code)
        .putInt(masterKey.groupTag())
        .putInt(masterKey.checkValue())
        .putShort((short) id.length)
        .put(id)
        .put(fresh)
        .array();
  }

  /** What is authenticated with the wrapped key. */
  public static byte[] aad(byte[] head, KeyBinding binding) {
    byte[] bound = binding.bytes();
    return ByteBuffer.allocate(head.length + bound.length).put(head).put(bound).array();
  }

  public static WrappedKey of(Method method, KeyReference masterKey, byte[] head, byte[] sealed) {
    return new WrappedKey(
        method,
        masterKey,
        ByteBuffer.allocate(head.length + sealed.length).put(head).put(sealed).array(),
        head.length);
  }

  /**
   * Reads what {@link #bytes} gave.
   *
   * @throws DamagedWrapException it is no wrapped key, or one of a later release
   */
  public static WrappedKey parse(byte[] bytes) throws DamagedWrapException {
    if (bytes.length < FIXED) {
      throw new DamagedWrapException("a wrapped key of " + bytes.length + " bytes is cut off");
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    int version = from.get();
    int code = from.get();
    Method method =
        Arrays.stream(Method.values()).filter(each -> each.code == code).findFirst().orElse(null);
    if (version != VERSION || method == null) {
      throw new DamagedWrapException(
          "a wrapped key of version %d, method %d: this release reads version %d, methods 1 and 2"
              .formatted(version, code, VERSION));
    }
    int groupTag = from.getInt();
    int checkValue = from.getInt();
    int idLength = Short.toUnsignedInt(from.getShort());
    int headLength = FIXED + idLength + method.fresh;
    int wrapped = bytes.length - headLength - TAG;
    if (idLength == 0
        || idLength > KeyReference.MAX_ID_BYTES
        || (wrapped != 16 && wrapped != 24 && wrapped != 32)) {
      throw new DamagedWrapException(
          "a wrapped key of %d bytes, whose master key's id has %d, is damaged"
              .formatted(bytes.length, idLength));
    }
    try {
      String id =
          StandardCharsets.UTF_8.newDecoder().decode(from.slice(FIXED, idLength)).toString();
      return new WrappedKey(
          method, new KeyReference(groupTag, id, checkValue), bytes.clone(), headLength);
    } catch (CharacterCodingException e) {
      throw new DamagedWrapException("the id of a wrapped key's master key is no UTF-8");
    }
  }

  public Method method() {
    return method;
  }

  /** The key that opens it. */
  public KeyReference masterKey() {
    return masterKey;
  }

  /** Of the wrapped key: 16, 24 or 32. */
  public int keyLength() {
    return bytes.length - headLength - TAG;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public byte[] head() {
    return Arrays.copyOf(bytes, headLength);
  }

  public byte[] fresh() {
    return Arrays.copyOfRange(bytes, headLength - method.fresh, headLength);
  }

  public byte[] sealed() {
    return Arrays.copyOfRange(bytes, headLength, bytes.length);
  }

  @Override
  public String toString() {
    return "WrappedKey[" + keyLength() * 8 + " bits under " + masterKey + "]";
  }
}
