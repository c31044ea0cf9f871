package io.cassandratde.sstable.format.log;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JSON in which Cassandra describes a log file: objects of texts and of such objects. Values of
 * other kinds are skipped; the text of the descriptor itself is covered by a CRC.
 */
final class DescriptorText {

  private static final int MOST_NESTED = 16;

  private final String text;
  private int at;

  private DescriptorText(String text) {
    this.text = text;
  }

  /**
   * Texts stand there as String, objects as Map.
   *
   * @throws IllegalArgumentException it is no JSON object
   */
  static Map<String, Object> parse(byte[] json) {
    DescriptorText parser = new DescriptorText(new String(json, StandardCharsets.UTF_8));
    try {
      Map<String, Object> result = parser.object(0);
      if (parser.skipSpace() < parser.text.length()) {
        throw parser.bad("the end");
      }
      return result;
    } catch (StringIndexOutOfBoundsException e) {
      throw new IllegalArgumentException("it ends too early", e);
    }
  }

  private Map<String, Object> object(int depth) {
    if (depth > MOST_NESTED) {
      throw bad("less nesting");
    }
    expect('{');
    Map<String, Object> result = new LinkedHashMap<>();
    if (next() == '}') {
      at++;
      return result;
    }
    for (; ; ) {
      String name = string();
      expect(':');
      char first = next();
      if (first == '"') {
        result.put(name, string());
      } else if (first == '{') {
        result.put(name, object(depth + 1));
      } else if (first == '[') {
        array(depth + 1);
      } else {
        scalar();
      }
      if (next() == '}') {
        at++;
        return result;
      }
      expect(',');
    }
  }

  private void array(int depth) {
    if (depth > MOST_NESTED) {
      throw bad("less nesting");
    }
    expect('[');
    if (next() == ']') {
      at++;
      return;
    }
    for (; ; ) {
      switch (next()) {
        case '"' -> string();
        case '{' -> object(depth + 1);
        case '[' -> array(depth + 1);
        default -> scalar();
      }
      if (next() == ']') {
        at++;
        return;
      }
      expect(',');
    }
  }

  /** A number, true, false or null. */
  private void scalar() {
    int start = at;
    while (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == start) {
      throw bad("a value");
    }
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    for (; ; ) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = text.charAt(at++);
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        at += 4;
        yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
      }
      default -> throw bad("an escape");
    };
  }

  private void expect(char c) {
    if (next() != c) {
      throw bad("'" + c + "'");
    }
    at++;
  }

  private char next() {
    return text.charAt(skipSpace());
  }

  private int skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private IllegalArgumentException bad(String expected) {
    return new IllegalArgumentException("expected " + expected + " at " + at);
  }
}
