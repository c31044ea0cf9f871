package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.AttributeForms.Given;
import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Get and Locate. */
final class RetrievalOperations {
  private static final int WRAP_TYPE_NOT_WRAPPED = 1;
  private static final int ONLINE = 1;
  private static final int ARCHIVAL = 2;
  private static final int DESTROYED = 4;
  private static final int GROUP_MEMBER_FRESH = 1;

  private RetrievalOperations() {}

  static TtlvItem get(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.liveObject(payload);
    if (object.has(ManagedObject.ARCHIVE)) {
      throw new KmipFailure(Reason.OBJECT_ARCHIVED, "object " + object.id() + " is archived");
    }
    ObjectState state = object.state(exchange.now());
    if (exchange.behaviour().refusesGetIn(state)) {
      throw new KmipFailure(
          Reason.PERMISSION_DENIED, "this server serves no object that is " + state);
    }
    boolean wrap = payload.has("KeyWrappingSpecification");
    if (object.has("Extractable") && !object.flag("Extractable")) {
      throw new KmipFailure(
          Reason.NOT_EXTRACTABLE, "object " + object.id() + " is not extractable");
    }
    if (object.flag("Sensitive") && !wrap) {
      throw new KmipFailure(Reason.SENSITIVE, "object " + object.id() + " leaves only wrapped");
    }
    TtlvItem body = bodyFor(object, payload, wrap, exchange);
    if (object.flag("Fresh")) {
      object.flag("Fresh", false);
      exchange.changed(object);
    }
    return new Build("ResponsePayload")
        .enumeration("ObjectType", object.type().code())
        .text("UniqueIdentifier", object.id())
        .item(body)
        .build();
  }

  private static TtlvItem bodyFor(
      ManagedObject object, Fields payload, boolean wrap, Exchange exchange) {
    TtlvItem body = object.body();
    if (body == null) {
      throw new KmipFailure(Reason.ITEM_NOT_FOUND, "object " + object.id() + " has no value");
    }
    Integer format = payload.integer("KeyFormatType");
    boolean unwrap = payload.integer("KeyWrapType", 0) == WRAP_TYPE_NOT_WRAPPED;
    boolean wrapped = KeyBlocks.wrapped(body);
    if (!KeyBlocks.block(body).has("KeyValue") || (wrapped && !unwrap && !wrap)) {
      return body; // nothing that could be converted
    }
    int present = KeyBlocks.block(body).integer("KeyFormatType", KeyBlocks.FORMAT_RAW);
    if (!wrap && !wrapped && (format == null || format == present)) {
      return body;
    }
    byte[] material = KeyBlocks.material(object, exchange);
    int wanted = format == null ? present : format;
    TtlvItem value =
        switch (wanted) {
          case KeyBlocks.FORMAT_RAW, KeyBlocks.FORMAT_OPAQUE -> KeyBlocks.rawValue(material);
          case KeyBlocks.FORMAT_TRANSPARENT_SYMMETRIC ->
              new Build("KeyValue")
                  .structure(new Build("KeyMaterial").bytes("Key", material))
                  .build();
          default ->
              throw new KmipFailure(
                  Reason.KEY_FORMAT_TYPE_NOT_SUPPORTED, "no key format type " + wanted);
        };
    if (wrap) {
      Fields specification = payload.structure("KeyWrappingSpecification");
      return KeyWrapping.wrap(object, value, specification, exchange);
    }
    return KeyBlocks.body(
        object.type(),
        wanted,
        value,
        object.number("Cryptographic Algorithm"),
        object.number("Cryptographic Length"),
        null);
  }

  static TtlvItem locate(Fields payload, Exchange exchange) {
    AttributeForms forms = new AttributeForms(exchange);
    List<Given> filters =
        forms.read(exchange.version2() ? payload.structure("Attributes") : payload);
    int status = payload.integer("StorageStatusMask", ONLINE);
    boolean fresh = payload.integer("ObjectGroupMember", 0) == GROUP_MEMBER_FRESH;
    List<String> found = new ArrayList<>();
    for (ManagedObject object : exchange.store().newestFirst()) {
      if (exchange.mayUse(object)
          && (storage(object, exchange.now()) & status) != 0
          && (!fresh || object.flag("Fresh"))
          && matches(object, filters, exchange)) {
        found.add(object.id());
      }
    }
    Integer offset = payload.integer("OffsetItems");
    Build answer = new Build("ResponsePayload");
    if (offset != null) {
      answer.integer("LocatedItems", found.size());
    }
    int from = Math.min(found.size(), Math.max(0, offset == null ? 0 : offset));
    int count = payload.integer("MaximumItems", found.size());
    int to = (int) Math.min(found.size(), (long) from + Math.max(0, count));
    List<String> page = found.subList(from, to);
    page.forEach(id -> answer.text("UniqueIdentifier", id));
    exchange.idPlaceholder(page.size() == 1 ? page.get(0) : null);
    return answer.build();
  }

  private static int storage(ManagedObject object, Instant now) {
    if (object.state(now).destroyed()) {
      return DESTROYED;
    }
    return object.has(ManagedObject.ARCHIVE) ? ARCHIVAL : ONLINE;
  }

  private static boolean matches(ManagedObject object, List<Given> filters, Exchange exchange) {
    Map<String, List<TtlvItem>> byName = new LinkedHashMap<>();
    for (Given filter : filters) {
      byName.computeIfAbsent(filter.name(), name -> new ArrayList<>()).add(filter.value());
    }
    for (Map.Entry<String, List<TtlvItem>> filter : byName.entrySet()) {
      if (!matches(object, filter.getKey(), filter.getValue(), exchange)) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(
      ManagedObject object, String name, List<TtlvItem> wanted, Exchange exchange) {
    if (!new AttributeAccess(exchange).visible(name)
        && exchange.behaviour().unknownFilterMatchesAll()) {
      return true;
    }
    Iterable<TtlvItem> values = object.values(name, exchange.now()).values();
    Instant from = Wire.instantOrNull(wanted.get(0));
    if (from != null && wanted.size() == 2) {
      return inRange(values, from, Wire.instant(wanted.get(1)));
    }
    for (TtlvItem one : wanted) {
      boolean any = false;
      for (TtlvItem value : values) {
        any |= matches(name, one, value);
      }
      if (!any) {
        return false;
      }
    }
    return true;
  }

  /** Two dates stand for the closed range between them (KMIP 1.4 specification, 4.9). */
  private static boolean inRange(Iterable<TtlvItem> values, Instant a, Instant b) {
    for (TtlvItem value : values) {
      Instant date = Wire.instantOrNull(value);
      if (date != null
          && !date.isBefore(a.isBefore(b) ? a : b)
          && !date.isAfter(a.isBefore(b) ? b : a)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String name, TtlvItem wanted, @Nullable TtlvItem value) {
    if (value == null) {
      return false;
    }
    if (name.equals("Cryptographic Usage Mask")) {
      return (Wire.number(wanted) & ~Wire.number(value)) == 0;
    }
    if (Wire.isStructure(wanted) && Wire.isStructure(value)) {
      Fields given = Fields.of(value);
      for (TtlvItem field : Fields.of(wanted).items()) {
        if (given.items().stream().noneMatch(item -> Wire.same(item, field))) {
          return false;
        }
      }
      return true;
    }
    return Wire.same(Wire.retag(wanted, "AttributeValue"), Wire.retag(value, "AttributeValue"));
  }
}
