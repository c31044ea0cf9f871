package io.cassandratde.kmip.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.longs;
import static org.quicktheories.generators.SourceDSL.strings;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AttributeCodecTest {
  static List<ProtocolVersion> versions() {
    return ProtocolVersion.SUPPORTED;
  }

  private static Attributes one(AttributesBuilder builder) {
    return builder.build();
  }

  private static Structure payload(Attributes attributes, ProtocolVersion version) {
    return new Structure(Tag.RESPONSE_PAYLOAD, AttributeCodec.encodeLoose(attributes, version));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_back_every_kind_of_attribute(ProtocolVersion version) throws Exception {
    Attributes all =
        Attributes.builder()
            .uniqueIdentifier("id")
            .name("name")
            .objectType(ObjectType.SYMMETRIC_KEY)
            .cryptographicAlgorithm(CryptographicAlgorithm.AES)
            .cryptographicLength(256)
            .usageMask(12)
            .state(KeyState.DEACTIVATED)
            .initialDate(Instant.EPOCH)
            .activationDate(Instant.ofEpochSecond(1))
            .processStartDate(Instant.ofEpochSecond(2))
            .protectStopDate(Instant.ofEpochSecond(3))
            .deactivationDate(Instant.ofEpochSecond(4))
            .objectGroup("group")
            .operationPolicyName("policy")
            .applicationSpecificInformation("space", "data")
            .custom("x-note", "text")
            .add(new Attribute("acme:colour", new TtlvItem.Text(Tag.ATTRIBUTE_VALUE, "red")))
            .build();
    Attributes read = AttributeCodec.decodeAll(payload(all, version));
    assertThat(read).isEqualTo(all);
    assertThat(read.custom("x-note")).isEqualTo("text");
    assertThat(read.custom("acme:colour")).isEqualTo("red");
    assertThat(read.processStartDate()).isEqualTo(Instant.ofEpochSecond(2));
    assertThat(read.protectStopDate()).isEqualTo(Instant.ofEpochSecond(3));
    assertThat(read.deactivationDate()).isEqualTo(Instant.ofEpochSecond(4));
    assertThat(read.attributeNames()).hasSize(17).contains("Protect Stop Date", "x-note");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_back_names(ProtocolVersion version) throws Exception {
    List<String> names = List.of("State", "PKCS#12 Friendly Name", "x-note", "acme:colour");
    Structure payload =
        new Structure(
            Tag.RESPONSE_PAYLOAD,
            names.stream().map(name -> AttributeCodec.encodeName(name, version)).toList());
    assertThat(AttributeCodec.decodeNames(payload)).isEqualTo(names);
  }

  @Test
  void should_write_a_custom_attribute_under_its_vendor_from_2_0_on() {
    Attribute note = one(Attributes.builder().custom("x-note", "text")).all().get(0);
    assertThat(AttributeCodec.encode(note, ProtocolVersion.V2_1))
        .isEqualTo(
            new Structure(
                Tag.ATTRIBUTE,
                new TtlvItem.Text(Tag.VENDOR_IDENTIFICATION, "x"),
                new TtlvItem.Text(Tag.ATTRIBUTE_NAME, "note"),
                new TtlvItem.Text(Tag.ATTRIBUTE_VALUE, "text")));
  }

  @Test
  void should_number_instances_of_one_attribute() {
    Attributes names = Attributes.builder().name("a").objectGroup("g").name("b").build();
    assertThat(names.all()).extracting(Attribute::index).containsExactly(0, 0, 1);
    assertThat(names.names()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @EnumSource(AttributeType.class)
  void should_refuse_a_standard_attribute_of_a_wrong_type(AttributeType type) {
    TtlvItem wrong = new TtlvItem.LongInteger(Tag.ATTRIBUTE_VALUE, 1);
    for (ProtocolVersion version : List.of(ProtocolVersion.V1_4, ProtocolVersion.V2_0)) {
      TtlvItem item = AttributeCodec.encode(new Attribute(type, wrong), version);
      assertThatExceptionOfType(TtlvException.class)
          .isThrownBy(() -> AttributeCodec.decode(item))
          .withMessageContaining(type.specName() + " has type LongInteger");
    }
  }

  @Test
  void should_have_no_value_for_codes_it_does_not_know() throws Exception {
    Structure payload =
        new Structure(
            Tag.ATTRIBUTES,
            new TtlvItem.Enumeration(Tag.STATE, 99),
            new TtlvItem.Enumeration(Tag.CRYPTOGRAPHIC_ALGORITHM, 0x80000001));
    Attributes read = AttributeCodec.decodeAll(new Structure(Tag.RESPONSE_PAYLOAD, payload));
    assertThat(read.state()).isNull();
    assertThat(read.cryptographicAlgorithm()).isNull();
    assertThat(read.has(AttributeType.STATE)).isTrue();
  }

  @Test
  void should_skip_what_is_no_attribute() throws Exception {
    Structure payload =
        new Structure(
            Tag.RESPONSE_PAYLOAD,
            new TtlvItem.Text(Tag.UNIQUE_IDENTIFIER, "id"),
            new Structure(
                Tag.ATTRIBUTES,
                new TtlvItem.Text(0x54ABCD, "vendor"),
                new TtlvItem.Text(Tag.OBJECT_GROUP, "g")));
    assertThat(AttributeCodec.decodeAll(payload).attributeNames()).containsExactly("Object Group");
  }

  @Test
  void should_cut_dates_to_the_seconds_that_travel() {
    qt().forAll(longs().between(-4_000_000_000_000L, 4_000_000_000_000L))
        .check(
            millis -> {
              Attributes dated =
                  Attributes.builder().activationDate(Instant.ofEpochMilli(millis)).build();
              return Instant.ofEpochSecond(Math.floorDiv(millis, 1000L))
                  .equals(dated.activationDate());
            });
  }

  @Test
  void should_keep_any_name_through_both_forms() {
    qt().forAll(strings().basicMultilingualPlaneAlphabet().ofLengthBetween(0, 30))
        .checkAssert(
            name -> {
              Attributes named = Attributes.builder().name(name).build();
              for (ProtocolVersion version : versions()) {
                try {
                  assertThat(AttributeCodec.decodeAll(payload(named, version)).names())
                      .containsExactly(name);
                } catch (TtlvException e) {
                  throw new AssertionError(e);
                }
              }
            });
  }

  @Test
  void should_refuse_a_custom_name_that_is_not_the_clients() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Attributes.builder().custom("y-note", "text"));
  }
}
