package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.AttributeForms.Given;
import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Create, Register and ReKey. */
final class CreationOperations {
  private static final int LEASE_SECONDS = 3600;
  private static final int LINK_REPLACEMENT = 0x106;
  private static final int LINK_REPLACED = 0x107;
  private static final int RNG_UNSPECIFIED = 1;

  /** Types without secrets, to which Sensitive and Extractable mean nothing. */
  private static final Set<ObjectType> PUBLIC_TYPES =
      EnumSet.of(
          ObjectType.OPAQUE_OBJECT,
          ObjectType.CERTIFICATE,
          ObjectType.PUBLIC_KEY,
          ObjectType.TEMPLATE);

  /** What a replacement key does not take over from the key it replaces (KMIP 1.4, 4.4). */
  private static final Set<String> NOT_REKEYED =
      Set.of(
          "Name",
          "Digest",
          "Link",
          "Initial Date",
          "Last Change Date",
          "Original Creation Date",
          "Destroy Date",
          "Compromise Date",
          "Compromise Occurrence Date",
          "Revocation Reason",
          "Archive Date",
          "Fresh",
          "Random Number Generator",
          "Activation Date",
          "Process Start Date",
          "Protect Stop Date",
          "Deactivation Date");

  private CreationOperations() {}

  static TtlvItem create(Fields payload, Exchange exchange) {
    ObjectType type = ObjectType.of(payload.requireInteger("ObjectType"));
    if (type != ObjectType.SYMMETRIC_KEY && type != ObjectType.SECRET_DATA) {
      throw new KmipFailure(Reason.INVALID_FIELD, "cannot create a " + type);
    }
    ManagedObject object = newObject(type, null, exchange);
    new AttributeAccess(exchange)
        .initialize(object, new AttributeForms(exchange).template(payload));
    generate(object, exchange);
    admit(object, true, exchange);
    return new Build("ResponsePayload")
        .enumeration("ObjectType", type.code())
        .text("UniqueIdentifier", object.id())
        .build();
  }

  static TtlvItem register(Fields payload, Exchange exchange) {
    ObjectType type = ObjectType.of(payload.requireInteger("ObjectType"));
    ManagedObject object = newObject(type, payload.require(type.tag()), exchange);
    new AttributeAccess(exchange)
        .initialize(object, new AttributeForms(exchange).template(payload));
    Fields block = KeyBlocks.block(object.body());
    TtlvItem algorithm = block.item("CryptographicAlgorithm");
    if (algorithm != null) {
      object.set("Cryptographic Algorithm", algorithm);
    }
    TtlvItem length = block.item("CryptographicLength");
    if (length != null) {
      object.set("Cryptographic Length", length);
    }
    if (object.has("Key Value Location") && !block.has("KeyValue")) {
      object.flag("Key Value Present", false);
    } else if (block.has("KeyValue") && !KeyBlocks.wrapped(object.body())) {
      object.set(
          "Digest",
          KeyBlocks.digest(
              KeyBlocks.material(block.require("KeyValue")),
              block.integer("KeyFormatType", KeyBlocks.FORMAT_RAW)));
    }
    admit(object, false, exchange);
    return new Build("ResponsePayload").text("UniqueIdentifier", object.id()).build();
  }

  static TtlvItem reKey(Fields payload, Exchange exchange) {
    ManagedObject old = exchange.liveObject(payload);
    if (old.type() != ObjectType.SYMMETRIC_KEY) {
      throw new KmipFailure(Reason.INVALID_FIELD, "only symmetric keys are re-keyed");
    }
    ManagedObject key = newObject(old.type(), null, exchange);
    for (String name : old.storedNames()) {
      if (!NOT_REKEYED.contains(name)) {
        old.all(name).forEach(value -> key.add(name, value));
      }
    }
    // The names move: whoever looks the key up by its name gets the replacement from now on.
    old.all("Name").forEach(name -> key.add("Name", name));
    Integer offset = payload.integer("Offset");
    moveDates(old, key, offset == null ? null : Duration.ofSeconds(offset), exchange.now());
    List<Given> template = new AttributeForms(exchange).template(payload);
    for (Given attribute : template) {
      AttributeRule rule = AttributeRule.of(attribute.name());
      if (rule != null && !rule.multiple()) {
        key.remove(attribute.name());
      }
    }
    new AttributeAccess(exchange).initialize(key, template);
    generate(key, exchange);
    admit(key, true, exchange);
    old.remove("Name");
    old.add("Link", link(LINK_REPLACEMENT, key.id()));
    key.add("Link", link(LINK_REPLACED, old.id()));
    exchange.changed(old);
    return new Build("ResponsePayload").text("UniqueIdentifier", key.id()).build();
  }

  /**
   * Without an offset the dates are taken over; with one, the new key is activated that long after
   * its creation and the other dates keep their distance to the activation (KMIP 1.4, 4.4).
   */
  private static void moveDates(
      ManagedObject old, ManagedObject key, @Nullable Duration offset, Instant now) {
    Instant oldActivation = old.date(ManagedObject.ACTIVATION);
    Duration shift = Duration.ZERO;
    if (offset != null) {
      Instant activation = now.plus(offset);
      key.date(ManagedObject.ACTIVATION, activation);
      if (oldActivation != null) {
        shift = Duration.between(oldActivation, activation);
      }
    } else if (oldActivation != null) {
      key.date(ManagedObject.ACTIVATION, oldActivation);
    }
    for (String name :
        List.of(
            ManagedObject.PROCESS_START, ManagedObject.PROTECT_STOP, ManagedObject.DEACTIVATION)) {
      Instant date = old.date(name);
      if (date != null) {
        key.date(name, date.plus(shift));
      }
    }
  }

  private static TtlvItem link(int type, String id) {
    return new Build("AttributeValue")
        .enumeration("LinkType", type)
        .text("LinkedObjectIdentifier", id)
        .build();
  }

  static ManagedObject newObject(ObjectType type, @Nullable TtlvItem body, Exchange exchange) {
    return new ManagedObject(
        UUID.randomUUID().toString(),
        exchange.client(),
        type,
        exchange.store().nextSequence(),
        body);
  }

  private static void generate(ManagedObject object, Exchange exchange) {
    Integer bits = object.number("Cryptographic Length");
    Integer algorithm = object.number("Cryptographic Algorithm");
    boolean key = object.type() == ObjectType.SYMMETRIC_KEY;
    if (bits == null || (key && algorithm == null)) {
      throw new KmipFailure(
          Reason.INVALID_FIELD, "Cryptographic Algorithm and Cryptographic Length are required");
    }
    byte[] material =
        KeyBlocks.generate(algorithm == null ? 0 : algorithm, bits, exchange.random());
    int format = key ? KeyBlocks.FORMAT_RAW : KeyBlocks.FORMAT_OPAQUE;
    object.body(
        KeyBlocks.body(
            object.type(),
            format,
            KeyBlocks.rawValue(material),
            algorithm,
            key ? bits : null,
            null));
    object.set("Digest", KeyBlocks.digest(material, format));
  }

  /** Sets what the server sets and takes the object into the store. */
  static void admit(ManagedObject object, boolean generated, Exchange exchange) {
    Instant now = exchange.now();
    object.date("Initial Date", now);
    object.set("Lease Time", Wire.interval("AttributeValue", LEASE_SECONDS));
    object.flag("Fresh", true);
    if (generated) {
      object.date("Original Creation Date", now);
      object.set(
          "Random Number Generator",
          new Build("AttributeValue").enumeration("RNGAlgorithm", RNG_UNSPECIFIED).build());
    }
    if (!PUBLIC_TYPES.contains(object.type())) {
      if (!object.has("Sensitive")) {
        object.flag("Sensitive", false);
      }
      if (!object.has("Extractable")) {
        object.flag("Extractable", true);
      }
      // A registered key was known to others before: it was not always secret.
      object.flag("Always Sensitive", generated && object.flag("Sensitive"));
      object.flag("Never Extractable", generated && !object.flag("Extractable"));
    }
    if (exchange.behaviour().createActive()) {
      object.date(ManagedObject.ACTIVATION, now);
    }
    checkDates(object);
    exchange.store().add(object);
    exchange.changed(object);
    exchange.idPlaceholder(object.id());
  }

  private static void checkDates(ManagedObject object) {
    Instant activation = object.date(ManagedObject.ACTIVATION);
    Instant deactivation = object.date(ManagedObject.DEACTIVATION);
    if (activation != null && deactivation != null && deactivation.isBefore(activation)) {
      throw new KmipFailure(
          Reason.INVALID_FIELD, "the Deactivation Date lies before the Activation Date");
    }
  }
}
