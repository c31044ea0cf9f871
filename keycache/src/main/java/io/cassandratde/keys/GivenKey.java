package io.cassandratde.keys;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A key whose material this process holds. */
final class GivenKey extends DataKey {

  private static final byte[] NONE = new byte[0];
  private static final int CHECK_VALUE_BYTES = 32;

  private final byte[] material;
  private final Hkdf hkdf;

  private GivenKey(byte[] material, KeyReference reference, Hkdf hkdf) {
    super(reference);
    this.material = material;
    this.hkdf = hkdf;
  }

  /** As {@link DataKey#of}. */
  static GivenKey copyOf(int groupTag, String keyId, byte[] material, Hkdf hkdf) {
    if (material.length != 16 && material.length != 24 && material.length != 32) {
      throw new IllegalArgumentException(
          "key " + keyId + " has " + material.length + " bytes; AES needs 16, 24 or 32");
    }
    rejectZeros(material, "key " + keyId);
    int check = checkValue(material, hkdf);
    return new GivenKey(material.clone(), new KeyReference(groupTag, keyId, check), hkdf);
  }

  private static int checkValue(byte[] material, Hkdf hkdf) {
    return ByteBuffer.wrap(
            hkdf.derive(material, NONE, KeyUse.CHECK_VALUE.info(NONE), CHECK_VALUE_BYTES))
        .getInt();
  }

  @Override
  public int bits() {
    return material.length * 8;
  }

  @Override
  byte[] derived(KeyUse use, byte[] salt, byte[] context, int length) {
    byte[] derived = hkdf.derive(material, salt, use.info(context), length);
    rejectZeros(derived, "the " + use.label() + " key derived from " + reference());
    return derived;
  }

  @Override
  byte[] material() {
    return material;
  }

  @Override
  void wipe() {
    Arrays.fill(material, (byte) 0);
  }

  private static void rejectZeros(byte[] bytes, String what) {
    int any = 0;
    for (byte b : bytes) {
      any |= b;
    }
    if (any == 0) {
      throw new IllegalStateException(what + " is all zeros, so it is no key");
    }
  }
}
