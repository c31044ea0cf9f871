package io.cassandratde.tools.report;

import io.cassandratde.tools.output.Printable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * Elements, one after the other. Every text and every attribute is escaped here, and there is no
 * way past it: a table, snapshot or file may have any name.
 */
final class Html {

  private final StringBuilder out = new StringBuilder("<!doctype html>\n");
  private final Deque<String> open = new ArrayDeque<>();

  /** Attributes are names and values in turn. */
  Html open(String element, String... attributes) {
    begin(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  Html text(String text) {
    out.append(escaped(text));
    return this;
  }

  /** The element that was opened last. */
  Html close() {
    out.append("</").append(Objects.requireNonNull(open.pop())).append(">\n");
    return this;
  }

  /** An element that holds a text alone. */
  Html leaf(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** An element that never holds anything: a shape, {@code meta}. */
  Html empty(String element, String... attributes) {
    begin(element, attributes);
    out.append("/>\n");
    return this;
  }

  /** This program's own style sheet: the one text that goes in as it is. */
  Html style(String css) {
    out.append("<style>\n").append(css).append("</style>\n");
    return this;
  }

  private void begin(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escaped(attributes[i + 1])).append('"');
    }
  }

  private static String escaped(String text) {
    return Printable.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return out.toString();
  }
}
