package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests with one or more items in one protocol version, and what they are answered with. */
final class Dialogue implements AutoCloseable {
  /** One answered batch item; {@code reason} is 0 for a success. */
  record Answer(int status, int reason, Fields payload) {
    String id() {
      return payload.requireText("UniqueIdentifier");
    }
  }

  private final RawClient client;
  private final int version;

  Dialogue(KmipDevServer server, int version) throws IOException {
    this(server, version, TestStores.get().client());
  }

  Dialogue(KmipDevServer server, int version, Path keystore) throws IOException {
    this.client = new RawClient(server.port(), keystore);
    this.version = version;
  }

  static Build payload() {
    return new Build("RequestPayload");
  }

  static Build payload(String id) {
    return payload().text("UniqueIdentifier", id);
  }

  static TtlvItem item(String operation, Build payload) {
    return new Build("BatchItem")
        .enumeration("Operation", Wire.enumeration("Operation", operation))
        .structure(payload)
        .build();
  }

  Answer call(String operation, Build payload) throws IOException {
    return batch(null, item(operation, payload)).get(0);
  }

  /** The payload of a call that must succeed. */
  Fields ok(String operation, Build payload) throws IOException {
    Answer answer = call(operation, payload);
    if (answer.status() != 0) {
      throw new AssertionError(operation + " failed with reason " + answer.reason());
    }
    return answer.payload();
  }

  List<Answer> batch(@Nullable Integer errorOption, TtlvItem... items) throws IOException {
    List<Answer> answers = new ArrayList<>();
    for (Fields item : Fields.of(raw(errorOption, null, items)).structures("BatchItem")) {
      answers.add(
          new Answer(
              item.requireInteger("ResultStatus"),
              item.integer("ResultReason", 0),
              item.structure("ResponsePayload")));
    }
    return answers;
  }

  TtlvItem raw(@Nullable Integer errorOption, @Nullable Integer maximumSize, TtlvItem... items)
      throws IOException {
    Build header = new Build("RequestHeader").structure(QueryOperations.version(version));
    if (maximumSize != null) {
      header.integer("MaximumResponseSize", maximumSize);
    }
    if (errorOption != null) {
      header.enumeration("BatchErrorContinuationOption", errorOption);
    }
    header.integer("BatchCount", items.length);
    return client.exchange(
        new Build("RequestMessage").structure(header).items(List.of(items)).build());
  }

  // Version 1.x forms.

  static Build attribute(String name, TtlvItem value) {
    return new Build("Attribute").text("AttributeName", name).item("AttributeValue", value);
  }

  static TtlvItem name(String value) {
    return new Build("AttributeValue").text("NameValue", value).enumeration("NameType", 1).build();
  }

  static TtlvItem date(Instant value) {
    return Wire.date("AttributeValue", value);
  }

  static TtlvItem text(String value) {
    return Wire.text("AttributeValue", value);
  }

  /** A Create payload for an AES-128 key that encrypts and decrypts, with further attributes. */
  static Build aesKey(Build... attributes) {
    Build template = new Build("TemplateAttribute");
    template.structure(attribute("Cryptographic Algorithm", Wire.enumeration("AttributeValue", 3)));
    template.structure(attribute("Cryptographic Length", Wire.integer("AttributeValue", 128)));
    template.structure(attribute("Cryptographic Usage Mask", Wire.integer("AttributeValue", 12)));
    for (Build attribute : attributes) {
      template.structure(attribute);
    }
    return payload().enumeration("ObjectType", 2).structure(template);
  }

  String create(Build... attributes) throws IOException {
    return ok("Create", aesKey(attributes)).requireText("UniqueIdentifier");
  }

  /** The first value of an attribute, or null when the server shows none. */
  @Nullable TtlvItem attribute(String id, String name) throws IOException {
    for (Fields attribute :
        ok("GetAttributes", payload(id).text("AttributeName", name)).structures("Attribute")) {
      return attribute.require("AttributeValue");
    }
    return null;
  }

  @Nullable Instant dateOf(String id, String name) throws IOException {
    TtlvItem value = attribute(id, name);
    return value == null ? null : Wire.instant(value);
  }

  ObjectState state(String id) throws IOException {
    TtlvItem value = attribute(id, "State");
    int code = value == null ? 0 : Wire.number(value);
    for (ObjectState state : ObjectState.values()) {
      if (state.code() == code) {
        return state;
      }
    }
    throw new AssertionError("no state " + code);
  }

  byte[] material(String id) throws IOException {
    return ok("Get", payload(id))
        .structure("SymmetricKey")
        .structure("KeyBlock")
        .structure("KeyValue")
        .requireBytes("KeyMaterial");
  }

  int revoke(String id, int reasonCode) throws IOException {
    return call(
            "Revoke",
            payload(id)
                .structure(
                    new Build("RevocationReason").enumeration("RevocationReasonCode", reasonCode)))
        .reason();
  }

  List<String> locate(Build... filters) throws IOException {
    Build payload = payload();
    for (Build filter : filters) {
      payload.structure(filter);
    }
    return ids(ok("Locate", payload));
  }

  static List<String> ids(Fields payload) {
    return payload.items("UniqueIdentifier").stream().map(Wire::text).toList();
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
