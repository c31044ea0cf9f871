package io.cassandratde.kmip.attribute;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.WireCode;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of an object, a template or a filter. Typed access to those this project uses; all
 * others, custom and unknown ones included, are kept as they came.
 *
 * <p>A typed getter returns null if the attribute is absent or holds a code we do not know. Types
 * were checked when it was decoded or built.
 */
public final class Attributes {
  /** No attributes: the filter that matches everything, the template that asks for nothing. */
  public static final Attributes EMPTY = new Attributes(List.of());

  private final List<Attribute> all;

  Attributes(List<Attribute> all) {
    this.all = List.copyOf(all);
  }

  public static AttributesBuilder builder() {
    return new AttributesBuilder();
  }

  /** A builder that starts with these. */
  public AttributesBuilder toBuilder() {
    AttributesBuilder builder = new AttributesBuilder();
    all.forEach(builder::add);
    return builder;
  }

  /** Every instance, in the order they came. */
  public List<Attribute> all() {
    return all;
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** The distinct attribute names. */
  public List<String> attributeNames() {
    return all.stream().map(Attribute::name).distinct().toList();
  }

  public boolean has(AttributeType type) {
    return first(type.specName()) != null;
  }

  /** The first instance by KMIP 1.x name, or null. */
  public @Nullable Attribute first(String name) {
    return all.stream().filter(a -> a.name().equals(name)).findFirst().orElse(null);
  }

  public List<Attribute> all(AttributeType type) {
    return all.stream().filter(a -> a.name().equals(type.specName())).toList();
  }

  private @Nullable TtlvItem value(AttributeType type) {
    Attribute attribute = first(type.specName());
    return attribute == null ? null : attribute.value();
  }

  public @Nullable String text(AttributeType type) {
    return value(type) instanceof TtlvItem.Text item ? item.value() : null;
  }

  public @Nullable Integer integer(AttributeType type) {
    return value(type) instanceof TtlvItem.IntegerItem item ? item.value() : null;
  }

  public @Nullable Instant instant(AttributeType type) {
    return value(type) instanceof TtlvItem.DateTime item ? item.value() : null;
  }

  private <E extends Enum<E> & WireCode> @Nullable E constant(
      AttributeType type, Class<E> enumType) {
    return value(type) instanceof TtlvItem.Enumeration item
        ? WireCode.of(enumType, item.value())
        : null;
  }

  public @Nullable String uniqueIdentifier() {
    return text(AttributeType.UNIQUE_IDENTIFIER);
  }

  /** The first name, or null. */
  public @Nullable String name() {
    List<String> names = names();
    return names.isEmpty() ? null : names.get(0);
  }

  /** The values of every Name, whatever their type. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Attribute attribute : all(AttributeType.NAME)) {
      String name = child(attribute, Tag.NAME_VALUE);
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }

  private static @Nullable String child(Attribute attribute, int tag) {
    try {
      return attribute.value() instanceof TtlvItem.Structure structure
          ? structure.textOrNull(tag)
          : null;
    } catch (TtlvException e) {
      return null; // a field of a wrong type is as good as none
    }
  }

  public @Nullable ObjectType objectType() {
    return constant(AttributeType.OBJECT_TYPE, ObjectType.class);
  }

  public @Nullable CryptographicAlgorithm cryptographicAlgorithm() {
    return constant(AttributeType.CRYPTOGRAPHIC_ALGORITHM, CryptographicAlgorithm.class);
  }

  /** In bits. */
  public @Nullable Integer cryptographicLength() {
    return integer(AttributeType.CRYPTOGRAPHIC_LENGTH);
  }

  /** Bits of {@link io.cassandratde.kmip.UsageMask}. */
  public @Nullable Integer usageMask() {
    return integer(AttributeType.CRYPTOGRAPHIC_USAGE_MASK);
  }

  public @Nullable KeyState state() {
    return constant(AttributeType.STATE, KeyState.class);
  }

  public @Nullable Instant initialDate() {
    return instant(AttributeType.INITIAL_DATE);
  }

  public @Nullable Instant activationDate() {
    return instant(AttributeType.ACTIVATION_DATE);
  }

  public @Nullable Instant processStartDate() {
    return instant(AttributeType.PROCESS_START_DATE);
  }

  public @Nullable Instant protectStopDate() {
    return instant(AttributeType.PROTECT_STOP_DATE);
  }

  public @Nullable Instant deactivationDate() {
    return instant(AttributeType.DEACTIVATION_DATE);
  }

  public @Nullable Instant destroyDate() {
    return instant(AttributeType.DESTROY_DATE);
  }

  public @Nullable Instant compromiseDate() {
    return instant(AttributeType.COMPROMISE_DATE);
  }

  public @Nullable Instant compromiseOccurrenceDate() {
    return instant(AttributeType.COMPROMISE_OCCURRENCE_DATE);
  }

  public @Nullable Instant lastChangeDate() {
    return instant(AttributeType.LAST_CHANGE_DATE);
  }

  public List<String> objectGroups() {
    return all(AttributeType.OBJECT_GROUP).stream()
        .map(a -> a.value() instanceof TtlvItem.Text item ? item.value() : null)
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .toList();
  }

  /** The first Object Group, or null. */
  public @Nullable String objectGroup() {
    return text(AttributeType.OBJECT_GROUP);
  }

  public List<ApplicationInfo> applicationSpecificInformation() {
    List<ApplicationInfo> found = new ArrayList<>();
    for (Attribute attribute : all(AttributeType.APPLICATION_SPECIFIC_INFORMATION)) {
      String namespace = child(attribute, Tag.APPLICATION_NAMESPACE);
      String data = child(attribute, Tag.APPLICATION_DATA);
      if (namespace != null) {
        found.add(new ApplicationInfo(namespace, data == null ? "" : data));
      }
    }
    return found;
  }

  /** The text of a custom attribute such as {@code x-note}, or null. */
  public @Nullable String custom(String name) {
    Attribute attribute = first(name);
    return attribute != null && attribute.value() instanceof TtlvItem.Text item
        ? item.value()
        : null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attributes that && that.all.equals(all);
  }

  @Override
  public int hashCode() {
    return all.hashCode();
  }

  @Override
  public String toString() {
    return all.stream().map(Attribute::toString).toList().toString();
  }
}
