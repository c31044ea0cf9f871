package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Opens chunks. Thread-safe; warm, it is one table lookup and one AES-GCM call.
 *
 * <p>Nothing reaches the caller's array before the tag was verified, as far as the provider keeps
 * that promise; callers therefore pass a staging array of theirs and copy after a normal return
 * only.
 */
public final class ChunkOpener {

  private final KeyFinder finder;
  private final SubkeyCache subkeys;
  private final ThreadLocal<Opening> opening;

  public ChunkOpener(KeyFinder finder, SubkeyCache subkeys, Provider provider) {
    this(finder, subkeys, ThreadLocal.withInitial(() -> new Opening(newCipher(provider))));
  }

  private ChunkOpener(KeyFinder finder, SubkeyCache subkeys, ThreadLocal<Opening> opening) {
    this.finder = finder;
    this.subkeys = subkeys;
    this.opening = opening;
  }

  /**
   * The same opener, asking someone else for keys that are not here yet: tables differ in where
   * their keys come from.
   */
  public ChunkOpener with(KeyFinder other) {
    return new ChunkOpener(other, subkeys, opening);
  }

  static Cipher newCipher(Provider provider) {
    try {
      return Cipher.getInstance(ChunkFormat.TRANSFORMATION, provider);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "provider " + provider.getName() + " has no " + ChunkFormat.TRANSFORMATION, e);
    }
  }

  /**
   * Opens {@code chunk[0..length)} to the start of {@code plain}, which must take {@code length}
   * bytes.
   *
   * @param own the inner compression that the caller can undo, besides STORED
   * @return how the chunk was compressed, with {@link Opened#length}; reused by this thread's next
   *     call
   * @throws CorruptChunkException the bytes are not what was sealed
   * @throws io.cassandratde.keys.KeyException there is no key for it
   */
  public Opened open(byte[] chunk, int length, byte[] plain, InnerCompression own)
      throws CorruptChunkException {
    int saltAt = ChunkHeader.saltAt(chunk, length);
    InnerCompression inner = ChunkHeader.inner(chunk);
    int headerLength = saltAt + ChunkFormat.SALT_BYTES + ChunkFormat.COUNTER_BYTES;
    if (length < headerLength + ChunkFormat.TAG_BYTES) {
      throw new CorruptChunkException(
          Reason.MALFORMED, "bad chunk: " + length + " bytes hold a header and no tag");
    }
    if (inner != InnerCompression.STORED && inner != own) {
      throw new CorruptChunkException(
          Reason.UNFIT,
          "bad chunk: its inner compression is " + inner + " where " + own + " or STORED belongs");
    }
    if (finder.isGuarded()) {
      finder.require(ChunkHeader.parse(chunk, length).key());
    }
    Opening work = opening.get();
    ChunkKey subkey = subkeys.acquire(chunk, saltAt);
    boolean known = subkey != null;
    if (subkey == null) {
      subkey = derive(chunk, length, saltAt);
    }
    try {
      work.opened.length = work.decrypt(subkey, chunk, headerLength, length, plain);
      work.opened.inner = inner;
      if (!known) {
        subkeys.add(subkey, chunk, saltAt);
        known = true;
        if (subkey.isOrphan()) {
          // Evicted since it was found, perhaps before the line above: the drop that followed may
          // have come too early.
          subkeys.drop(ChunkHeader.parse(chunk, length).key());
        }
      }
      return work.opened;
    } finally {
      subkey.release();
      if (!known) {
        subkey.retire();
      }
    }
  }

  private ChunkKey derive(byte[] chunk, int length, int saltAt) throws CorruptChunkException {
    KeyReference named = ChunkHeader.parse(chunk, length).key();
    ChunkKey subkey = finder.use(named, "this chunk", key -> ChunkKey.derive(key, chunk, saltAt));
    if (!subkey.acquire()) {
      throw new AssertionError("a new key cannot be wiped");
    }
    return subkey;
  }

  /** What came out of a chunk. Valid until this thread opens another. */
  public static final class Opened {
    private InnerCompression inner = InnerCompression.STORED;
    private int length;

    private Opened() {}

    public InnerCompression inner() {
      return inner;
    }

    public int length() {
      return length;
    }
  }

  /** What a thread needs to open chunks. */
  private static final class Opening {
    private final Cipher cipher;
    private final byte[] nonce = new byte[ChunkFormat.NONCE_BYTES];
    private final Opened opened = new Opened();

    Opening(Cipher cipher) {
      this.cipher = cipher;
    }

    int decrypt(ChunkKey subkey, byte[] chunk, int headerLength, int length, byte[] plain)
        throws CorruptChunkException {
      System.arraycopy(
          chunk,
          headerLength - ChunkFormat.COUNTER_BYTES,
          nonce,
          ChunkFormat.NONCE_COUNTER_AT,
          ChunkFormat.COUNTER_BYTES);
      try {
        cipher.init(Cipher.DECRYPT_MODE, subkey, new GCMParameterSpec(ChunkFormat.TAG_BITS, nonce));
        cipher.updateAAD(chunk, 0, headerLength);
        int put = cipher.doFinal(chunk, headerLength, length - headerLength, plain, 0);
        SealCounts.countOpened();
        return put;
      } catch (AEADBadTagException e) {
        SealCounts.countNotAuthentic();
        throw new CorruptChunkException(
            Reason.NOT_AUTHENTIC,
            "chunk fails authentication: its bytes were changed after sealing ("
                + ChunkHeader.parse(chunk, length)
                + ", "
                + length
                + " bytes)",
            e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(
            "AES-GCM of provider " + cipher.getProvider().getName() + " failed to open a chunk", e);
      }
    }
  }
}
