package io.cassandratde.kmip.ttlv;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One item of a message: a tag and a typed value. Immutable but for {@link Bytes}, which can be
 * wiped. {@code toString} of every item is redacted, see {@link TtlvDump}.
 */
public sealed interface TtlvItem {
  int tag();

  TtlvType type();

  /** The same value under another tag. Bytes share their array. */
  TtlvItem withTag(int newTag);

  record Structure(int tag, List<TtlvItem> items) implements TtlvItem, StructureView {
    public Structure {
      items = List.copyOf(items);
    }

    public Structure(int tag, TtlvItem... items) {
      this(tag, List.of(items));
    }

    @Override
    public TtlvType type() {
      return TtlvType.STRUCTURE;
    }

    @Override
    public Structure withTag(int newTag) {
      return new Structure(newTag, items);
    }

    /** Overwrites every byte string in it, at any depth. */
    public void wipe() {
      for (TtlvItem item : items) {
        if (item instanceof Bytes bytes) {
          bytes.wipe();
        } else if (item instanceof Structure inner) {
          inner.wipe();
        }
      }
    }

    @Override
    public String toString() {
      return TtlvDump.dump(this);
    }
  }

  record IntegerItem(int tag, int value) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.INTEGER;
    }

    @Override
    public IntegerItem withTag(int newTag) {
      return new IntegerItem(newTag, value);
    }
  }

  record LongInteger(int tag, long value) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.LONG_INTEGER;
    }

    @Override
    public LongInteger withTag(int newTag) {
      return new LongInteger(newTag, value);
    }
  }

  record BigInt(int tag, BigInteger value) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.BIG_INTEGER;
    }

    @Override
    public BigInt withTag(int newTag) {
      return new BigInt(newTag, value);
    }

    @Override
    public String toString() {
      return TtlvDump.dump(this);
    }
  }

  record Enumeration(int tag, int value) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.ENUMERATION;
    }

    @Override
    public Enumeration withTag(int newTag) {
      return new Enumeration(newTag, value);
    }
  }

  record Bool(int tag, boolean value) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.BOOLEAN;
    }

    @Override
    public Bool withTag(int newTag) {
      return new Bool(newTag, value);
    }
  }

  record Text(int tag, String value) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.TEXT_STRING;
    }

    @Override
    public Text withTag(int newTag) {
      return new Text(newTag, value);
    }

    @Override
    public String toString() {
      return TtlvDump.dump(this);
    }
  }

  /** A byte string: often key material, so it is compared in constant time and can be wiped. */
  final class Bytes implements TtlvItem {
    private final int tag;
    private final byte[] value;

    /** Takes the array over without a copy, so that a secret does not multiply. */
    public Bytes(int tag, byte[] value) {
      this.tag = tag;
      this.value = value;
    }

    @Override
    public int tag() {
      return tag;
    }

    /** The array itself, not a copy. */
    public byte[] value() {
      return value;
    }

    public int length() {
      return value.length;
    }

    public void wipe() {
      Arrays.fill(value, (byte) 0);
    }

    @Override
    public TtlvType type() {
      return TtlvType.BYTE_STRING;
    }

    @Override
    public Bytes withTag(int newTag) {
      return new Bytes(newTag, value);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that
          && that.tag == tag
          && MessageDigest.isEqual(that.value, value);
    }

    @Override
    public int hashCode() {
      return 31 * tag + value.length;
    }

    @Override
    public String toString() {
      return TtlvDump.dump(this);
    }
  }

  /** Seconds since 1970. */
  record DateTime(int tag, Instant value) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.DATE_TIME;
    }

    @Override
    public DateTime withTag(int newTag) {
      return new DateTime(newTag, value);
    }
  }

  /** A duration in seconds, 32 bits without sign. */
  record Interval(int tag, long seconds) implements TtlvItem {
    public Interval {
      if (seconds < 0 || seconds > 0xFFFFFFFFL) {
        throw new IllegalArgumentException("an Interval holds 0 to 2^32-1 seconds");
      }
    }

    @Override
    public TtlvType type() {
      return TtlvType.INTERVAL;
    }

    @Override
    public Interval withTag(int newTag) {
      return new Interval(newTag, seconds);
    }
  }

  /** Microseconds since 1970 (KMIP 2.0). */
  record DateTimeExtended(int tag, long microseconds) implements TtlvItem {
    @Override
    public TtlvType type() {
      return TtlvType.DATE_TIME_EXTENDED;
    }

    @Override
    public DateTimeExtended withTag(int newTag) {
      return new DateTimeExtended(newTag, microseconds);
    }
  }

  static Text text(int tag, String value) {
    return new Text(tag, value);
  }

  static Bytes utf8(int tag, String value) {
    return new Bytes(tag, value.getBytes(StandardCharsets.UTF_8));
  }
}
