package io.cassandratde.tools.output;

import java.util.Locale;

/**
 * Text from servers and files as one harmless piece of a line. Key ids in chunk headers are not
 * authenticated and names are whatever a server says: neither may forge a row or drive a terminal.
 */
public final class Printable {
  private Printable() {}

  /** Control, line-separating, direction-changing and broken characters become {@code \\uXXXX}. */
  public static String of(String text) {
    StringBuilder printable = null;
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      int width = Character.charCount(character);
      boolean harmful = harmful(character);
      if (harmful && printable == null) {
        printable = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (printable != null) {
        if (harmful) {
          printable.append(String.format(Locale.ROOT, "\\u%04x", character));
        } else {
          printable.appendCodePoint(character);
        }
      }
      i += width;
    }
    return printable == null ? text : printable.toString();
  }

  private static boolean harmful(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}
