package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.AttributeForms.Given;
import io.cassandratde.kmip.devserver.AttributeRule.Access;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Lacking;
import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every change a client makes to attributes goes through here, so that the rules are in one place.
 */
final class AttributeAccess {
  private final Exchange exchange;

  AttributeAccess(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Sets what the client gave for an object that is being made. */
  void initialize(ManagedObject object, List<Given> given) {
    for (Given attribute : given) {
      AttributeRule rule = rule(attribute.name());
      if (rule.access() == Access.SERVER) {
        throw new KmipFailure(Reason.INVALID_FIELD, "the server alone sets " + attribute.name());
      }
      if (!rule.multiple() && object.has(attribute.name())) {
        throw new KmipFailure(Reason.INVALID_FIELD, attribute.name() + " may occur only once");
      }
      if (exchange.behaviour().drops(rule.lackedWith())) {
        continue;
      }
      object.add(attribute.name(), attribute.value());
    }
  }

  int add(ManagedObject object, Given attribute) {
    AttributeRule rule = changeable(object, attribute.name());
    if (attribute.index() != null && attribute.index() != 0) {
      throw new KmipFailure(Reason.INVALID_FIELD, "a new attribute takes no index");
    }
    if (!rule.multiple() && object.has(attribute.name())) {
      throw new KmipFailure(
          Reason.ILLEGAL_OPERATION, attribute.name() + " is set already: modify it");
    }
    for (TtlvItem value : object.all(attribute.name())) {
      if (Wire.same(value, attribute.value())) {
        throw new KmipFailure(Reason.ILLEGAL_OPERATION, attribute.name() + " has this value");
      }
    }
    int index = object.add(attribute.name(), attribute.value());
    noteSecrecy(object, attribute.name());
    exchange.changed(object);
    return index;
  }

  void modify(ManagedObject object, Given attribute) {
    changeable(object, attribute.name());
    int index = attribute.index() == null ? 0 : attribute.index();
    if (!object.values(attribute.name(), exchange.now()).containsKey(index)) {
      throw new KmipFailure(
          Reason.ITEM_NOT_FOUND, "no instance " + index + " of " + attribute.name());
    }
    object.put(attribute.name(), index, attribute.value());
    noteSecrecy(object, attribute.name());
    exchange.changed(object);
  }

  /** Sets a single-instance attribute whether or not it is there (2.x). */
  void set(ManagedObject object, Given attribute) {
    AttributeRule rule = changeable(object, attribute.name());
    if (rule.multiple() && !AttributeRule.custom(attribute.name())) {
      throw new KmipFailure(
          Reason.INVALID_FIELD, attribute.name() + " may occur several times: add it");
    }
    object.remove(attribute.name());
    object.set(attribute.name(), attribute.value());
    noteSecrecy(object, attribute.name());
    exchange.changed(object);
  }

  TtlvItem delete(ManagedObject object, String name, @Nullable Integer givenIndex) {
    AttributeRule rule = changeable(object, name);
    if (rule.access() == Access.KEPT) {
      throw new KmipFailure(Reason.PERMISSION_DENIED, name + " cannot be deleted");
    }
    TtlvItem removed = object.remove(name, givenIndex == null ? 0 : givenIndex);
    if (removed == null) {
      throw new KmipFailure(Reason.ITEM_NOT_FOUND, "no such instance of " + name);
    }
    exchange.changed(object);
    return removed;
  }

  /** The names of what the object has and this server admits to have. */
  List<String> visibleNames(ManagedObject object) {
    List<String> names = new ArrayList<>(List.of("Unique Identifier", "Object Type", "State"));
    names.addAll(object.storedNames());
    names.removeIf(name -> !visible(name));
    return names;
  }

  boolean visible(String name) {
    AttributeRule rule = AttributeRule.of(name);
    if (rule == null) {
      return false;
    }
    DevServerBehaviour behaviour = exchange.behaviour();
    boolean lacked =
        (rule.lackedWith() != null && behaviour.lacks(rule.lackedWith()))
            || (name.equals(ManagedObject.PROTECT_STOP)
                && behaviour.lacks(Lacking.PROTECT_STOP_DATE));
    return !lacked;
  }

  private AttributeRule rule(String name) {
    AttributeRule rule = AttributeRule.of(name);
    if (rule == null || !visible(name)) {
      throw new KmipFailure(Reason.INVALID_FIELD, "unsupported attribute " + name);
    }
    return rule;
  }

  private AttributeRule changeable(ManagedObject object, String name) {
    AttributeRule rule = rule(name);
    if (rule.access() == Access.SERVER || rule.access() == Access.AT_CREATION) {
      throw new KmipFailure(Reason.PERMISSION_DENIED, name + " is read-only");
    }
    if (rule.access() == Access.DATE && !dateOpen(object, name)) {
      throw new KmipFailure(
          Reason.PERMISSION_DENIED,
          name + " cannot be changed in state " + object.state(exchange.now()));
    }
    return rule;
  }

  /** A date may be moved until what it stands for has happened (KMIP 1.4, 3.23-3.27). */
  private boolean dateOpen(ManagedObject object, String name) {
    Instant now = exchange.now();
    ObjectState state = object.state(now);
    return switch (name) {
      case ManagedObject.ACTIVATION -> state == ObjectState.PRE_ACTIVE;
      case ManagedObject.PROCESS_START, ManagedObject.PROTECT_STOP ->
          (state == ObjectState.PRE_ACTIVE || state == ObjectState.ACTIVE)
              && !object.reached(name, now);
      default -> state == ObjectState.PRE_ACTIVE || state == ObjectState.ACTIVE;
    };
  }

  /** "Always Sensitive" and "Never Extractable" are lost for ever once the flag was otherwise. */
  private static void noteSecrecy(ManagedObject object, String name) {
    if (name.equals("Sensitive") && !object.flag(name)) {
      object.flag("Always Sensitive", false);
    }
    if (name.equals("Extractable") && object.flag(name)) {
      object.flag("Never Extractable", false);
    }
  }
}
