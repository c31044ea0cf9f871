package io.cassandratde.kmip.ttlv;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of the values of one enumeration or bit mask, found by the name of the tag that carries
 * it, as in the XML encoding: {@code EnumTable.of("ObjectType").code("SymmetricKey")} is 2.
 */
public final class EnumTable {
  private static final Map<String, EnumTable> BY_TAG = load();

  private final String tagName;
  private final boolean mask;
  private final Map<String, Integer> codes = new LinkedHashMap<>();
  private final Map<Integer, String> names = new HashMap<>();

  private EnumTable(String tagName, boolean mask) {
    this.tagName = tagName;
    this.mask = mask;
  }

  private static Map<String, EnumTable> load() {
    Map<String, EnumTable> tables = new HashMap<>();
    EnumTable current = null;
    for (String line : NameTable.lines("enumerations.txt")) {
      if (line.startsWith("[")) {
        String header = line.substring(1, line.length() - 1);
        boolean mask = header.endsWith(" mask");
        String name = mask ? header.substring(0, header.length() - 5) : header;
        current = new EnumTable(name, mask);
        tables.put(name, current);
      } else if (current != null) {
        int blank = line.indexOf(' ');
        int code = Integer.parseUnsignedInt(line.substring(0, blank), 16);
        String name = line.substring(blank + 1);
        current.codes.put(name, code);
        current.names.put(code, name);
      }
    }
    return tables;
  }

  /** The table for a tag name such as {@code CryptographicAlgorithm}, or null. */
  public static @Nullable EnumTable of(String tagName) {
    return BY_TAG.get(tagName);
  }

  public static @Nullable EnumTable of(int tag) {
    return BY_TAG.get(Tag.name(tag));
  }

  public String tagName() {
    return tagName;
  }

  /** Whether the values are bits that may be combined, in an Integer. */
  public boolean isMask() {
    return mask;
  }

  public @Nullable String name(int code) {
    return names.get(code);
  }

  public @Nullable Integer code(String name) {
    return codes.get(name);
  }

  /** Every name with its code, in the order of the specification. */
  public Map<String, Integer> codes() {
    return Map.copyOf(codes);
  }

  /** The names of the bits set, separated by blanks; bits without a name in hexadecimal. */
  public String maskNames(int value) {
    StringBuilder out = new StringBuilder();
    int rest = value;
    for (Map.Entry<String, Integer> bit : codes.entrySet()) {
      if ((rest & bit.getValue()) != 0) {
        out.append(out.isEmpty() ? "" : " ").append(bit.getKey());
        rest &= ~bit.getValue();
      }
    }
    if (rest != 0) {
      out.append(out.isEmpty() ? "" : " ").append("0x").append(Integer.toHexString(rest));
    }
    return out.toString();
  }
}
