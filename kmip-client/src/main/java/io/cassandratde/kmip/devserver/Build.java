package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds one structure; tags go by their names in the specification, without blanks. */
final class Build {
  private final String tag;
  private final List<TtlvItem> items = new ArrayList<>();

  Build(String tag) {
    this.tag = tag;
  }

  Build item(TtlvItem item) {
    items.add(item);
    return this;
  }

  Build items(List<TtlvItem> more) {
    items.addAll(more);
    return this;
  }

  /** Adds it under another tag. */
  Build item(String tagName, TtlvItem item) {
    return item(Wire.retag(item, tagName));
  }

  Build structure(Build inner) {
    return item(inner.build());
  }

  Build text(String tagName, String value) {
    return item(Wire.text(tagName, value));
  }

  Build integer(String tagName, int value) {
    return item(Wire.integer(tagName, value));
  }

  Build enumeration(String tagName, int value) {
    return item(Wire.enumeration(tagName, value));
  }

  Build bytes(String tagName, byte @Nullable [] value) {
    return value == null ? this : item(Wire.bytes(tagName, value));
  }

  Build bool(String tagName, boolean value) {
    return item(Wire.bool(tagName, value));
  }

  Build date(String tagName, Instant value) {
    return item(Wire.date(tagName, value));
  }

  TtlvItem build() {
    return Wire.structure(tag, items);
  }
}
