package io.cassandratde.kmip.attribute;

import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ttlv.StructureView;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDump;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attributes on the wire. KMIP 1.x: {@code Attribute{Attribute Name, Attribute Index, Attribute
 * Value}} (1.4 section 2.1.1). KMIP 2.x: items under their own tags, custom ones as {@code
 * Attribute{Vendor Identification, Attribute Name, Attribute Value}} (2.1 section 7.3).
 */
public final class AttributeCodec {
  private AttributeCodec() {}

  /** One attribute as an item of its own. */
  public static TtlvItem encode(Attribute attribute, ProtocolVersion version) {
    if (!version.hasTypedAttributes()) {
      List<TtlvItem> items = new ArrayList<>();
      items.add(new TtlvItem.Text(Tag.ATTRIBUTE_NAME, attribute.name()));
      if (attribute.index() != 0) {
        items.add(new TtlvItem.IntegerItem(Tag.ATTRIBUTE_INDEX, attribute.index()));
      }
      items.add(attribute.value().withTag(Tag.ATTRIBUTE_VALUE));
      return new Structure(Tag.ATTRIBUTE, items);
    }
    if (attribute.type() != null) {
      return attribute.value();
    }
    VendorName vendor = VendorName.of(attribute.name());
    return new Structure(
        Tag.ATTRIBUTE,
        new TtlvItem.Text(Tag.VENDOR_IDENTIFICATION, vendor.vendor()),
        new TtlvItem.Text(Tag.ATTRIBUTE_NAME, vendor.name()),
        attribute.value().withTag(Tag.ATTRIBUTE_VALUE));
  }

  /** Each attribute as an item of its own: loose in KMIP 1.x payloads. */
  public static List<TtlvItem> encodeAll(Attributes attributes, ProtocolVersion version) {
    return attributes.all().stream().map(a -> encode(a, version)).toList();
  }

  /** What Create, Register and ReKey carry: a Template-Attribute, or Attributes from 2.0 on. */
  public static Structure encodeTemplate(Attributes attributes, ProtocolVersion version) {
    int tag = version.hasTypedAttributes() ? Tag.ATTRIBUTES : Tag.TEMPLATE_ATTRIBUTE;
    return new Structure(tag, encodeAll(attributes, version));
  }

  /** What Locate and GetAttributes carry: loose attributes, or Attributes from 2.0 on. */
  public static List<TtlvItem> encodeLoose(Attributes attributes, ProtocolVersion version) {
    return version.hasTypedAttributes()
        ? List.of(encodeTemplate(attributes, version))
        : encodeAll(attributes, version);
  }

  /** A name: Attribute Name, or an Attribute Reference from 2.0 on. */
  public static TtlvItem encodeName(String name, ProtocolVersion version) {
    if (!version.hasTypedAttributes()) {
      return new TtlvItem.Text(Tag.ATTRIBUTE_NAME, name);
    }
    AttributeType type = AttributeType.ofName(name);
    if (type != null) {
      return new TtlvItem.Enumeration(Tag.ATTRIBUTE_REFERENCE, type.tag());
    }
    VendorName vendor = VendorName.of(name);
    return new Structure(
        Tag.ATTRIBUTE_REFERENCE,
        new TtlvItem.Text(Tag.VENDOR_IDENTIFICATION, vendor.vendor()),
        new TtlvItem.Text(Tag.ATTRIBUTE_NAME, vendor.name()));
  }

  /**
   * Reads what {@link #encode} of either form wrote; null for an item that is no attribute.
   * Standard attributes are held to their type.
   */
  public static @Nullable Attribute decode(TtlvItem item) throws TtlvException {
    if (item.tag() != Tag.ATTRIBUTE) {
      AttributeType type = AttributeType.ofTag(item.tag());
      return type == null ? null : checked(new Attribute(type, item), type);
    }
    if (!(item instanceof Structure structure)) {
      throw new TtlvException("Attribute is no Structure", "");
    }
    String name = structure.text(Tag.ATTRIBUTE_NAME);
    String vendor = structure.textOrNull(Tag.VENDOR_IDENTIFICATION);
    TtlvItem value = structure.first(Tag.ATTRIBUTE_VALUE);
    if (value == null) {
      throw new TtlvException("AttributeValue is missing", "Attribute " + shown(name));
    }
    if (vendor != null) {
      return new Attribute(new VendorName(vendor, name).joined(), value);
    }
    Integer index = structure.integerOrNull(Tag.ATTRIBUTE_INDEX);
    AttributeType type = AttributeType.ofName(name);
    return checked(new Attribute(name, index == null ? 0 : index, value), type);
  }

  private static Attribute checked(Attribute attribute, @Nullable AttributeType type)
      throws TtlvException {
    if (type != null && attribute.value().type() != type.type()) {
      throw new TtlvException(
          "%s has type %s, not %s"
              .formatted(type.specName(), attribute.value().type().label(), type.type().label()),
          "Attribute");
    }
    return attribute;
  }

  private static String shown(String name) {
    return TtlvDump.printable(name);
  }

  /** Every attribute of a payload or template, loose or wrapped, whichever form it has. */
  public static Attributes decodeAll(StructureView parent) throws TtlvException {
    List<Attribute> found = new ArrayList<>();
    for (TtlvItem item : parent.items()) {
      if (item.tag() == Tag.ATTRIBUTE) {
        add(item, found);
      } else if (item instanceof Structure inner
          && (item.tag() == Tag.ATTRIBUTES || item.tag() == Tag.TEMPLATE_ATTRIBUTE)) {
        for (TtlvItem each : inner.items()) {
          add(each, found);
        }
      }
    }
    return new Attributes(found);
  }

  private static void add(TtlvItem item, List<Attribute> found) throws TtlvException {
    Attribute attribute = decode(item);
    if (attribute != null) {
      found.add(attribute);
    }
  }

  /** The names in a payload: Attribute Names, or Attribute References from 2.0 on. */
  public static List<String> decodeNames(StructureView parent) throws TtlvException {
    List<String> names = new ArrayList<>();
    for (TtlvItem item : parent.items()) {
      if (item.tag() == Tag.ATTRIBUTE_NAME && item instanceof TtlvItem.Text text) {
        names.add(text.value());
      } else if (item.tag() == Tag.ATTRIBUTE_REFERENCE) {
        names.add(reference(item));
      }
    }
    return names;
  }

  private static String reference(TtlvItem item) throws TtlvException {
    if (item instanceof TtlvItem.Enumeration enumeration) {
      AttributeType type = AttributeType.ofTag(enumeration.value());
      return type == null ? Tag.name(enumeration.value()) : type.specName();
    }
    if (item instanceof Structure structure) {
      String vendor = structure.text(Tag.VENDOR_IDENTIFICATION);
      return new VendorName(vendor, structure.text(Tag.ATTRIBUTE_NAME)).joined();
    }
    throw new TtlvException("AttributeReference has type " + item.type().label(), "");
  }
}
