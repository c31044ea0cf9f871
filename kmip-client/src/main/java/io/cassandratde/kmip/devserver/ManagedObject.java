package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One managed object: its attributes, and its body until it is destroyed.
 *
 * <p>The state is not kept but derived from the dates and the present moment (KMIP 1.4, 3.22), so
 * that a transition happens exactly when its date comes, also while the server is stopped. Guarded
 * by the {@link ObjectStore}'s lock.
 */
final class ManagedObject {
  static final String ACTIVATION = "Activation Date";
  static final String DEACTIVATION = "Deactivation Date";
  static final String PROCESS_START = "Process Start Date";
  static final String PROTECT_STOP = "Protect Stop Date";
  static final String COMPROMISE = "Compromise Date";
  static final String DESTROY = "Destroy Date";
  static final String ARCHIVE = "Archive Date";

  private final String id;
  private final String owner;
  private final ObjectType type;
  private final long sequence;
  private final Map<String, TreeMap<Integer, TtlvItem>> attributes = new LinkedHashMap<>();
  private @Nullable TtlvItem body;

  ManagedObject(String id, String owner, ObjectType type, long sequence, @Nullable TtlvItem body) {
    this.id = id;
    this.owner = owner;
    this.type = type;
    this.sequence = sequence;
    this.body = body;
  }

  ManagedObject copy() {
    ManagedObject copy = new ManagedObject(id, owner, type, sequence, body);
    attributes.forEach((name, values) -> copy.attributes.put(name, new TreeMap<>(values)));
    return copy;
  }

  String id() {
    return id;
  }

  String owner() {
    return owner;
  }

  ObjectType type() {
    return type;
  }

  /** The order of creation, since dates have whole seconds only. */
  long sequence() {
    return sequence;
  }

  @Nullable TtlvItem body() {
    return body;
  }

  void body(@Nullable TtlvItem newBody) {
    body = newBody;
  }

  ObjectState state(Instant now) {
    if (has(DESTROY)) {
      return has(COMPROMISE) ? ObjectState.DESTROYED_COMPROMISED : ObjectState.DESTROYED;
    }
    if (has(COMPROMISE)) {
      return ObjectState.COMPROMISED;
    }
    if (!reached(ACTIVATION, now)) {
      return ObjectState.PRE_ACTIVE;
    }
    return reached(DEACTIVATION, now) ? ObjectState.DEACTIVATED : ObjectState.ACTIVE;
  }

  /** Whether the attribute is a date that is set and not in the future. */
  boolean reached(String dateAttribute, Instant now) {
    Instant date = date(dateAttribute);
    return date != null && !date.isAfter(now);
  }

  @Nullable Instant date(String name) {
    TtlvItem value = first(name);
    return value == null ? null : Wire.instant(value);
  }

  void date(String name, Instant value) {
    set(name, Wire.date("AttributeValue", value));
  }

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  boolean flag(String name) {
    TtlvItem value = first(name);
    return value != null && Wire.bool(value);
  }

  void flag(String name, boolean value) {
    set(name, Wire.bool("AttributeValue", value));
  }

  @Nullable Integer number(String name) {
    TtlvItem value = first(name);
    return value == null ? null : Wire.number(value);
  }

  /** The names of the attributes that are kept; three more are computed: see {@link #values}. */
  Collection<String> storedNames() {
    return List.copyOf(attributes.keySet());
  }

  @Nullable TtlvItem first(String name) {
    TreeMap<Integer, TtlvItem> values = attributes.get(name);
    return values == null ? null : values.firstEntry().getValue();
  }

  /** The instances of an attribute by their index; empty if there is none. */
  Map<Integer, TtlvItem> values(String name, Instant now) {
    return switch (name) {
      case "Unique Identifier" -> Map.of(0, Wire.text("AttributeValue", id));
      case "Object Type" -> Map.of(0, Wire.enumeration("AttributeValue", type.code()));
      case "State" -> Map.of(0, Wire.enumeration("AttributeValue", state(now).code()));
      default -> {
        TreeMap<Integer, TtlvItem> values = attributes.get(name);
        yield values == null ? Map.of() : values;
      }
    };
  }

  /** All instances' values, the index left out. */
  List<TtlvItem> all(String name) {
    TreeMap<Integer, TtlvItem> values = attributes.get(name);
    return values == null ? List.of() : new ArrayList<>(values.values());
  }

  /** Sets the only instance, or instance 0. */
  void set(String name, TtlvItem value) {
    put(name, 0, value);
  }

  void put(String name, int index, TtlvItem value) {
    attributes
        .computeIfAbsent(name, any -> new TreeMap<>())
        .put(index, Wire.retag(value, "AttributeValue"));
  }

  /** Adds an instance after the last one; its index is never used again while it lives. */
  int add(String name, TtlvItem value) {
    TreeMap<Integer, TtlvItem> values = attributes.get(name);
    int index = values == null ? 0 : values.lastKey() + 1;
    put(name, index, value);
    return index;
  }

  void remove(String name) {
    attributes.remove(name);
  }

  @Nullable TtlvItem remove(String name, int index) {
    TreeMap<Integer, TtlvItem> values = attributes.get(name);
    if (values == null) {
      return null;
    }
    TtlvItem removed = values.remove(index);
    if (values.isEmpty()) {
      attributes.remove(name);
    }
    return removed;
  }
}
