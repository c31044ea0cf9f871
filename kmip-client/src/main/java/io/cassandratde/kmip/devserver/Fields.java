package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one structure by the names of its tags. What is missing is null, or fails with Missing Data
 * where it is required; what is of another type fails with Invalid Message.
 */
final class Fields {
  private static final Fields NONE = new Fields(List.of());

  private final List<TtlvItem> items;

  private Fields(List<TtlvItem> items) {
    this.items = items;
  }

  static Fields of(@Nullable TtlvItem structure) {
    return structure == null ? NONE : new Fields(Wire.children(structure));
  }

  List<TtlvItem> items() {
    return items;
  }

  List<TtlvItem> items(String tag) {
    int code = Wire.tag(tag);
    return items.stream().filter(item -> item.tag() == code).toList();
  }

  @Nullable TtlvItem item(String tag) {
    int code = Wire.tag(tag);
    for (TtlvItem item : items) {
      if (item.tag() == code) {
        return item;
      }
    }
    return null;
  }

  boolean has(String tag) {
    return item(tag) != null;
  }

  TtlvItem require(String tag) {
    TtlvItem item = item(tag);
    if (item == null) {
      throw new KmipFailure(Reason.MISSING_DATA, tag + " is missing");
    }
    return item;
  }

  /** The structure of that tag, an empty one when there is none. */
  Fields structure(String tag) {
    return of(item(tag));
  }

  List<Fields> structures(String tag) {
    return items(tag).stream().map(Fields::of).toList();
  }

  @Nullable String text(String tag) {
    TtlvItem item = item(tag);
    return item == null ? null : Wire.text(item);
  }

  String requireText(String tag) {
    return Wire.text(require(tag));
  }

  /** An Integer, Enumeration or Interval. */
  @Nullable Integer integer(String tag) {
    TtlvItem item = item(tag);
    return item == null ? null : Wire.number(item);
  }

  int integer(String tag, int otherwise) {
    Integer value = integer(tag);
    return value == null ? otherwise : value;
  }

  int requireInteger(String tag) {
    return Wire.number(require(tag));
  }

  byte @Nullable [] bytes(String tag) {
    TtlvItem item = item(tag);
    return item == null ? null : Wire.bytes(item);
  }

  byte[] requireBytes(String tag) {
    return Wire.bytes(require(tag));
  }

  boolean bool(String tag) {
    TtlvItem item = item(tag);
    return item != null && Wire.bool(item);
  }

  @Nullable Instant date(String tag) {
    TtlvItem item = item(tag);
    return item == null ? null : Wire.instant(item);
  }
}
