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
 * version 1 | method 1 | group tag 4 | check value 4 | n 2 | master key id n | fresh 12 to 17 | wrapped 16, 24 or 32 | tag 16
 * |------------------------------- stem --------------------------------------|
 * |------------------------------------ head ----------------------------------|
 * </pre>
 *
 * Integers are big-endian. By {@link Method#HKDF} the fresh bytes are a salt, by the others a
 * nonce, by {@link Method#SERVER} with its length before it. Authenticated with the key are the
 * head, by SERVER the stem, and after it the binding. Holds nothing that is secret.
 */
public final class WrappedKey {

  private static final byte VERSION = 1;
  private static final int FIXED = 1 + 1 + 4 + 4 + 2;
  private static final int TAG = 16;

  /** How it is wrapped. */
  public enum Method {
    /** AES-256-GCM under HKDF-SHA-256 of the master key and a fresh salt, so the nonce is zero. */
    HKDF(1, 16, 16),
    /** AES-GCM under the master key itself, in the token that holds it, with a random nonce. */
    TOKEN(2, 12, 12),
    /**
     * AES-GCM under the master key itself, by the server that holds it. The nonce may be the
     * server's, known when all is done: GCM needs it to open, so it is not authenticated besides.
     */
    SERVER(3, 12, 16);

    private final int code;
    private final int leastFresh;
    private final int mostFresh;

    Method(int code, int leastFresh, int mostFresh) {
      this.code = code;
      this.leastFresh = leastFresh;
      this.mostFresh = mostFresh;
    }

    /** At least. */
    public int freshBytes() {
      return leastFresh;
    }

    private boolean tellsLength() {
      return leastFresh < mostFresh;
    }

    private boolean takes(int freshBytes) {
      return leastFresh <= freshBytes && freshBytes <= mostFresh;
    }
  }

  private final Method method;
  private final KeyReference masterKey;
  private final byte[] bytes;
  private final int headLength;
  private final int freshLength;

  private WrappedKey(
      Method method, KeyReference masterKey, byte[] bytes, int headLength, int freshLength) {
    this.method = method;
    this.masterKey = masterKey;
    this.bytes = bytes;
    this.headLength = headLength;
    this.freshLength = freshLength;
  }

  /** All that stands before the fresh bytes. */
  public static byte[] stem(Method method, KeyReference masterKey) {
    byte[] id = masterKey.keyId().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED + id.length)
        .put(VERSION)
        .put((byte) method.code)
        .putInt(masterKey.groupTag())
        .putInt(masterKey.checkValue())
        .putShort((short) id.length)
        .put(id)
        .array();
  }

  /** All that stands before the wrapped key. */
  public static byte[] head(Method method, KeyReference masterKey, byte[] fresh) {
    if (!method.takes(fresh.length)) {
      throw new IllegalArgumentException(method + " takes no " + fresh.length + " fresh bytes");
    }
    byte[] stem = stem(method, masterKey);
    ByteBuffer head =
        ByteBuffer.allocate(stem.length + (method.tellsLength() ? 1 : 0) + fresh.length).put(stem);
    if (method.tellsLength()) {
      head.put((byte) fresh.length);
    }
    return head.put(fresh).array();
  }

  /**
   * What is authenticated with the wrapped key.
   *
   * @param before its head, or stem
   */
  public static byte[] aad(byte[] before, KeyBinding binding) {
    byte[] bound = binding.bytes();
    return ByteBuffer.allocate(before.length + bound.length).put(before).put(bound).array();
  }

  /**
   * As it is stored.
   *
   * @param fresh as in {@link #head}
   */
  public static WrappedKey of(Method method, KeyReference masterKey, byte[] fresh, byte[] sealed) {
    byte[] head = head(method, masterKey, fresh);
    return new WrappedKey(
        method,
        masterKey,
        ByteBuffer.allocate(head.length + sealed.length).put(head).put(sealed).array(),
        head.length,
        fresh.length);
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
          "a wrapped key of version %d, method %d: this release reads version %d, methods 1 to 3"
              .formatted(version, code, VERSION));
    }
    int groupTag = from.getInt();
    int checkValue = from.getInt();
    int idLength = Short.toUnsignedInt(from.getShort());
    int afterId = FIXED + idLength;
    int freshLength = method.leastFresh;
    if (method.tellsLength() && afterId < bytes.length) {
      freshLength = Byte.toUnsignedInt(bytes[afterId++]);
    }
    int headLength = afterId + freshLength;
    int wrapped = bytes.length - headLength - TAG;
    if (idLength == 0
        || idLength > KeyReference.MAX_ID_BYTES
        || !method.takes(freshLength)
        || (wrapped != 16 && wrapped != 24 && wrapped != 32)) {
      throw new DamagedWrapException(
          "a wrapped key of %d bytes, whose master key's id has %d, is damaged"
              .formatted(bytes.length, idLength));
    }
    try {
      String id =
          StandardCharsets.UTF_8.newDecoder().decode(from.slice(FIXED, idLength)).toString();
      return new WrappedKey(
          method,
          new KeyReference(groupTag, id, checkValue),
          bytes.clone(),
          headLength,
          freshLength);
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

  public byte[] stem() {
    return stem(method, masterKey);
  }

  public byte[] fresh() {
    return Arrays.copyOfRange(bytes, headLength - freshLength, headLength);
  }

  public byte[] sealed() {
    return Arrays.copyOfRange(bytes, headLength, bytes.length);
  }

  @Override
  public String toString() {
    return "WrappedKey[" + keyLength() * 8 + " bits under " + masterKey + "]";
  }
}
