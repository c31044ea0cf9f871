package io.cassandratde.kmip.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cassandratde.kmip.KeyFormatType;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.WireCode;
import io.cassandratde.kmip.attribute.Attribute;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Forms that PyKMIP has not, so that its messages cannot vouch for them. */
class OperationFormsTest {
  private static final TtlvItem ID = new TtlvItem.Text(Tag.UNIQUE_IDENTIFIER, "id");
  private static final Attribute GROUP = Attributes.builder().objectGroup("g").build().all().get(0);

  private static Structure request(TtlvItem... items) {
    return new Structure(Tag.REQUEST_PAYLOAD, items);
  }

  private static Structure response(TtlvItem... items) {
    return new Structure(Tag.RESPONSE_PAYLOAD, items);
  }

  private static Structure attribute(String name, TtlvItem value) {
    return new Structure(
        Tag.ATTRIBUTE,
        new TtlvItem.Text(Tag.ATTRIBUTE_NAME, name),
        value.withTag(Tag.ATTRIBUTE_VALUE));
  }

  @Test
  void should_add_an_attribute_in_both_forms() {
    AddAttribute add = new AddAttribute("id", GROUP);
    TtlvItem value = new TtlvItem.Text(Tag.OBJECT_GROUP, "g");
    assertThat(add.encodeRequest(ProtocolVersion.V1_4))
        .isEqualTo(request(ID, attribute("Object Group", value)));
    assertThat(add.encodeRequest(ProtocolVersion.V2_1))
        .isEqualTo(request(ID, new Structure(Tag.NEW_ATTRIBUTE, value)));
  }

  @Test
  void should_delete_by_reference_from_2_0_on() {
    assertThat(new DeleteAttribute("id", "Object Group").encodeRequest(ProtocolVersion.V2_0))
        .isEqualTo(
            request(ID, new TtlvItem.Enumeration(Tag.ATTRIBUTE_REFERENCE, Tag.OBJECT_GROUP)));
  }

  @Test
  void should_rekey_with_and_without_an_offset() {
    assertThat(new ReKey("id").encodeRequest(ProtocolVersion.V1_4)).isEqualTo(request(ID));
    ReKey later =
        new ReKey("id", Duration.ofDays(1), Attributes.builder().cryptographicLength(128).build());
    TtlvItem length = new TtlvItem.IntegerItem(Tag.CRYPTOGRAPHIC_LENGTH, 128);
    TtlvItem offset = new TtlvItem.Interval(Tag.OFFSET, 86400);
    assertThat(later.encodeRequest(ProtocolVersion.V1_0))
        .isEqualTo(
            request(
                ID,
                offset,
                new Structure(Tag.TEMPLATE_ATTRIBUTE, attribute("Cryptographic Length", length))));
    assertThat(later.encodeRequest(ProtocolVersion.V2_0))
        .isEqualTo(request(ID, offset, new Structure(Tag.ATTRIBUTES, length)));
  }

  @Test
  void should_check_and_tell_what_is_not_allowed() throws Exception {
    Check check = new Check("id", 5L, UsageMask.ENCRYPT, Duration.ofSeconds(9));
    assertThat(check.encodeRequest(ProtocolVersion.V1_4))
        .isEqualTo(
            request(
                ID,
                new TtlvItem.LongInteger(Tag.USAGE_LIMITS_COUNT, 5),
                new TtlvItem.IntegerItem(Tag.CRYPTOGRAPHIC_USAGE_MASK, 4),
                new TtlvItem.Interval(Tag.LEASE_TIME, 9)));
    assertThat(check.decodeResponse(response(ID), ProtocolVersion.V1_4).allowed()).isTrue();
    TtlvItem only = new TtlvItem.IntegerItem(Tag.CRYPTOGRAPHIC_USAGE_MASK, 8);
    assertThat(check.decodeResponse(response(ID, only), ProtocolVersion.V1_4))
        .isEqualTo(new Check.Result(null, 8, null));
  }

  @Test
  void should_page_through_a_locate_from_1_3_on() {
    Locate page = new Locate(Attributes.EMPTY, 10, 20);
    assertThat(page.since()).isEqualTo(ProtocolVersion.V1_3);
    assertThat(new Locate(Attributes.EMPTY, 10, 0).since()).isEqualTo(ProtocolVersion.V1_0);
    assertThat(page.encodeRequest(ProtocolVersion.V1_3))
        .isEqualTo(
            request(
                new TtlvItem.IntegerItem(Tag.MAXIMUM_ITEMS, 10),
                new TtlvItem.IntegerItem(Tag.OFFSET_ITEMS, 20)));
  }

  @Test
  void should_start_from_a_template_of_the_server_in_1_x_only() {
    Create create = new Create(ObjectType.SYMMETRIC_KEY, List.of("base"), Attributes.EMPTY);
    assertThat(create.until()).isEqualTo(ProtocolVersion.V1_4);
    assertThat(create.encodeRequest(ProtocolVersion.V1_2))
        .isEqualTo(
            request(
                new TtlvItem.Enumeration(Tag.OBJECT_TYPE, 2),
                new Structure(
                    Tag.TEMPLATE_ATTRIBUTE,
                    new Structure(
                        Tag.NAME,
                        new TtlvItem.Text(Tag.NAME_VALUE, "base"),
                        new TtlvItem.Enumeration(Tag.NAME_TYPE, 1)))));
  }

  @Test
  void should_write_every_revocation_reason() throws Exception {
    for (RevocationReason reason : RevocationReason.values()) {
      Structure why =
          new Revoke("id", reason)
              .encodeRequest(ProtocolVersion.V1_4)
              .structure(Tag.REVOCATION_REASON);
      int code = why.enumeration(Tag.REVOCATION_REASON_CODE);
      assertThat(WireCode.of(RevocationReason.class, code)).isEqualTo(reason);
    }
  }

  private static Structure key(KeyFormatType format, TtlvItem material, TtlvItem... more) {
    Structure block =
        new Structure(
            Tag.KEY_BLOCK,
            new TtlvItem.Enumeration(Tag.KEY_FORMAT_TYPE, format.code()),
            new Structure(Tag.KEY_VALUE, material),
            more.length == 0 ? new TtlvItem.Enumeration(Tag.CRYPTOGRAPHIC_ALGORITHM, 3) : more[0]);
    return response(
        new TtlvItem.Enumeration(Tag.OBJECT_TYPE, 2), ID, new Structure(Tag.SYMMETRIC_KEY, block));
  }

  private static Get.Result get(Structure response) throws TtlvException {
    return new Get("id").decodeResponse(response, ProtocolVersion.V1_4);
  }

  private static TtlvItem material(int length) {
    return new TtlvItem.Bytes(Tag.KEY_MATERIAL, new byte[length]);
  }

  @Test
  void should_read_a_transparent_key() throws Exception {
    Structure transparent =
        new Structure(Tag.KEY_MATERIAL, new TtlvItem.Bytes(Tag.KEY, new byte[] {1, 2, 3, 4}));
    Get.Result got = get(key(KeyFormatType.TRANSPARENT_SYMMETRIC_KEY, transparent));
    assertThat(got.bits()).isEqualTo(32);
    assertThat(got.key().copy()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void should_hand_over_an_object_that_is_no_symmetric_key_as_it_is() throws Exception {
    Structure certificate = new Structure(Tag.CERTIFICATE, new TtlvItem.Text(0x420001, "c"));
    Get.Result got = get(response(new TtlvItem.Enumeration(Tag.OBJECT_TYPE, 1), ID, certificate));
    assertThat(got.objectType()).isEqualTo(ObjectType.CERTIFICATE);
    assertThat(got.object()).isEqualTo(certificate);
    assertThat(got.key().length()).isZero();
  }

  @Test
  void should_refuse_keys_it_cannot_use() {
    refuses(key(KeyFormatType.RAW, material(0)), "empty");
    refuses(key(KeyFormatType.PKCS_8, material(16)), "key format 4");
    refuses(key(KeyFormatType.RAW, material(16), new Structure(Tag.KEY_WRAPPING_DATA)), "wrapped");
    refuses(
        key(
            KeyFormatType.RAW,
            material(16),
            new TtlvItem.IntegerItem(Tag.CRYPTOGRAPHIC_LENGTH, 256)),
        "128 bits of material but says 256");
    refuses(
        key(KeyFormatType.RAW, new TtlvItem.Text(Tag.KEY_MATERIAL, "text")),
        "KeyMaterial has type TextString");
    refuses(response(ID), "ObjectType is missing");
  }

  private static void refuses(Structure response, String problem) {
    assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> get(response))
        .withMessageContaining(problem);
  }

  @Test
  void should_repeat_only_what_changes_nothing() {
    List<Operation<?>> repeatable =
        List.of(
            new DiscoverVersions(List.of()),
            new Query(),
            new Locate(Attributes.EMPTY),
            new Get("id"),
            new GetAttributes("id"),
            new GetAttributeList("id"),
            new Check("id", 4),
            new SetAttribute("id", GROUP),
            new ModifyAttribute("id", GROUP));
    List<Operation<?>> onceOnly =
        List.of(
            new Create(Attributes.EMPTY),
            new Register(ObjectType.SYMMETRIC_KEY, Attributes.EMPTY, new Structure(1)),
            new ReKey("id"),
            new AddAttribute("id", GROUP),
            new DeleteAttribute("id", "Name"),
            new ModifyAttribute("id", GROUP, GROUP),
            new Activate("id"),
            new Revoke("id", RevocationReason.SUPERSEDED),
            new Destroy("id"));
    assertThat(repeatable).allMatch(Operation::idempotent);
    assertThat(onceOnly).noneMatch(Operation::idempotent);
  }
}
