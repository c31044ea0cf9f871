package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as they travel: by name, index and value in KMIP 1.x, under tags of their own in 2.x.
 * Inside this server an attribute is its 1.x name and a value under the tag Attribute Value.
 */
final class AttributeForms {
  /** An attribute as a client gave it. */
  record Given(String name, @Nullable Integer index, TtlvItem value) {}

  private static final Map<Integer, String> NAME_BY_TAG = new HashMap<>();

  static {
    for (String name : AttributeRule.names()) {
      NAME_BY_TAG.put(Wire.tag(tagName(name)), name);
    }
  }

  private final Exchange exchange;
  private final boolean version2;

  AttributeForms(Exchange exchange) {
    this.exchange = exchange;
    this.version2 = exchange.version2();
  }

  /**
   * What a Create, Register or ReKey payload says about the new object: in 1.x the attributes of
   * the templates it names, unless it gives them itself, and then its own (KMIP 1.4, 2.1.8).
   */
  List<Given> template(Fields payload) {
    if (version2) {
      return read(payload.structure("Attributes"));
    }
    Fields template = payload.structure("TemplateAttribute");
    List<Given> own = read(template);
    List<Given> all = new ArrayList<>();
    for (TtlvItem name : template.items("Name")) {
      for (Given attribute : read(templateNamed(name))) {
        if (own.stream().noneMatch(given -> given.name().equals(attribute.name()))) {
          all.add(attribute);
        }
      }
    }
    all.addAll(own);
    return all;
  }

  private Fields templateNamed(TtlvItem name) {
    TtlvItem wanted = Wire.retag(name, "AttributeValue");
    for (ManagedObject object : exchange.store().newestFirst()) {
      if (object.type() == ObjectType.TEMPLATE
          && exchange.mayUse(object)
          && object.all("Name").contains(wanted)) {
        return Fields.of(object.body());
      }
    }
    throw new KmipFailure(
        Reason.ITEM_NOT_FOUND, "no template " + Fields.of(name).requireText("NameValue"));
  }

  /** The attributes in a structure: any number in 1.x, all children in 2.x. */
  List<Given> read(Fields holder) {
    List<Given> given = new ArrayList<>();
    if (version2) {
      holder.items().forEach(item -> given.add(typed(item)));
    } else {
      holder.structures("Attribute").forEach(attribute -> given.add(named(attribute)));
    }
    return given;
  }

  private static Given named(Fields attribute) {
    return new Given(
        attribute.requireText("AttributeName"),
        attribute.integer("AttributeIndex"),
        attribute.require("AttributeValue"));
  }

  private static Given typed(TtlvItem item) {
    if (item.tag() == Wire.tag("Attribute")) {
      Fields custom = Fields.of(item);
      return new Given(
          customName(custom), custom.integer("AttributeIndex"), custom.require("AttributeValue"));
    }
    return new Given(nameOf(item.tag()), null, Wire.retag(item, "AttributeValue"));
  }

  /** The names asked for by GetAttributes or DeleteAttribute; empty for "all". */
  List<String> references(Fields payload) {
    List<String> names = new ArrayList<>();
    if (version2) {
      for (TtlvItem reference : payload.items("AttributeReference")) {
        names.add(
            Wire.isStructure(reference)
                ? customName(Fields.of(reference))
                : nameOf(Wire.number(reference)));
      }
    } else {
      payload.items("AttributeName").forEach(item -> names.add(Wire.text(item)));
    }
    return names;
  }

  /** Writes one instance. */
  void write(Build to, String name, int index, TtlvItem value) {
    if (!version2) {
      Build attribute = new Build("Attribute").text("AttributeName", name);
      if (index > 0) {
        attribute.integer("AttributeIndex", index);
      }
      to.structure(attribute.item("AttributeValue", value));
    } else if (AttributeRule.custom(name)) {
      to.structure(customReference("Attribute", name).item("AttributeValue", value));
    } else {
      to.item(tagName(name), value);
    }
  }

  /** Writes only the name, as GetAttributeList answers. */
  void writeName(Build to, String name) {
    if (!version2) {
      to.text("AttributeName", name);
    } else if (AttributeRule.custom(name)) {
      to.structure(customReference("AttributeReference", name));
    } else {
      to.enumeration("AttributeReference", Wire.tag(tagName(name)));
    }
  }

  private static Build customReference(String tag, String name) {
    int separator = name.indexOf(name.charAt(1) == '-' ? '-' : ':');
    return new Build(tag)
        .text("VendorIdentification", name.substring(0, separator))
        .text("AttributeName", name.substring(separator + 1));
  }

  private static String customName(Fields reference) {
    String vendor = reference.requireText("VendorIdentification");
    String name = reference.requireText("AttributeName");
    return vendor.equals("x") || vendor.equals("y") ? vendor + "-" + name : vendor + ":" + name;
  }

  private static String nameOf(int tag) {
    String name = NAME_BY_TAG.get(tag);
    if (name == null) {
      throw new KmipFailure(
          Reason.INVALID_FIELD, "unsupported attribute " + Integer.toHexString(tag));
    }
    return name;
  }

  private static String tagName(String attributeName) {
    return attributeName.replace(" ", "");
  }
}
