package io.cassandratde.kmip.conformance;

import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.ttlv.EnumTable;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * From KMIP's XML encoding (KMIP Additional Message Encodings 1.0, chapter 5) to TTLV items.
 *
 * <p>Every {@code $NAME} goes through the resolver first, which answers in the same encoding.
 */
final class XmlConverter {
  private final UnaryOperator<Element> resolver;

  XmlConverter(UnaryOperator<Element> resolver) {
    this.resolver = resolver;
  }

  TtlvItem convert(Element element) {
    return convert(element, element.tag());
  }

  /** An Attribute Value is read by the tables of the attribute that its Attribute Name names. */
  private TtlvItem convert(Element element, String table) {
    if (element.leaf()) {
      return leaf(resolver.apply(element), table);
    }
    if (!element.type().equals("Structure")) {
      throw new IllegalArgumentException(element + " has a type but no value");
    }
    List<TtlvItem> items = new ArrayList<>();
    String attribute = element.textOf("AttributeName").replace(" ", "");
    for (Element child : element.children()) {
      boolean attributeValue = child.tag().equals("AttributeValue") && !attribute.isEmpty();
      items.add(convert(child, attributeValue ? attribute : child.tag()));
    }
    return new TtlvItem.Structure(tag(element.tag()), items);
  }

  private static TtlvItem leaf(Element element, String table) {
    int tag = tag(element.tag());
    String value = element.text();
    return switch (element.type()) {
      case "Integer" -> new TtlvItem.IntegerItem(tag, integer(value, table));
      case "LongInteger" -> new TtlvItem.LongInteger(tag, Long.decode(value));
      case "BigInteger" -> new TtlvItem.BigInt(tag, new BigInteger(HexFormat.of().parseHex(value)));
      case "Enumeration" -> new TtlvItem.Enumeration(tag, enumeration(value, table));
      case "Boolean" -> new TtlvItem.Bool(tag, bool(value));
      case "TextString" -> new TtlvItem.Text(tag, value);
      case "ByteString" -> new TtlvItem.Bytes(tag, HexFormat.of().parseHex(value));
      case "DateTime" -> new TtlvItem.DateTime(tag, date(value));
      case "Interval" -> new TtlvItem.Interval(tag, Long.parseLong(value));
      default -> throw new IllegalArgumentException("unknown type in " + element);
    };
  }

  private static int tag(String name) {
    Integer code = Tag.code(name);
    if (code == null) {
      throw new IllegalArgumentException("unknown tag " + name);
    }
    return code;
  }

  private static int integer(String value, String table) {
    if (value.matches("-?\\d+")) {
      return Integer.parseInt(value);
    }
    int mask = 0;
    for (String name : value.trim().split("[ |]+", -1)) {
      mask |= name.startsWith("0x") ? hex(name) : named(name, table);
    }
    return mask;
  }

  private static int enumeration(String value, String table) {
    return value.startsWith("0x") ? hex(value) : named(value, table);
  }

  private static int hex(String value) {
    return Integer.parseUnsignedInt(value.substring(2), 16);
  }

  private static int named(String name, String table) {
    EnumTable names = EnumTable.of(table);
    Integer code = names == null ? null : names.code(name);
    if (code == null) {
      throw new IllegalArgumentException("no value " + name + " of " + table);
    }
    return code;
  }

  private static boolean bool(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new IllegalArgumentException("no boolean: " + value);
    };
  }

  private static Instant date(String value) {
    return OffsetDateTime.parse(value).toInstant();
  }
}
