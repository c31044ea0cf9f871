package io.cassandratde.sstable.format.carrier;

import io.cassandratde.sstable.format.Salts;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * What makes an encrypted SSTable itself: 16 random bytes that every sealed byte of it is bound to
 * (docs/RULES.md R7, R8). Unlike a generation it survives import and streaming.
 */
public record SSTableUid(long high, long low) {

  public static final int BYTES = 16;

  public static SSTableUid random(Salts salts) {
    byte[] bytes = new byte[BYTES];
    salts.fill(bytes);
    return read(ByteBuffer.wrap(bytes));
  }

  /** Reads the next 16 bytes. */
  public static SSTableUid read(ByteBuffer from) {
    return new SSTableUid(from.getLong(), from.getLong());
  }

  public ByteBuffer write(ByteBuffer to) {
    return to.putLong(high).putLong(low);
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
