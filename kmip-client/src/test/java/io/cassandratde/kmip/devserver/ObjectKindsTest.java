package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.name;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Objects other than created keys, key formats, wrapped keys, keys that do not leave, split keys.
 */
class ObjectKindsTest {
  // RFC 3394, 4.1: 128 bits of key data wrapped by a 128-bit key.
  private static final byte[] KEK = hex("000102030405060708090A0B0C0D0E0F");
  private static final byte[] KEY = hex("00112233445566778899AABBCCDDEEFF");
  private static final byte[] WRAPPED = hex("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");

  private static final int CRYPTOGRAPHIC_FAILURE = 0x0A;
  private static final int SENSITIVE = 0x16;
  private static final int NOT_EXTRACTABLE = 0x17;
  private static final int XOR = 1;
  private static final int POLYNOMIAL_GF_2_8 = 4;

  private KmipDevServer server;
  private Dialogue client;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings());
    client = new Dialogue(server, 104);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void an_opaque_object_comes_back_as_it_went_in() throws IOException {
    TtlvItem object =
        new Build("OpaqueObject")
            .enumeration("OpaqueDataType", 0x80000001)
            .bytes("OpaqueDataValue", new byte[] {1, 2, 3})
            .build();
    String id = register(8, object);
    assertThat(client.ok("Get", payload(id)).item("OpaqueObject")).isEqualTo(object);
  }

  @Test
  void secret_data_comes_back_as_it_went_in() throws IOException {
    TtlvItem object =
        new Build("SecretData")
            .enumeration("SecretDataType", 1)
            .structure(
                new Build("KeyBlock")
                    .enumeration("KeyFormatType", KeyBlocks.FORMAT_OPAQUE)
                    .item(KeyBlocks.rawValue(KEY)))
            .build();
    String id = register(7, object, attribute("x-α", Dialogue.text("Ω")));
    assertThat(client.ok("Get", payload(id)).item("SecretData")).isEqualTo(object);
    assertThat(client.locate(attribute("x-α", Dialogue.text("Ω")))).containsExactly(id);
  }

  @Test
  void a_raw_key_can_be_got_transparent_and_the_other_way_round() throws IOException {
    String raw = registerKey(KEY, 12);
    Fields transparent =
        block(client.ok("Get", payload(raw).enumeration("KeyFormatType", 7)), "SymmetricKey");
    assertThat(transparent.integer("KeyFormatType")).isEqualTo(7);
    Fields keyMaterial = transparent.structure("KeyValue").structure("KeyMaterial");
    assertThat(keyMaterial.requireBytes("Key")).isEqualTo(KEY);
    String other =
        register(
            2,
            new Build("SymmetricKey")
                .structure(
                    new Build("KeyBlock")
                        .enumeration("KeyFormatType", 7)
                        .item(transparent.require("KeyValue"))
                        .enumeration("CryptographicAlgorithm", 3)
                        .integer("CryptographicLength", 128))
                .build());
    Fields back =
        block(client.ok("Get", payload(other).enumeration("KeyFormatType", 1)), "SymmetricKey");
    assertThat(back.structure("KeyValue").requireBytes("KeyMaterial")).isEqualTo(KEY);
    assertThat(client.call("Get", payload(raw).enumeration("KeyFormatType", 3)).reason())
        .isEqualTo(0x10);
  }

  @Test
  void a_key_leaves_wrapped_by_rfc_3394_and_comes_in_so() throws IOException {
    String kek = registerKey(KEK, 0x30, active());
    Build specification = wrapping("KeyWrappingSpecification", kek);
    String id = registerKey(KEY, 12);
    Fields wrapped = block(client.ok("Get", payload(id).structure(specification)), "SymmetricKey");
    assertThat(wrapped.structure("KeyValue").requireBytes("KeyMaterial")).isEqualTo(WRAPPED);
    assertThat(wrapped.has("KeyWrappingData")).isTrue();
    String again =
        register(
            2,
            new Build("SymmetricKey")
                .structure(
                    new Build("KeyBlock")
                        .enumeration("KeyFormatType", 1)
                        .item(KeyBlocks.rawValue(WRAPPED))
                        .enumeration("CryptographicAlgorithm", 3)
                        .integer("CryptographicLength", 128)
                        .structure(wrapping("KeyWrappingData", kek)))
                .build());
    Fields asRegistered = block(client.ok("Get", payload(again)), "SymmetricKey");
    assertThat(asRegistered.structure("KeyValue").requireBytes("KeyMaterial")).isEqualTo(WRAPPED);
    Fields open =
        block(client.ok("Get", payload(again).enumeration("KeyWrapType", 1)), "SymmetricKey");
    assertThat(open.structure("KeyValue").requireBytes("KeyMaterial")).isEqualTo(KEY);
    assertThat(open.has("KeyWrappingData")).isFalse();
  }

  @Test
  void by_default_the_encoded_key_value_is_wrapped() throws Exception {
    String kek = registerKey(KEK, 0x30, active());
    String id = registerKey(KEY, 12);
    Build specification =
        new Build("KeyWrappingSpecification")
            .enumeration("WrappingMethod", 1)
            .structure(new Build("EncryptionKeyInformation").text("UniqueIdentifier", kek));
    Fields wrapped = block(client.ok("Get", payload(id).structure(specification)), "SymmetricKey");
    Cipher unwrap = Cipher.getInstance("AESWrap");
    unwrap.init(Cipher.UNWRAP_MODE, new SecretKeySpec(KEK, "AES"));
    byte[] encoded =
        unwrap.unwrap(wrapped.requireBytes("KeyValue"), "AES", Cipher.SECRET_KEY).getEncoded();
    assertThat(Fields.of(Wire.decode(encoded)).requireBytes("KeyMaterial")).isEqualTo(KEY);
  }

  @Test
  void a_wrapping_key_needs_its_usage_mask_and_state() throws IOException {
    String id = registerKey(KEY, 12);
    for (String kek : List.of(registerKey(KEK, 12, active()), registerKey(KEK, 0x10))) {
      Build specification = wrapping("KeyWrappingSpecification", kek);
      assertThat(client.call("Get", payload(id).structure(specification)).reason()).isEqualTo(12);
    }
  }

  @Test
  void sensitive_keys_leave_wrapped_only_and_others_never() throws IOException {
    String kek = registerKey(KEK, 0x30, active());
    String sensitive = client.create(attribute("Sensitive", Wire.bool("AttributeValue", true)));
    String kept = client.create(attribute("Extractable", Wire.bool("AttributeValue", false)));
    Build specification = wrapping("KeyWrappingSpecification", kek);
    assertThat(client.call("Get", payload(sensitive)).reason()).isEqualTo(SENSITIVE);
    assertThat(client.call("Get", payload(sensitive).structure(specification)).reason()).isZero();
    assertThat(client.call("Get", payload(kept)).reason()).isEqualTo(NOT_EXTRACTABLE);
    assertThat(client.call("Get", payload(kept).structure(specification)).reason())
        .isEqualTo(NOT_EXTRACTABLE);
    assertThat(client.attribute(kept, "Never Extractable"))
        .isEqualTo(Wire.bool("AttributeValue", true));
    client.ok(
        "ModifyAttribute",
        payload(kept).structure(attribute("Extractable", Wire.bool("AttributeValue", true))));
    assertThat(client.attribute(kept, "Never Extractable"))
        .isEqualTo(Wire.bool("AttributeValue", false));
    assertThat(client.material(kept)).hasSize(16);
  }

  @Test
  void a_split_key_is_joined_from_any_parts_that_suffice_and_from_no_fewer() throws IOException {
    String whole = registerKey(KEY, 12);
    List<String> parts = split(whole, 5, 3, POLYNOMIAL_GF_2_8);
    assertThat(joined(parts.get(4), parts.get(0), parts.get(2))).isEqualTo(KEY);
    assertThat(joined(parts.get(1), parts.get(3), parts.get(2))).isEqualTo(KEY);
    assertThat(joinReason(parts.get(0), parts.get(1))).isEqualTo(CRYPTOGRAPHIC_FAILURE);
    assertThat(joinReason(parts.get(0), parts.get(1), parts.get(1)))
        .as("the same part twice is one part")
        .isEqualTo(CRYPTOGRAPHIC_FAILURE);
    List<String> halves = split(whole, 2, 2, XOR);
    assertThat(joined(halves.get(1), halves.get(0))).isEqualTo(KEY);
    assertThat(joinReason(halves.get(0))).isEqualTo(CRYPTOGRAPHIC_FAILURE);
  }

  private List<String> split(String id, int parts, int threshold, int method) throws IOException {
    return Dialogue.ids(
        client.ok(
            "CreateSplitKey",
            payload(id)
                .enumeration("ObjectType", 5)
                .integer("SplitKeyParts", parts)
                .integer("SplitKeyThreshold", threshold)
                .enumeration("SplitKeyMethod", method)));
  }

  private byte[] joined(String... parts) throws IOException {
    return client.material(client.ok("JoinSplitKey", join(parts)).requireText("UniqueIdentifier"));
  }

  private int joinReason(String... parts) throws IOException {
    return client.call("JoinSplitKey", join(parts)).reason();
  }

  private static Build join(String... parts) {
    Build join = payload().enumeration("ObjectType", 2);
    Arrays.stream(parts).forEach(part -> join.text("UniqueIdentifier", part));
    return join;
  }

  private static Build wrapping(String tag, String kek) {
    return new Build(tag)
        .enumeration("WrappingMethod", 1)
        .structure(
            new Build("EncryptionKeyInformation")
                .text("UniqueIdentifier", kek)
                .structure(
                    new Build("CryptographicParameters").enumeration("BlockCipherMode", 0x0D)))
        .enumeration("EncodingOption", 1);
  }

  private static Build active() {
    return attribute("Activation Date", Dialogue.date(Instant.now().minusSeconds(60)));
  }

  private String registerKey(byte[] key, int mask, Build... attributes) throws IOException {
    Build[] all = Arrays.copyOf(attributes, attributes.length + 1);
    all[attributes.length] =
        attribute("Cryptographic Usage Mask", Wire.integer("AttributeValue", mask));
    return register(
        2,
        KeyBlocks.body(
            ObjectType.SYMMETRIC_KEY, 1, KeyBlocks.rawValue(key), 3, key.length * 8, null),
        all);
  }

  private String register(int type, TtlvItem object, Build... attributes) throws IOException {
    Build template = new Build("TemplateAttribute").structure(attribute("Name", name("Ελλάδα")));
    for (Build attribute : attributes) {
      template.structure(attribute);
    }
    return client
        .ok("Register", payload().enumeration("ObjectType", type).structure(template).item(object))
        .requireText("UniqueIdentifier");
  }

  private static Fields block(Fields payload, String tag) {
    return payload.structure(tag).structure("KeyBlock");
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
