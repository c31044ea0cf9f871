package io.cassandratde.kmip;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Key material: no hashCode worth the name, no toString, compared in constant time, wiped by {@link
 * #close}. Java may have moved the array before; wiping is best effort.
 */
public final class SecretBytes implements AutoCloseable {
  private final byte[] bytes;
  private boolean wiped;

  /** Takes the array over, without a copy. */
  public SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  public int length() {
    return bytes.length;
  }

  /** A copy, which the caller wipes. */
  public synchronized byte[] copy() {
    if (wiped) {
      throw new IllegalStateException("this key material was wiped");
    }
    return bytes.clone();
  }

  /** Compares in constant time. */
  public synchronized boolean sameAs(byte[] other) {
    return !wiped && MessageDigest.isEqual(bytes, other);
  }

  @Override
  public synchronized void close() {
    wiped = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "SecretBytes[" + bytes.length + " bytes]";
  }
}
