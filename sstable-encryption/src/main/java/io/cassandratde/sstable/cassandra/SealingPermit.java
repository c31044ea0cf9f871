package io.cassandratde.sstable.cassandra;

import org.jspecify.annotations.Nullable;

/**
 * Whether one compressor instance may seal. It starts without a permit, and gets one only when the
 * very CompressionParams that hold it were seen to let every chunk through it:
 * CompressedSequentialWriter writes its own buffer, in plaintext, whenever a chunk comes out at
 * least as long as maxCompressedLength, and a compressor is not told that limit (docs/RULES.md
 * R24).
 *
 * <p>CompressionParams are immutable and hold the instance for good, so a verdict never changes.
 */
final class SealingPermit {

  private enum State {
    UNKNOWN,
    GRANTED,
    REFUSED
  }

  private volatile State state;
  private volatile @Nullable String reason;

  SealingPermit(Origin origin) {
    state =
        switch (origin) {
          case TABLE -> State.UNKNOWN;
          case LOG_WRITER -> State.GRANTED; // log blocks have no limit behind which they stay plain
          case STORED, LOG_READER -> State.REFUSED;
        };
    if (state == State.REFUSED) {
      reason =
          "this compressor was made from a file's stored options: it opens, and never seals (docs/RULES.md R5)";
    }
  }

  void grant() {
    if (state == State.UNKNOWN) {
      state = State.GRANTED;
    }
  }

  void refuse(String why) {
    if (state == State.UNKNOWN) {
      reason = why;
      state = State.REFUSED;
    }
  }

  /** Per chunk: one volatile read when granted. */
  void require(EncryptingCompressor owner) {
    if (state == State.GRANTED) {
      return;
    }
    checkEarly(owner);
    if (state == State.UNKNOWN) {
      throw new SealingRefusedException(
          owner
              + " belongs to no table of the schema, so nothing tells whether its chunks would reach the disk in plaintext"
              + " (min_compress_ratio). Nothing was written; please report this.");
    }
  }

  /** Per file: throws when sealing is known to leak. */
  void checkEarly(EncryptingCompressor owner) {
    if (state == State.UNKNOWN) {
      TableGuard.judgeOwnerOf(owner);
    }
    if (state == State.REFUSED) {
      throw new SealingRefusedException(String.valueOf(reason));
    }
  }

  @Nullable String refusal() {
    return state == State.REFUSED ? reason : null;
  }
}
