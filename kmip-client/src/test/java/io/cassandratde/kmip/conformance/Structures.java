package io.cassandratde.kmip.conformance;

import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Access to live items by the names of their tags. */
final class Structures {
  private Structures() {}

  static int tag(String name) {
    return Objects.requireNonNull(Tag.code(name), name);
  }

  static List<TtlvItem> items(TtlvItem item) {
    return item instanceof TtlvItem.Structure structure ? structure.items() : List.of();
  }

  static @Nullable TtlvItem child(TtlvItem item, String tag) {
    int code = tag(tag);
    for (TtlvItem child : items(item)) {
      if (child.tag() == code) {
        return child;
      }
    }
    return null;
  }

  static TtlvItem required(TtlvItem item, String tag) {
    return Objects.requireNonNull(child(item, tag), tag);
  }

  /** The text of a child, empty when there is none. */
  static String textOf(TtlvItem item, String tag) {
    return child(item, tag) instanceof TtlvItem.Text text ? text.value() : "";
  }
}
