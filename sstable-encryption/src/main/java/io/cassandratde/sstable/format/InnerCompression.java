package io.cassandratde.sstable.format;

import org.jspecify.annotations.Nullable;

/**
 * How the plaintext of one chunk was compressed before sealing: the low nibble of its flags. Codes
 * never change meaning.
 */
public enum InnerCompression {
  /** As it stands: no compressor, or one that did not make this chunk smaller. */
  STORED(0),
  LZ4(1),
  SNAPPY(2),
  DEFLATE(3),
  ZSTD(4);

  private static final InnerCompression[] BY_CODE = values();

  private final int code;

  InnerCompression(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static @Nullable InnerCompression ofCode(int code) {
    return code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
