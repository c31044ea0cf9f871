package io.cassandratde.kmip.attribute;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.WireCode;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Collects attributes in the order given; indexes of repeated ones count up by themselves. */
public final class AttributesBuilder {
  private static final int UNINTERPRETED_TEXT = 1;

  private final List<Attribute> all = new ArrayList<>();

  AttributesBuilder() {}

  /** Adds one as it is. */
  public AttributesBuilder add(Attribute attribute) {
    all.add(attribute);
    return this;
  }

  private AttributesBuilder next(AttributeType type, TtlvItem value) {
    return next(type.specName(), value);
  }

  private AttributesBuilder next(String name, TtlvItem value) {
    int index = (int) all.stream().filter(a -> a.name().equals(name)).count();
    return add(new Attribute(name, index, value));
  }

  private AttributesBuilder text(AttributeType type, String value) {
    return next(type, new TtlvItem.Text(type.tag(), value));
  }

  private AttributesBuilder integer(AttributeType type, int value) {
    return next(type, new TtlvItem.IntegerItem(type.tag(), value));
  }

  private AttributesBuilder code(AttributeType type, WireCode value) {
    return next(type, new TtlvItem.Enumeration(type.tag(), value.code()));
  }

  /**
   * Dates have whole seconds on the wire; the fraction is cut off here, so that both sides agree.
   */
  public AttributesBuilder date(AttributeType type, Instant value) {
    Instant seconds = Instant.ofEpochSecond(value.getEpochSecond());
    return next(type, new TtlvItem.DateTime(type.tag(), seconds));
  }

  public AttributesBuilder uniqueIdentifier(String id) {
    return text(AttributeType.UNIQUE_IDENTIFIER, id);
  }

  public AttributesBuilder name(String name) {
    return next(
        AttributeType.NAME,
        new Structure(
            Tag.NAME,
            new TtlvItem.Text(Tag.NAME_VALUE, name),
            new TtlvItem.Enumeration(Tag.NAME_TYPE, UNINTERPRETED_TEXT)));
  }

  public AttributesBuilder objectType(ObjectType type) {
    return code(AttributeType.OBJECT_TYPE, type);
  }

  public AttributesBuilder cryptographicAlgorithm(CryptographicAlgorithm algorithm) {
    return code(AttributeType.CRYPTOGRAPHIC_ALGORITHM, algorithm);
  }

  public AttributesBuilder cryptographicLength(int bits) {
    return integer(AttributeType.CRYPTOGRAPHIC_LENGTH, bits);
  }

  public AttributesBuilder usageMask(int mask) {
    return integer(AttributeType.CRYPTOGRAPHIC_USAGE_MASK, mask);
  }

  public AttributesBuilder state(KeyState state) {
    return code(AttributeType.STATE, state);
  }

  public AttributesBuilder initialDate(Instant date) {
    return date(AttributeType.INITIAL_DATE, date);
  }

  public AttributesBuilder activationDate(Instant date) {
    return date(AttributeType.ACTIVATION_DATE, date);
  }

  public AttributesBuilder processStartDate(Instant date) {
    return date(AttributeType.PROCESS_START_DATE, date);
  }

  public AttributesBuilder protectStopDate(Instant date) {
    return date(AttributeType.PROTECT_STOP_DATE, date);
  }

  public AttributesBuilder deactivationDate(Instant date) {
    return date(AttributeType.DEACTIVATION_DATE, date);
  }

  public AttributesBuilder objectGroup(String group) {
    return text(AttributeType.OBJECT_GROUP, group);
  }

  /** KMIP 1.4: whether Get and Export may give the key out, wrapped or not. */
  public AttributesBuilder extractable(boolean value) {
    return next(
        AttributeType.EXTRACTABLE, new TtlvItem.Bool(AttributeType.EXTRACTABLE.tag(), value));
  }

  /** KMIP 1.4: whether the key may be given out wrapped only. */
  public AttributesBuilder sensitive(boolean value) {
    return next(AttributeType.SENSITIVE, new TtlvItem.Bool(AttributeType.SENSITIVE.tag(), value));
  }

  public AttributesBuilder operationPolicyName(String policy) {
    return text(AttributeType.OPERATION_POLICY_NAME, policy);
  }

  public AttributesBuilder applicationSpecificInformation(String namespace, String data) {
    return next(
        AttributeType.APPLICATION_SPECIFIC_INFORMATION,
        new Structure(
            Tag.APPLICATION_SPECIFIC_INFORMATION,
            new TtlvItem.Text(Tag.APPLICATION_NAMESPACE, namespace),
            new TtlvItem.Text(Tag.APPLICATION_DATA, data)));
  }

  /** A custom attribute of ours, whose name starts with {@code x-}. */
  public AttributesBuilder custom(String name, String value) {
    if (!name.startsWith("x-")) {
      throw new IllegalArgumentException(
          "a client's custom attribute is named x-something, not " + name);
    }
    return next(name, new TtlvItem.Text(Tag.ATTRIBUTE_VALUE, value));
  }

  public Attributes build() {
    return new Attributes(all);
  }
}
