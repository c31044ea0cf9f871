package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * One subkey and the counter that never rewinds (docs/RULES.md R4). Between {@link
 * SessionPool#take} and give it belongs to one thread, so it needs no lock; the pool's slots
 * publish it from thread to thread.
 */
public final class SealingSession {

  private final DataKey key;
  private final KeyReference reference;
  private final ChunkKey subkey;
  private final byte[] template;
  private final int counterAt;
  private final Cipher cipher;
  private final byte[] nonce = new byte[ChunkFormat.NONCE_BYTES];
  private final SessionLimits limits;

  private long nextCounter;
  private long bytes;
  private long lastUsed;
  private boolean closed;

  SealingSession(DataKey key, byte[] salt, Provider provider, SessionLimits limits, long now) {
    this.key = key;
    this.reference = key.reference();
    this.limits = limits;
    this.lastUsed = now;
    this.template = ChunkHeader.template(reference, salt);
    this.counterAt = template.length - ChunkFormat.COUNTER_BYTES;
    this.cipher = ChunkOpener.newCipher(provider);
    this.subkey = ChunkKey.derive(key, template, counterAt - ChunkFormat.SALT_BYTES);
    if (!subkey.acquire()) {
      throw new AssertionError("a new key cannot be wiped");
    }
  }

  /** The key that seals, and that every chunk of this session names. */
  public KeyReference reference() {
    return reference;
  }

  /** How long the sealed chunk of so many bytes is. */
  public int sealedLength(int length) {
    return template.length + length + ChunkFormat.TAG_BYTES;
  }

  /** Leaves counters out; never back, so that no nonce can repeat. */
  void skipTo(long counter) {
    if (counter < nextCounter) {
      throw new IllegalArgumentException(
          "a counter never rewinds: " + counter + " after " + nextCounter);
    }
    nextCounter = counter;
  }

  boolean serves(DataKey current) {
    return key == current;
  }

  /** Whether it may seal so many bytes more at this time. */
  boolean mayGoOn(long now, int more) {
    return !closed
        && nextCounter < limits.chunks()
        && bytes + more <= limits.bytes()
        && now - lastUsed < limits.idle().toNanos();
  }

  boolean isIdle(long now) {
    return now - lastUsed >= limits.idle().toNanos();
  }

  /** Whether its data key was evicted. It may still seal while that key is the current one. */
  boolean isOrphan() {
    return key.isRetired();
  }

  void used(long now) {
    lastUsed = now;
  }

  /**
   * Seals {@code plain[0..length)} as one chunk at the start of {@code sealed}.
   *
   * @return the chunk's length, {@link #sealedLength}
   */
  public int seal(InnerCompression inner, byte[] plain, int length, byte[] sealed) {
    if (closed || nextCounter >= limits.chunks()) {
      throw new IllegalStateException("this sealing session has ended; take another from the pool");
    }
    // The counter is spent before anything can fail: no nonce is ever tried twice.
    int counter = (int) nextCounter++;
    bytes += length;
    System.arraycopy(template, 0, sealed, 0, counterAt);
    sealed[ChunkFormat.FLAGS_AT] |= (byte) inner.code();
    ChunkFormat.putInt(sealed, counterAt, counter);
    ChunkFormat.putInt(nonce, ChunkFormat.NONCE_COUNTER_AT, counter);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, subkey, new GCMParameterSpec(ChunkFormat.TAG_BITS, nonce));
      cipher.updateAAD(sealed, 0, template.length);
      int put = template.length + cipher.doFinal(plain, 0, length, sealed, template.length);
      SealCounts.countSealed();
      return put;
    } catch (GeneralSecurityException e) {
      close();
      throw new IllegalStateException(
          "AES-GCM of provider "
              + cipher.getProvider().getName()
              + " failed to seal under "
              + reference,
          e);
    }
  }

  void close() {
    if (!closed) {
      closed = true;
      subkey.release();
      subkey.retire();
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public String toString() {
    return "SealingSession[" + reference + ", " + nextCounter + " chunks, " + bytes + " bytes]";
  }
}
