package io.cassandratde.kmip.ttlv;

import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to the children of a structure: the first of a tag, required or optional; children
 * of other tags are skipped, a child of the wrong type is an error that names both.
 */
public interface StructureView {
  int tag();

  List<TtlvItem> items();

  default @Nullable TtlvItem first(int tag) {
    for (TtlvItem item : items()) {
      if (item.tag() == tag) {
        return item;
      }
    }
    return null;
  }

  default List<TtlvItem> all(int tag) {
    return items().stream().filter(item -> item.tag() == tag).toList();
  }

  default boolean has(int tag) {
    return first(tag) != null;
  }

  /** The first child of this tag, if there is one; an error if it has another type. */
  default <T extends TtlvItem> @Nullable T optional(int tag, Class<T> type) throws TtlvException {
    TtlvItem item = first(tag);
    return item == null ? null : cast(item, type);
  }

  default <T extends TtlvItem> T required(int tag, Class<T> type) throws TtlvException {
    TtlvItem item = first(tag);
    if (item == null) {
      throw new TtlvException(Tag.name(tag) + " is missing", Tag.name(tag()));
    }
    return cast(item, type);
  }

  /** Every child of this tag. */
  default <T extends TtlvItem> List<T> all(int tag, Class<T> type) throws TtlvException {
    List<T> found = new ArrayList<>();
    for (TtlvItem item : items()) {
      if (item.tag() == tag) {
        found.add(cast(item, type));
      }
    }
    return List.copyOf(found);
  }

  private <T extends TtlvItem> T cast(TtlvItem item, Class<T> type) throws TtlvException {
    if (!type.isInstance(item)) {
      throw new TtlvException(
          Tag.name(item.tag()) + " has type " + item.type().label() + ", not " + label(type),
          Tag.name(tag()));
    }
    return type.cast(item);
  }

  private static String label(Class<? extends TtlvItem> type) {
    return type.getSimpleName();
  }

  default Structure structure(int tag) throws TtlvException {
    return required(tag, Structure.class);
  }

  default String text(int tag) throws TtlvException {
    return required(tag, TtlvItem.Text.class).value();
  }

  default @Nullable String textOrNull(int tag) throws TtlvException {
    TtlvItem.Text item = optional(tag, TtlvItem.Text.class);
    return item == null ? null : item.value();
  }

  default List<String> texts(int tag) throws TtlvException {
    return all(tag, TtlvItem.Text.class).stream().map(TtlvItem.Text::value).toList();
  }

  default int integer(int tag) throws TtlvException {
    return required(tag, TtlvItem.IntegerItem.class).value();
  }

  default @Nullable Integer integerOrNull(int tag) throws TtlvException {
    TtlvItem.IntegerItem item = optional(tag, TtlvItem.IntegerItem.class);
    return item == null ? null : item.value();
  }

  default int enumeration(int tag) throws TtlvException {
    return required(tag, TtlvItem.Enumeration.class).value();
  }

  default @Nullable Integer enumerationOrNull(int tag) throws TtlvException {
    TtlvItem.Enumeration item = optional(tag, TtlvItem.Enumeration.class);
    return item == null ? null : item.value();
  }

  default @Nullable Instant instantOrNull(int tag) throws TtlvException {
    TtlvItem.DateTime item = optional(tag, TtlvItem.DateTime.class);
    return item == null ? null : item.value();
  }

  default byte @Nullable [] bytesOrNull(int tag) throws TtlvException {
    TtlvItem.Bytes item = optional(tag, TtlvItem.Bytes.class);
    return item == null ? null : item.value();
  }
}
