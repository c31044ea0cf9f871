package io.cassandratde.sstable.format;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKey;

/**
 * A derived AES key whose uses are counted: {@link #retire} wipes it once nobody uses it, and a use
 * after that is refused (docs/RULES.md R3).
 */
public class Subkey implements SecretKey {

  private static final long serialVersionUID = 1L;
  private static final int RETIRED = 1 << 31;

  private final transient byte[] bytes;

  /** Uses in the low bits; the sign bit says retired. */
  private final transient AtomicInteger uses = new AtomicInteger();

  /** Takes the bytes over. */
  public Subkey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** False once it was retired and wiped: then the caller must not use it. */
  public final boolean acquire() {
    for (; ; ) {
      int now = uses.get();
      if (now == RETIRED) {
        return false;
      }
      if (uses.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  public final void release() {
    if (uses.decrementAndGet() == RETIRED) {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  public final void retire() {
    if (uses.getAndUpdate(now -> now | RETIRED) == 0) {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  public final boolean isWiped() {
    return uses.get() == RETIRED;
  }

  @Override
  public final String getAlgorithm() {
    return "AES";
  }

  @Override
  public final String getFormat() {
    return "RAW";
  }

  @Override
  public final byte[] getEncoded() {
    if (isWiped()) {
      throw new IllegalStateException("this subkey was wiped");
    }
    return bytes.clone();
  }

  @Override
  public final String toString() {
    return "Subkey[withheld]";
  }
}
