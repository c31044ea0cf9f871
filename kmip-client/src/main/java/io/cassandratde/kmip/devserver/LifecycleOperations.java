package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;

/** Activate, Revoke, Destroy, Check, Archive, Recover and ObtainLease. */
final class LifecycleOperations {
  private static final int KEY_COMPROMISE = 2;
  private static final int CA_COMPROMISE = 3;

  private LifecycleOperations() {}

  static TtlvItem activate(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.liveObject(payload);
    if (object.state(exchange.now()) != ObjectState.PRE_ACTIVE) {
      throw refusal("activated", object, exchange);
    }
    object.date(ManagedObject.ACTIVATION, exchange.now());
    return changed(object, exchange);
  }

  /**
   * A compromise makes any object Compromised or Destroyed Compromised, every other reason makes an
   * Active one Deactivated (KMIP 1.4 specification, 4.20).
   */
  static TtlvItem revoke(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.object(payload);
    exchange.requireMayEnd(object);
    TtlvItem reason = payload.require("RevocationReason");
    int code = Fields.of(reason).requireInteger("RevocationReasonCode");
    if (code == KEY_COMPROMISE || code == CA_COMPROMISE) {
      Instant occurred = payload.date("CompromiseOccurrenceDate");
      if (occurred == null) {
        occurred = object.date("Initial Date");
      }
      object.date(ManagedObject.COMPROMISE, exchange.now());
      if (occurred != null) {
        object.date("Compromise Occurrence Date", occurred);
      }
    } else if (object.state(exchange.now()) == ObjectState.ACTIVE) {
      object.date(ManagedObject.DEACTIVATION, exchange.now());
    } else {
      throw refusal("deactivated", object, exchange);
    }
    object.set("Revocation Reason", reason);
    return changed(object, exchange);
  }

  static TtlvItem destroy(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.liveObject(payload);
    exchange.requireMayEnd(object);
    if (object.state(exchange.now()) == ObjectState.ACTIVE) {
      throw refusal("destroyed", object, exchange);
    }
    object.body(null);
    object.date(ManagedObject.DESTROY, exchange.now());
    return changed(object, exchange);
  }

  /** Answers with what of the asked is not allowed; with the identifier alone when all is. */
  static TtlvItem check(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.liveObject(payload);
    Build answer = new Build("ResponsePayload").text("UniqueIdentifier", object.id());
    Integer wantedMask = payload.integer("CryptographicUsageMask");
    Integer mask = object.number("Cryptographic Usage Mask");
    if (wantedMask != null && (wantedMask & ~(mask == null ? 0 : mask)) != 0) {
      answer.integer("CryptographicUsageMask", mask == null ? 0 : mask);
    }
    Integer wantedLease = payload.integer("LeaseTime");
    Integer lease = object.number("Lease Time");
    if (wantedLease != null && lease != null && wantedLease > lease) {
      answer.item("LeaseTime", Wire.interval("LeaseTime", lease));
    }
    return answer.build();
  }

  static TtlvItem archive(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.liveObject(payload);
    object.date(ManagedObject.ARCHIVE, exchange.now());
    return changed(object, exchange);
  }

  static TtlvItem recover(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.liveObject(payload);
    object.remove(ManagedObject.ARCHIVE);
    return changed(object, exchange);
  }

  static TtlvItem obtainLease(Fields payload, Exchange exchange) {
    ManagedObject object = exchange.liveObject(payload);
    Build answer = new Build("ResponsePayload").text("UniqueIdentifier", object.id());
    for (String name : new String[] {"Lease Time", "Last Change Date"}) {
      TtlvItem value = object.first(name);
      if (value != null) {
        answer.item(name.replace(" ", ""), value);
      }
    }
    return answer.build();
  }

  private static KmipFailure refusal(String what, ManagedObject object, Exchange exchange) {
    return new KmipFailure(
        Reason.PERMISSION_DENIED,
        "an object in state " + object.state(exchange.now()) + " cannot be " + what);
  }

  private static TtlvItem changed(ManagedObject object, Exchange exchange) {
    exchange.changed(object);
    return new Build("ResponsePayload").text("UniqueIdentifier", object.id()).build();
  }
}
