package io.cassandratde.kmip.ttlv;

import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes items in their one canonical form, into an array of exactly the size needed. */
public final class TtlvEncoder {
  private TtlvEncoder() {}

  /** The caller wipes the array if the item holds secrets; no other copy is left behind. */
  public static byte[] encode(TtlvItem item) {
    ByteBuffer out = ByteBuffer.allocate(encodedLength(item));
    write(item, out);
    return out.array();
  }

  /** The number of bytes that {@link #encode} returns. */
  public static int encodedLength(TtlvItem item) {
    return Math.addExact(8, padded(valueLength(item)));
  }

  private static int padded(int length) {
    return Math.addExact(length, 7) & ~7;
  }

  private static int valueLength(TtlvItem item) {
    if (item instanceof Structure structure) {
      int sum = 0;
      for (TtlvItem child : structure.items()) {
        sum = Math.addExact(sum, encodedLength(child));
      }
      return sum;
    }
    if (item instanceof TtlvItem.Text text) {
      return utf8(text).length;
    }
    if (item instanceof TtlvItem.Bytes bytes) {
      return bytes.length();
    }
    if (item instanceof TtlvItem.BigInt big) {
      return padded(big.value().toByteArray().length);
    }
    return item.type().fixedLength();
  }

  private static byte[] utf8(TtlvItem.Text text) {
    return text.value().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(TtlvItem item, ByteBuffer out) {
    int length = valueLength(item);
    out.putInt(item.tag() << 8 | item.type().code()).putInt(length);
    if (item instanceof Structure structure) {
      structure.items().forEach(child -> write(child, out));
    } else if (item instanceof TtlvItem.IntegerItem integer) {
      out.putInt(integer.value());
    } else if (item instanceof TtlvItem.Enumeration enumeration) {
      out.putInt(enumeration.value());
    } else if (item instanceof TtlvItem.Interval interval) {
      out.putInt((int) interval.seconds());
    } else if (item instanceof TtlvItem.LongInteger longInteger) {
      out.putLong(longInteger.value());
    } else if (item instanceof TtlvItem.Bool bool) {
      out.putLong(bool.value() ? 1 : 0);
    } else if (item instanceof TtlvItem.DateTime dateTime) {
      out.putLong(dateTime.value().getEpochSecond());
    } else if (item instanceof TtlvItem.DateTimeExtended extended) {
      out.putLong(extended.microseconds());
    } else if (item instanceof TtlvItem.Text text) {
      out.put(utf8(text));
    } else if (item instanceof TtlvItem.Bytes bytes) {
      out.put(bytes.value());
    } else if (item instanceof TtlvItem.BigInt big) {
      writeBig(big.value(), length, out);
    }
    // The array was zero when allocated: padding needs no writing.
    out.position(out.position() + padded(length) - length);
  }

  private static void writeBig(BigInteger value, int length, ByteBuffer out) {
    byte[] magnitude = value.toByteArray();
    byte sign = (byte) (value.signum() < 0 ? 0xFF : 0);
    for (int i = magnitude.length; i < length; i++) {
      out.put(sign);
    }
    out.put(magnitude);
  }
}
