package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.AttributeForms.Given;
import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.util.List;
import java.util.Map;

/**
 * GetAttributes, GetAttributeList, AddAttribute, ModifyAttribute, DeleteAttribute, SetAttribute.
 */
final class AttributeOperations {
  private AttributeOperations() {}

  static TtlvItem getAttributes(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.object(payload);
    AttributeForms forms = new AttributeForms(exchange);
    AttributeAccess access = new AttributeAccess(exchange);
    List<String> names = forms.references(payload);
    if (names.isEmpty()) {
      names = access.visibleNames(object);
    }
    Build answer = answer(object);
    Build attributes = exchange.version2() ? new Build("Attributes") : answer;
    for (String name : names) {
      if (access.visible(name)) {
        object
            .values(name, exchange.now())
            .forEach((index, value) -> forms.write(attributes, name, index, value));
      }
    }
    return exchange.version2() ? answer.structure(attributes).build() : answer.build();
  }

  static TtlvItem getAttributeList(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.object(payload);
    AttributeForms forms = new AttributeForms(exchange);
    Build answer = answer(object);
    for (String name : new AttributeAccess(exchange).visibleNames(object)) {
      forms.writeName(answer, name);
    }
    return answer.build();
  }

  static TtlvItem addAttribute(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.object(payload);
    Given attribute = theAttribute(payload, exchange);
    int index = new AttributeAccess(exchange).add(object, attribute);
    return changed(object, attribute.name(), index, attribute.value(), exchange);
  }

  static TtlvItem modifyAttribute(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.object(payload);
    Given attribute = theAttribute(payload, exchange);
    if (payload.has("CurrentAttribute")) {
      // 2.x: the instance to change is named by its present value.
      Given current =
          only(new AttributeForms(exchange).read(payload.structure("CurrentAttribute")));
      attribute =
          new Given(attribute.name(), indexOf(object, current, exchange), attribute.value());
    }
    new AttributeAccess(exchange).modify(object, attribute);
    int index = attribute.index() == null ? 0 : attribute.index();
    return changed(object, attribute.name(), index, attribute.value(), exchange);
  }

  static TtlvItem setAttribute(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.object(payload);
    Given attribute = theAttribute(payload, exchange);
    new AttributeAccess(exchange).set(object, attribute);
    return changed(object, attribute.name(), 0, attribute.value(), exchange);
  }

  static TtlvItem deleteAttribute(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.object(payload);
    AttributeForms forms = new AttributeForms(exchange);
    AttributeAccess access = new AttributeAccess(exchange);
    if (!exchange.version2()) {
      String name = payload.requireText("AttributeName");
      Integer index = payload.integer("AttributeIndex");
      TtlvItem removed = access.delete(object, name, index);
      return changed(object, name, index == null ? 0 : index, removed, exchange);
    }
    if (payload.has("CurrentAttribute")) {
      Given current = only(forms.read(payload.structure("CurrentAttribute")));
      access.delete(object, current.name(), indexOf(object, current, exchange));
    } else {
      for (String name : forms.references(payload)) {
        do {
          access.delete(
              object,
              name,
              object.values(name, exchange.now()).keySet().stream().findFirst().orElse(0));
        } while (object.has(name));
      }
    }
    return answer(object).build();
  }

  private static int indexOf(ManagedObject object, Given current, Exchange exchange) {
    for (Map.Entry<Integer, TtlvItem> instance :
        object.values(current.name(), exchange.now()).entrySet()) {
      if (Wire.same(instance.getValue(), current.value())) {
        return instance.getKey();
      }
    }
    throw new KmipFailure(Reason.ITEM_NOT_FOUND, "no such instance of " + current.name());
  }

  private static Given theAttribute(Fields payload, Exchange exchange) {
    AttributeForms forms = new AttributeForms(exchange);
    return only(forms.read(exchange.version2() ? payload.structure("NewAttribute") : payload));
  }

  private static Given only(List<Given> given) {
    if (given.size() != 1) {
      throw new KmipFailure(Reason.INVALID_MESSAGE, "exactly one attribute is expected");
    }
    return given.get(0);
  }

  /** 1.x answers with the attribute as it is now, 2.x with the identifier only. */
  private static TtlvItem changed(
      ManagedObject object, String name, int index, TtlvItem value, Exchange exchange) {
    Build answer = answer(object);
    if (!exchange.version2()) {
      new AttributeForms(exchange).write(answer, name, index, value);
    }
    return answer.build();
  }

  private static Build answer(ManagedObject object) {
    return new Build("ResponsePayload").text("UniqueIdentifier", object.id());
  }
}
