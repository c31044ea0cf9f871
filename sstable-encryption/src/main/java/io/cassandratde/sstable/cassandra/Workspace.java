package io.cassandratde.sstable.cassandra;

import java.nio.ByteBuffer;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * One thread's staging memory; grows to the largest chunk seen. AES-GCM on heap arrays is two to
 * three times as fast as on direct buffers with every provider measured, which pays for the copies
 * (docs/PERFORMANCE.md).
 */
public final class Workspace {

  private static final int STEP = 1 << 12;

  /** More than any chunk of an SSTable or block of hints is likely to need. */
  private static final int KEPT = 1 << 20;

  /** Plaintext of a chunk, compressed or as it stands. */
  private byte[] plain = new byte[0];

  private ByteBuffer plainBuffer = ByteBuffer.wrap(plain);

  /** The sealed chunk. */
  private byte[] sealed = new byte[0];

  /** For inner compressors that take direct buffers only. */
  private ByteBuffer directIn = ByteBuffer.allocateDirect(0);

  private ByteBuffer directOut = ByteBuffer.allocateDirect(0);

  private @Nullable Inflater inflater;

  public byte[] plain(int length) {
    if (plain.length < length) {
      plain = new byte[roundUp(length)];
      plainBuffer = ByteBuffer.wrap(plain);
    }
    return plain;
  }

  public byte[] plain() {
    return plain;
  }

  /** A view of {@link #plain()}. */
  ByteBuffer plainBuffer() {
    return plainBuffer.clear();
  }

  public byte[] sealed(int length) {
    if (sealed.length < length) {
      sealed = new byte[roundUp(length)];
    }
    return sealed;
  }

  ByteBuffer directIn(int length) {
    if (directIn.capacity() < length) {
      directIn = ByteBuffer.allocateDirect(roundUp(length));
    }
    return directIn.clear().limit(length);
  }

  ByteBuffer directOut(int length) {
    if (directOut.capacity() < length) {
      directOut = ByteBuffer.allocateDirect(roundUp(length));
    }
    return directOut.clear().limit(length);
  }

  /** Ready for a new stream. */
  Inflater inflater() {
    Inflater there = inflater;
    if (there == null) {
      there = new Inflater();
      inflater = there;
    }
    there.reset();
    return there;
  }

  /** Gives back what only a very long chunk needed. */
  void trim() {
    if (plain.length > KEPT) {
      plain = new byte[0];
      plainBuffer = ByteBuffer.wrap(plain);
    }
    if (sealed.length > KEPT) {
      sealed = new byte[0];
    }
    if (directIn.capacity() > KEPT) {
      directIn = ByteBuffer.allocateDirect(0);
    }
    if (directOut.capacity() > KEPT) {
      directOut = ByteBuffer.allocateDirect(0);
    }
  }

  private static int roundUp(int length) {
    return Math.addExact(length, STEP - 1) & -STEP;
  }
}
