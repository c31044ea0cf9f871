package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of one request share: who asks, in which version, when, the ID placeholder.
 */
final class Exchange {
  /** 2.0 as {@link #version()} gives it. */
  static final int V2_0 = 200;

  private final DevServerSettings settings;
  private final ObjectStore store;
  private final String client;
  private final int version;
  private final Instant now;
  private @Nullable String idPlaceholder;
  private boolean changed;

  Exchange(DevServerSettings settings, ObjectStore store, String client, int version) {
    this.settings = settings;
    this.store = store;
    this.client = client;
    this.version = version;
    // KMIP's dates are in whole seconds; a finer "now" would be later than a date set to now.
    this.now = settings.clock().instant().truncatedTo(ChronoUnit.SECONDS);
  }

  ObjectStore store() {
    return store;
  }

  DevServerBehaviour behaviour() {
    return settings.behaviour();
  }

  SecureRandom random() {
    return settings.random();
  }

  String client() {
    return client;
  }

  /** Major * 100 + minor. */
  int version() {
    return version;
  }

  boolean version2() {
    return version >= V2_0;
  }

  Instant now() {
    return now;
  }

  /** Set by operations that make or find exactly one object (KMIP 1.4, chapter 4). */
  void idPlaceholder(@Nullable String id) {
    idPlaceholder = id;
  }

  @Nullable String idPlaceholder() {
    return idPlaceholder;
  }

  boolean mayUse(ManagedObject object) {
    return !settings.ownerCheck()
        || object.owner().equals(client)
        || behaviour().isAdministrator(client);
  }

  void requireMayEnd(ManagedObject object) {
    if (!behaviour().mayEndKeys(client)) {
      throw new KmipFailure(
          Reason.PERMISSION_DENIED,
          "only the administrator may revoke or destroy object " + object.id());
    }
  }

  /** The object that the payload names, or the ID placeholder where it names none. */
  ManagedObject object(Fields payload) {
    return object(payload.item("UniqueIdentifier"));
  }

  ManagedObject object(@Nullable TtlvItem identifier) {
    // In 2.x the identifier may be the enumeration "ID Placeholder" as well.
    String id =
        identifier == null || !Wire.isText(identifier) ? idPlaceholder : Wire.text(identifier);
    if (id == null) {
      throw new KmipFailure(Reason.ITEM_NOT_FOUND, "no Unique Identifier and no ID placeholder");
    }
    ManagedObject object = store.get(id);
    if (object == null || behaviour().isPurged(id)) {
      throw new KmipFailure(Reason.ITEM_NOT_FOUND, "no object " + id);
    }
    if (!mayUse(object)) {
      throw new KmipFailure(
          Reason.PERMISSION_DENIED, "object " + id + " belongs to another client");
    }
    return object;
  }

  /** As {@link #object(Fields)}, but it must not be destroyed. */
  ManagedObject liveObject(Fields payload) {
    ManagedObject object = object(payload);
    if (object.state(now).destroyed()) {
      throw new KmipFailure(Reason.ITEM_NOT_FOUND, "object " + object.id() + " is destroyed");
    }
    return object;
  }

  /** Must be called for every change, so that it is kept. */
  void changed(ManagedObject object) {
    object.date("Last Change Date", now);
    changed = true;
  }

  boolean changed() {
    return changed;
  }
}
