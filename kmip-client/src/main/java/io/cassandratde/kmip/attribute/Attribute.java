package io.cassandratde.kmip.attribute;

import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import org.jspecify.annotations.Nullable;

/**
 * One instance of one attribute.
 *
 * @param name as in KMIP 1.x: {@code Cryptographic Length}, {@code x-note}, {@code vendor:name}
 * @param index which of several instances, 0 for the first
 * @param value under the attribute's own tag, or under Attribute Value when it has none
 */
public record Attribute(String name, int index, TtlvItem value) {
  public Attribute {
    AttributeType type = AttributeType.ofName(name);
    value = value.withTag(type == null ? Tag.ATTRIBUTE_VALUE : type.tag());
  }

  public Attribute(String name, TtlvItem value) {
    this(name, 0, value);
  }

  public Attribute(AttributeType type, TtlvItem value) {
    this(type.specName(), 0, value);
  }

  public @Nullable AttributeType type() {
    return AttributeType.ofName(name);
  }
}
