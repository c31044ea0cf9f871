package io.cassandratde.kmip.hostile;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyFormatType;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.QueryFunction;
import io.cassandratde.kmip.ResponseReading;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.attribute.Attribute;
import io.cassandratde.kmip.attribute.AttributeCodec;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.AddAttribute;
import io.cassandratde.kmip.operation.Check;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.DeleteAttribute;
import io.cassandratde.kmip.operation.Destroy;
import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.GetAttributeList;
import io.cassandratde.kmip.operation.GetAttributes;
import io.cassandratde.kmip.operation.Locate;
import io.cassandratde.kmip.operation.ModifyAttribute;
import io.cassandratde.kmip.operation.Query;
import io.cassandratde.kmip.operation.ReKey;
import io.cassandratde.kmip.operation.Register;
import io.cassandratde.kmip.operation.Revoke;
import io.cassandratde.kmip.operation.SetAttribute;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One right answer to every operation, in both attribute forms: what the fuzzer starts from. */
final class Seeds {
  private final Operation<?> operation;
  private final ProtocolVersion version;
  private final Structure answer;
  private final byte[] bytes;

  private Seeds(Operation<?> operation, ProtocolVersion version, Structure answer) {
    this.operation = operation;
    this.version = version;
    this.answer = answer;
    this.bytes = TtlvEncoder.encode(answer);
  }

  Operation<?> operation() {
    return operation;
  }

  ProtocolVersion version() {
    return version;
  }

  /** A Response Message that the operation's decoder accepts. */
  Structure answer() {
    return answer;
  }

  /** The same, encoded; a copy. */
  byte[] bytes() {
    return bytes.clone();
  }

  private static final String ID = "0c5a1f7e-9d2b-4b8e-8f60-3f1c2d4e5a6b";

  static List<Seeds> all() {
    List<Seeds> seeds = new ArrayList<>();
    for (ProtocolVersion version : List.of(ProtocolVersion.V1_4, ProtocolVersion.V2_1)) {
      seeds.addAll(of(version));
    }
    seeds.add(refusal(new Get(ID), 1, "Could not locate object"));
    seeds.add(refusal(new Create(Attributes.EMPTY), 12, "Not for you"));
    return seeds;
  }

  private static Seeds refusal(Operation<?> operation, int reason, String text) {
    return new Seeds(
        operation, ProtocolVersion.V1_4, Answers.refusal(operation.code().code(), reason, text));
  }

  private static List<Seeds> of(ProtocolVersion version) {
    Attributes attributes = attributes();
    Attribute one = attributes.all().get(0);
    List<TtlvItem> loose = AttributeCodec.encodeLoose(attributes, version);
    List<Seeds> seeds = new ArrayList<>();
    seeds.add(
        seed(
            new DiscoverVersions(ProtocolVersion.SUPPORTED),
            version,
            ProtocolVersion.SUPPORTED.stream().map(DiscoverVersions::encode).toList()));
    seeds.add(seed(new Query(QueryFunction.OPERATIONS), version, query()));
    seeds.add(
        seed(
            new Create(attributes),
            version,
            List.of(
                Answers.type(),
                Answers.id(ID),
                AttributeCodec.encodeTemplate(attributes, version))));
    seeds.add(seed(register(attributes), version, List.of(Answers.id(ID))));
    seeds.add(seed(new Locate(attributes), version, List.of(Answers.id(ID), Answers.id("2"))));
    seeds.add(seed(new Get(ID), version, get(Answers.key(new byte[32]))));
    seeds.add(seed(new Get(ID), version, get(transparentKey())));
    seeds.add(seed(new GetAttributes(ID), version, withId(loose)));
    seeds.add(
        seed(
            new GetAttributeList(ID),
            version,
            withId(
                attributes.attributeNames().stream()
                    .map(name -> AttributeCodec.encodeName(name, version))
                    .toList())));
    seeds.add(
        seed(
            new Check(ID, UsageMask.ENCRYPT),
            version,
            List.of(
                Answers.id(ID),
                new TtlvItem.LongInteger(Tag.USAGE_LIMITS_COUNT, 5),
                new TtlvItem.IntegerItem(Tag.CRYPTOGRAPHIC_USAGE_MASK, UsageMask.DECRYPT),
                new TtlvItem.Interval(Tag.LEASE_TIME, 60))));
    for (Operation<?> plain :
        List.<Operation<?>>of(
            new Activate(ID),
            new Revoke(ID, RevocationReason.UNSPECIFIED),
            new Destroy(ID),
            new AddAttribute(ID, one),
            new ModifyAttribute(ID, one),
            new DeleteAttribute(ID, one.name()),
            new SetAttribute(ID, one),
            new ReKey(ID))) {
      seeds.add(seed(plain, version, withId(List.of(AttributeCodec.encode(one, version)))));
    }
    return seeds;
  }

  private static Register register(Attributes attributes) {
    try (SecretBytes material = new SecretBytes(new byte[32])) {
      return Register.symmetricKey(attributes, material, CryptographicAlgorithm.AES);
    }
  }

  private static Seeds seed(
      Operation<?> operation, ProtocolVersion version, List<? extends TtlvItem> payload) {
    Structure answer =
        new Structure(
            Tag.RESPONSE_MESSAGE,
            new Structure(
                Tag.RESPONSE_HEADER,
                DiscoverVersions.encode(version),
                new TtlvItem.DateTime(Tag.TIME_STAMP, Instant.ofEpochSecond(1_790_000_000)),
                new TtlvItem.IntegerItem(Tag.BATCH_COUNT, 1)),
            new Structure(
                Tag.BATCH_ITEM,
                new TtlvItem.Enumeration(Tag.OPERATION, operation.code().code()),
                new TtlvItem.Bytes(
                    Tag.UNIQUE_BATCH_ITEM_ID,
                    new byte[] {0, 0, 0, 0, 0, 0, 0, ResponseReading.BATCH_ITEM_ID}),
                new TtlvItem.Enumeration(Tag.RESULT_STATUS, 0),
                new Structure(Tag.RESPONSE_PAYLOAD, List.copyOf(payload))));
    return new Seeds(operation, version, answer);
  }

  private static Attributes attributes() {
    return Attributes.builder()
        .name("ks.table-1")
        .name("second")
        .uniqueIdentifier(ID)
        .objectType(ObjectType.SYMMETRIC_KEY)
        .cryptographicAlgorithm(CryptographicAlgorithm.AES)
        .cryptographicLength(256)
        .usageMask(UsageMask.ENCRYPT_DECRYPT)
        .state(KeyState.ACTIVE)
        .initialDate(Instant.ofEpochSecond(1_780_000_000))
        .activationDate(Instant.ofEpochSecond(1_780_000_001))
        .protectStopDate(Instant.ofEpochSecond(1_880_000_001))
        .objectGroup("namespace")
        .applicationSpecificInformation("ns", "data")
        .custom("x-note", "text")
        .build();
  }

  private static List<TtlvItem> query() {
    List<TtlvItem> items = new ArrayList<>();
    for (int operation = 1; operation < 30; operation++) {
      items.add(new TtlvItem.Enumeration(Tag.OPERATION, operation));
    }
    items.add(Answers.type());
    items.add(new TtlvItem.Text(Tag.VENDOR_IDENTIFICATION, "vendor"));
    items.add(new TtlvItem.Text(Tag.APPLICATION_NAMESPACE, "ns"));
    return items;
  }

  private static List<TtlvItem> get(Structure key) {
    return List.of(Answers.type(), Answers.id(ID), key);
  }

  private static Structure transparentKey() {
    return new Structure(
        Tag.SYMMETRIC_KEY,
        new Structure(
            Tag.KEY_BLOCK,
            new TtlvItem.Enumeration(
                Tag.KEY_FORMAT_TYPE, KeyFormatType.TRANSPARENT_SYMMETRIC_KEY.code()),
            new Structure(
                Tag.KEY_VALUE,
                new Structure(Tag.KEY_MATERIAL, new TtlvItem.Bytes(Tag.KEY, new byte[16])))));
  }

  private static List<TtlvItem> withId(List<? extends TtlvItem> items) {
    List<TtlvItem> all = new ArrayList<>();
    all.add(Answers.id(ID));
    all.addAll(items);
    return all;
  }
}
