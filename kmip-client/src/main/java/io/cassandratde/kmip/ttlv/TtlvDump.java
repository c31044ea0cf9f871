package io.cassandratde.kmip.ttlv;

import java.util.Set;

/**
 * Readable text of an item for logs and tests. Redacted by construction: byte strings and big
 * integers are never shown, only their sizes, nor are passwords.
 */
public final class TtlvDump {
  private static final Set<String> SECRET_TEXTS =
      Set.of("Password", "OneTimePassword", "HashedPassword", "ServerHashedPassword");

  private TtlvDump() {}

  /** One line per item, indented by two blanks per level. */
  public static String dump(TtlvItem item) {
    StringBuilder out = new StringBuilder();
    append(item, 0, false, out);
    return out.toString();
  }

  private static void append(TtlvItem item, int depth, boolean secret, StringBuilder out) {
    String name = Tag.name(item.tag());
    // Transparent keys are structures: whatever lies under KeyMaterial is a secret.
    boolean hidden = secret || SECRET_TEXTS.contains(name) || item.tag() == Tag.KEY_MATERIAL;
    out.append("  ".repeat(depth)).append(name);
    if (item instanceof TtlvItem.Structure structure) {
      for (TtlvItem child : structure.items()) {
        append(child, depth + 1, hidden, out.append('\n'));
      }
    } else {
      out.append(": ").append(value(item, hidden));
    }
  }

  private static String value(TtlvItem item, boolean hidden) {
    if (item instanceof TtlvItem.Bytes bytes) {
      return "<" + bytes.length() + " bytes>";
    }
    if (item instanceof TtlvItem.BigInt big) {
      return "<" + big.value().bitLength() + " bits>";
    }
    if (hidden) {
      return "<redacted>";
    }
    if (item instanceof TtlvItem.Text text) {
      return '"' + printable(text.value()) + '"';
    }
    EnumTable table = EnumTable.of(item.tag());
    if (item instanceof TtlvItem.Enumeration enumeration) {
      String name = table == null ? null : table.name(enumeration.value());
      return name == null ? "0x%08X".formatted(enumeration.value()) : name;
    }
    if (item instanceof TtlvItem.IntegerItem integer) {
      return table != null && table.isMask()
          ? table.maskNames(integer.value())
          : Integer.toString(integer.value());
    }
    if (item instanceof TtlvItem.LongInteger longInteger) {
      return Long.toString(longInteger.value());
    }
    if (item instanceof TtlvItem.Bool bool) {
      return Boolean.toString(bool.value());
    }
    if (item instanceof TtlvItem.DateTime dateTime) {
      return dateTime.value().toString();
    }
    if (item instanceof TtlvItem.Interval interval) {
      return interval.seconds() + " s";
    }
    return item instanceof TtlvItem.DateTimeExtended extended
        ? extended.microseconds() + " us"
        : "";
  }

  /** A server's text goes to logs and terminals: no line feeds, no escape sequences, no flood. */
  public static String printable(String text) {
    String shown = text.length() > 512 ? text.substring(0, 512) + "…" : text;
    return shown.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]", "?");
  }
}
