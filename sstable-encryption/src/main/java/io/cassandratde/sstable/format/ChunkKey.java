package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyUse;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKey;

/**
 * The subkey of one (data key, salt) with the header bytes that name it. Uses are counted: {@link
 * #retire} wipes it once nobody uses it, and a use after that is refused (docs/RULES.md R3).
 */
final class ChunkKey implements SecretKey {

  private static final long serialVersionUID = 1L;
  private static final int RETIRED = 1 << 31;

  /** Header bytes from group tag to the end of the salt. */
  private final transient byte[] binding;

  private final transient byte[] bytes;

  /** Uses in the low bits; the sign bit says retired. */
  private final transient AtomicInteger uses = new AtomicInteger();

  private final transient DataKey source;

  private ChunkKey(DataKey source, byte[] binding, byte[] bytes) {
    this.source = source;
    this.binding = binding;
    this.bytes = bytes;
  }

  /**
   * @param header a chunk's header, or a session's template of one
   * @throws IllegalStateException when the data key was wiped meanwhile
   */
  static ChunkKey derive(DataKey key, byte[] header, int saltAt) {
    byte[] context = Arrays.copyOfRange(header, ChunkFormat.GROUP_TAG_AT, saltAt);
    byte[] salt = Arrays.copyOfRange(header, saltAt, saltAt + ChunkFormat.SALT_BYTES);
    byte[] binding =
        Arrays.copyOfRange(header, ChunkFormat.GROUP_TAG_AT, saltAt + ChunkFormat.SALT_BYTES);
    return new ChunkKey(key, binding, key.derive(KeyUse.CHUNK, salt, context, key.bits() / 8));
  }

  boolean isBoundTo(byte[] header, int saltAt) {
    return Arrays.equals(
        binding,
        0,
        binding.length,
        header,
        ChunkFormat.GROUP_TAG_AT,
        saltAt + ChunkFormat.SALT_BYTES);
  }

  /**
   * @param name header bytes from group tag to the end of the key id, {@link ChunkHeader#keyName}
   */
  boolean isDerivedFrom(byte[] name) {
    return binding.length == name.length + ChunkFormat.SALT_BYTES
        && Arrays.equals(binding, 0, name.length, name, 0, name.length);
  }

  /** Whether its data key was evicted since: then it must not be kept. */
  boolean isOrphan() {
    return source.isRetired();
  }

  /** False once it was wiped: then the caller must not use it. */
  boolean acquire() {
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

  void release() {
    if (uses.decrementAndGet() == RETIRED) {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  void retire() {
    if (uses.getAndUpdate(now -> now | RETIRED) == 0) {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  boolean isWiped() {
    return uses.get() == RETIRED;
  }

  @Override
  public String getAlgorithm() {
    return "AES";
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    if (isWiped()) {
      throw new IllegalStateException("this chunk key was wiped");
    }
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "ChunkKey[withheld]";
  }
}
