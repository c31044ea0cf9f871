package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.EnumTable;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The only class of this server that knows TTLV items by their types; the others name tags and
 * values as the specification does.
 */
final class Wire {
  /** The store file may outgrow any message. */
  private static final TtlvDecoder DECODER =
      new TtlvDecoder(new TtlvLimits(256 << 20, 32, 10_000_000));

  private Wire() {}

  static int tag(String name) {
    Integer code = Tag.code(name);
    if (code == null) {
      throw new IllegalArgumentException("no tag is called " + name);
    }
    return code;
  }

  /** The code of a value of an enumeration. */
  static int enumeration(String tagName, String valueName) {
    EnumTable table = EnumTable.of(tagName);
    Integer code = table == null ? null : table.code(valueName);
    if (code == null) {
      throw new IllegalArgumentException("no value of " + tagName + " is called " + valueName);
    }
    return code;
  }

  static byte[] encode(TtlvItem item) {
    return TtlvEncoder.encode(item);
  }

  static TtlvItem decode(byte[] bytes) {
    try {
      return DECODER.decode(bytes);
    } catch (TtlvException e) {
      throw new KmipFailure(Reason.INVALID_MESSAGE, String.valueOf(e.getMessage()));
    }
  }

  static TtlvItem structure(String tagName, List<TtlvItem> items) {
    return new TtlvItem.Structure(tag(tagName), items);
  }

  static TtlvItem text(String tagName, String value) {
    return new TtlvItem.Text(tag(tagName), value);
  }

  static TtlvItem integer(String tagName, int value) {
    return new TtlvItem.IntegerItem(tag(tagName), value);
  }

  static TtlvItem longInteger(String tagName, long value) {
    return new TtlvItem.LongInteger(tag(tagName), value);
  }

  static TtlvItem enumeration(String tagName, int value) {
    return new TtlvItem.Enumeration(tag(tagName), value);
  }

  static TtlvItem interval(String tagName, long seconds) {
    return new TtlvItem.Interval(tag(tagName), seconds);
  }

  static TtlvItem bytes(String tagName, byte[] value) {
    return new TtlvItem.Bytes(tag(tagName), value);
  }

  static TtlvItem bool(String tagName, boolean value) {
    return new TtlvItem.Bool(tag(tagName), value);
  }

  static TtlvItem date(String tagName, Instant value) {
    return new TtlvItem.DateTime(tag(tagName), value.truncatedTo(ChronoUnit.SECONDS));
  }

  static TtlvItem retag(TtlvItem item, String tagName) {
    return item.withTag(tag(tagName));
  }

  static boolean same(TtlvItem a, TtlvItem b) {
    return a.equals(b);
  }

  static boolean isText(TtlvItem item) {
    return item instanceof TtlvItem.Text;
  }

  static boolean isStructure(TtlvItem item) {
    return item instanceof TtlvItem.Structure;
  }

  static List<TtlvItem> children(TtlvItem item) {
    if (item instanceof TtlvItem.Structure structure) {
      return structure.items();
    }
    throw wrongType(item, "Structure");
  }

  static String text(TtlvItem item) {
    if (item instanceof TtlvItem.Text text) {
      return text.value();
    }
    throw wrongType(item, "Text String");
  }

  /** An Integer, Enumeration or Interval. */
  static int number(TtlvItem item) {
    if (item instanceof TtlvItem.IntegerItem integer) {
      return integer.value();
    }
    if (item instanceof TtlvItem.Enumeration enumeration) {
      return enumeration.value();
    }
    if (item instanceof TtlvItem.Interval interval && interval.seconds() <= Integer.MAX_VALUE) {
      return (int) interval.seconds();
    }
    throw wrongType(item, "Integer, Enumeration or Interval");
  }

  static long longNumber(TtlvItem item) {
    if (item instanceof TtlvItem.LongInteger integer) {
      return integer.value();
    }
    throw wrongType(item, "Long Integer");
  }

  static byte[] bytes(TtlvItem item) {
    if (item instanceof TtlvItem.Bytes bytes) {
      return bytes.value();
    }
    throw wrongType(item, "Byte String");
  }

  static boolean bool(TtlvItem item) {
    if (item instanceof TtlvItem.Bool bool) {
      return bool.value();
    }
    throw wrongType(item, "Boolean");
  }

  static Instant instant(TtlvItem item) {
    Instant instant = instantOrNull(item);
    if (instant == null) {
      throw wrongType(item, "Date-Time");
    }
    return instant;
  }

  static @Nullable Instant instantOrNull(TtlvItem item) {
    return item instanceof TtlvItem.DateTime date ? date.value() : null;
  }

  private static KmipFailure wrongType(TtlvItem item, String wanted) {
    return new KmipFailure(
        Reason.INVALID_MESSAGE,
        Tag.name(item.tag()) + " is a " + item.type().label() + ", not a " + wanted);
  }
}
