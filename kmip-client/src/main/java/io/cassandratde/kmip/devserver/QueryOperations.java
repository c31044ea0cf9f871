package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** DiscoverVersions and Query. */
final class QueryOperations {
  private static final int[] VERSIONS = {201, 200, 104, 103, 102, 101, 100};

  private static final int OPERATIONS = 1;
  private static final int OBJECTS = 2;
  private static final int SERVER_INFORMATION = 3;
  private static final int RNGS = 8;
  private static final int PROFILES = 0x0A;
  private static final int CAPABILITIES = 0x0B;
  private static final int CLIENT_REGISTRATION_METHODS = 0x0C;

  private static final int UNSPECIFIED = 1;

  private QueryOperations() {}

  static boolean speaks(int version, DevServerBehaviour behaviour) {
    for (int spoken : VERSIONS) {
      if (spoken == version) {
        return version <= behaviour.highestVersion();
      }
    }
    return false;
  }

  /** All versions, or those of the client's that this server speaks, in the order of preference. */
  static TtlvItem discoverVersions(Fields payload, Exchange exchange) {
    Set<Integer> asked = new HashSet<>();
    for (Fields version : payload.structures("ProtocolVersion")) {
      asked.add(
          version.requireInteger("ProtocolVersionMajor") * 100
              + version.requireInteger("ProtocolVersionMinor"));
    }
    Build answer = new Build("ResponsePayload");
    for (int version : VERSIONS) {
      if (speaks(version, exchange.behaviour()) && (asked.isEmpty() || asked.contains(version))) {
        answer.structure(version(version));
      }
    }
    return answer.build();
  }

  static Build version(int version) {
    return new Build("ProtocolVersion")
        .integer("ProtocolVersionMajor", version / 100)
        .integer("ProtocolVersionMinor", version % 100);
  }

  static TtlvItem query(Fields payload, Exchange exchange) {
    List<Integer> functions = payload.items("QueryFunction").stream().map(Wire::number).toList();
    Build answer = new Build("ResponsePayload");
    if (functions.contains(OPERATIONS)) {
      for (int code : Operations.codes(exchange.version(), exchange.behaviour())) {
        answer.enumeration("Operation", code);
      }
    }
    if (functions.contains(OBJECTS)) {
      for (ObjectType type : ObjectType.values()) {
        answer.enumeration("ObjectType", type.code());
      }
    }
    if (functions.contains(SERVER_INFORMATION)) {
      answer
          .text("VendorIdentification", "cassandra-tde development server")
          .structure(new Build("ServerInformation"));
    }
    if (functions.contains(RNGS)) {
      answer.structure(new Build("RNGParameters").enumeration("RNGAlgorithm", UNSPECIFIED));
    }
    if (functions.contains(PROFILES)) {
      answer.structure(
          new Build("ProfileInformation")
              .enumeration(
                  "ProfileName", Wire.enumeration("ProfileName", "BaselineServerBasicKMIPV1_4")));
    }
    if (functions.contains(CAPABILITIES)) {
      answer.structure(
          new Build("CapabilityInformation")
              .bool("StreamingCapability", false)
              .bool("AsynchronousCapability", false)
              .bool("AttestationCapability", false)
              .bool("BatchUndoCapability", true)
              .bool("BatchContinueCapability", true)
              .enumeration("UnwrapMode", UNSPECIFIED)
              .enumeration("DestroyAction", UNSPECIFIED)
              .enumeration("ShreddingAlgorithm", UNSPECIFIED)
              .enumeration("RNGMode", UNSPECIFIED));
    }
    if (functions.contains(CLIENT_REGISTRATION_METHODS)) {
      // Whoever holds a certificate of the trusted authority is a client.
      answer.enumeration(
          "ClientRegistrationMethod",
          Wire.enumeration("ClientRegistrationMethod", "ServerPreGenerated"));
    }
    return answer.build();
  }
}
