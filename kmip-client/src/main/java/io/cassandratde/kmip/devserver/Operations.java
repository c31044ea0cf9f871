package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operations this server knows, by their codes (KMIP 1.4, 9.1.3.2.27, and 2.1, 11.36). */
final class Operations {
  /** Performs one operation: from its request payload to its response payload. */
  interface Handler {
    TtlvItem handle(Fields payload, Exchange exchange);
  }

  /** One operation; {@code since} is major * 100 + minor. */
  record Known(String name, int since, Handler handler) {}

  private static final Map<Integer, Known> BY_CODE = new LinkedHashMap<>();

  static {
    add(0x18, "Query", 100, QueryOperations::query);
    add(0x1E, "DiscoverVersions", 101, QueryOperations::discoverVersions);
    add(0x01, "Create", 100, CreationOperations::create);
    add(0x03, "Register", 100, CreationOperations::register);
    add(0x04, "ReKey", 100, CreationOperations::reKey);
    add(0x08, "Locate", 100, RetrievalOperations::locate);
    add(0x0A, "Get", 100, RetrievalOperations::get);
    add(0x09, "Check", 100, LifecycleOperations::check);
    add(0x0B, "GetAttributes", 100, AttributeOperations::getAttributes);
    add(0x0C, "GetAttributeList", 100, AttributeOperations::getAttributeList);
    add(0x0D, "AddAttribute", 100, AttributeOperations::addAttribute);
    add(0x0E, "ModifyAttribute", 100, AttributeOperations::modifyAttribute);
    add(0x0F, "DeleteAttribute", 100, AttributeOperations::deleteAttribute);
    add(0x31, "SetAttribute", 200, AttributeOperations::setAttribute);
    add(0x12, "Activate", 100, LifecycleOperations::activate);
    add(0x13, "Revoke", 100, LifecycleOperations::revoke);
    add(0x14, "Destroy", 100, LifecycleOperations::destroy);
    add(0x15, "Archive", 100, LifecycleOperations::archive);
    add(0x16, "Recover", 100, LifecycleOperations::recover);
    add(0x10, "ObtainLease", 100, LifecycleOperations::obtainLease);
    add(0x1F, "Encrypt", 102, CryptographicOperations::encrypt);
    add(0x20, "Decrypt", 102, CryptographicOperations::decrypt);
    add(0x23, "MAC", 102, CryptographicOperations::mac);
    add(0x24, "MACVerify", 102, CryptographicOperations::macVerify);
    add(0x27, "Hash", 102, CryptographicOperations::hash);
    add(0x28, "CreateSplitKey", 102, SplitKeyOperations::createSplitKey);
    add(0x29, "JoinSplitKey", 102, SplitKeyOperations::joinSplitKey);
  }

  private Operations() {}

  private static void add(int code, String name, int since, Handler handler) {
    BY_CODE.put(code, new Known(name, since, handler));
  }

  static List<Integer> codes(int version, DevServerBehaviour behaviour) {
    return BY_CODE.entrySet().stream()
        .filter(entry -> entry.getValue().since() <= version)
        .filter(entry -> behaviour.knows(entry.getValue().name()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Its name; that of no operation is empty. */
  static String name(@Nullable Integer code) {
    Known operation = code == null ? null : BY_CODE.get(code);
    return operation == null ? "" : operation.name();
  }

  /** Runs an operation, unless the behaviour refuses it. */
  static TtlvItem run(@Nullable Integer code, Fields payload, Exchange exchange) {
    Known operation = code == null ? null : BY_CODE.get(code);
    if (operation == null
        || operation.since() > exchange.version()
        || !exchange.behaviour().knows(operation.name())) {
      throw new KmipFailure(Reason.OPERATION_NOT_SUPPORTED, "operation " + code + " is unknown");
    }
    exchange.behaviour().count(operation.name());
    DevServerBehaviour.Refusal refusal = exchange.behaviour().refusalOf(operation.name());
    if (refusal != null) {
      throw new KmipFailure(refusal.resultReason(), refusal.message());
    }
    return operation.handler().handle(payload, exchange);
  }
}
