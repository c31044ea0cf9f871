package io.cassandratde.kmip.conformance;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * TTLV written a second time, straight from the specification's table (KMIP 1.4, 9.1.1) and without
 * the product's encoder, so that an error in that one cannot confirm itself.
 */
final class Oracle {
  private Oracle() {}

  static byte[] encode(TtlvItem item) {
    if (item instanceof TtlvItem.Structure structure) {
      return item(item.tag(), 1, concatenated(structure.items()));
    }
    if (item instanceof TtlvItem.IntegerItem integer) {
      return item(item.tag(), 2, ByteBuffer.allocate(4).putInt(integer.value()).array());
    }
    if (item instanceof TtlvItem.LongInteger integer) {
      return item(item.tag(), 3, ByteBuffer.allocate(8).putLong(integer.value()).array());
    }
    if (item instanceof TtlvItem.BigInt integer) {
      byte[] value = integer.value().toByteArray();
      byte[] padded = new byte[(value.length + 7) / 8 * 8];
      if (integer.value().signum() < 0) {
        java.util.Arrays.fill(padded, (byte) 0xff);
      }
      System.arraycopy(value, 0, padded, padded.length - value.length, value.length);
      return item(item.tag(), 4, padded);
    }
    if (item instanceof TtlvItem.Enumeration enumeration) {
      return item(item.tag(), 5, ByteBuffer.allocate(4).putInt(enumeration.value()).array());
    }
    if (item instanceof TtlvItem.Bool bool) {
      return item(item.tag(), 6, ByteBuffer.allocate(8).putLong(bool.value() ? 1 : 0).array());
    }
    if (item instanceof TtlvItem.Text text) {
      return item(item.tag(), 7, text.value().getBytes(StandardCharsets.UTF_8));
    }
    if (item instanceof TtlvItem.Bytes bytes) {
      return item(item.tag(), 8, bytes.value());
    }
    if (item instanceof TtlvItem.DateTime date) {
      return item(
          item.tag(), 9, ByteBuffer.allocate(8).putLong(date.value().getEpochSecond()).array());
    }
    if (item instanceof TtlvItem.Interval interval) {
      return item(item.tag(), 10, ByteBuffer.allocate(4).putInt((int) interval.seconds()).array());
    }
    throw new IllegalArgumentException("no KMIP 1.4 type: " + item.type());
  }

  private static byte[] concatenated(List<TtlvItem> items) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    items.forEach(item -> out.writeBytes(encode(item)));
    return out.toByteArray();
  }

  private static byte[] item(int tag, int type, byte[] value) {
    int padding = (8 - value.length % 8) % 8;
    return ByteBuffer.allocate(8 + value.length + padding)
        .putInt(tag << 8 | type)
        .putInt(value.length)
        .put(value)
        .array();
  }
}
