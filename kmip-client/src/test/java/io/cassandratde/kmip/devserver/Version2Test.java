package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The attribute forms of KMIP 2.0 and 2.1: typed tags in Attributes, references, SetAttribute. */
@ParameterizedClass
@ValueSource(ints = {200, 201})
class Version2Test {
  private static final int AES = 3;
  private static final int SYMMETRIC_KEY = 2;

  @Parameter private int version;
  private KmipDevServer server;
  private Dialogue client;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings());
    client = new Dialogue(server, version);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void attributes_travel_under_tags_of_their_own() throws IOException {
    String id = create("payroll");
    Fields attributes =
        client
            .ok(
                "GetAttributes",
                payload(id).item(reference("CryptographicLength")).item(reference("State")))
            .structure("Attributes");
    assertThat(attributes.items()).hasSize(2);
    assertThat(attributes.requireInteger("CryptographicLength")).isEqualTo(128);
    assertThat(attributes.requireInteger("State")).isEqualTo(ObjectState.PRE_ACTIVE.code());
  }

  @Test
  void all_attributes_and_their_names_are_listed_in_the_new_form() throws IOException {
    String id = create("payroll");
    Fields all = client.ok("GetAttributes", payload(id)).structure("Attributes");
    assertThat(all.structure("Name").requireText("NameValue")).isEqualTo("payroll");
    assertThat(all.structure("Attribute").requireText("VendorIdentification")).isEqualTo("x");
    assertThat(all.structure("Attribute").requireText("AttributeName")).isEqualTo("note");
    List<TtlvItem> references =
        client.ok("GetAttributeList", payload(id)).items("AttributeReference");
    assertThat(references).contains(reference("Name"), reference("State"), custom("note"));
    assertThat(references).hasSameSizeAs(all.items());
  }

  @Test
  void locate_filters_by_typed_attributes() throws IOException {
    String payroll = create("payroll");
    create("other");
    assertThat(
            Dialogue.ids(
                client.ok(
                    "Locate",
                    payload().structure(new Build("Attributes").structure(name("payroll"))))))
        .containsExactly(payroll);
  }

  @Test
  void set_add_modify_and_delete_answer_with_the_identifier_only() throws IOException {
    String id = create("payroll");
    Instant date = Instant.parse("2030-01-01T00:00:00Z");
    Build newDate = new Build("NewAttribute").date("ProtectStopDate", date);
    assertThat(client.ok("SetAttribute", payload(id).structure(newDate)).items()).hasSize(1);
    assertThat(date(id)).isEqualTo(date);
    Build later = new Build("NewAttribute").date("ProtectStopDate", date.plusSeconds(60));
    assertThat(client.ok("ModifyAttribute", payload(id).structure(later)).items()).hasSize(1);
    assertThat(date(id)).isEqualTo(date.plusSeconds(60));
    client.ok(
        "AddAttribute", payload(id).structure(new Build("NewAttribute").structure(name("second"))));
    client.ok(
        "ModifyAttribute",
        payload(id)
            .structure(new Build("CurrentAttribute").structure(name("payroll")))
            .structure(new Build("NewAttribute").structure(name("first"))));
    assertThat(names(id)).containsExactly("first", "second");
    client.ok(
        "DeleteAttribute",
        payload(id).structure(new Build("CurrentAttribute").structure(name("first"))));
    assertThat(names(id)).containsExactly("second");
    client.ok("DeleteAttribute", payload(id).item(reference("ProtectStopDate")));
    assertThat(date(id)).isNull();
  }

  @Test
  void state_is_read_only() throws IOException {
    String id = create("payroll");
    Build state = new Build("NewAttribute").enumeration("State", 2);
    assertThat(client.call("SetAttribute", payload(id).structure(state)).reason()).isEqualTo(12);
  }

  @Test
  void the_same_object_is_seen_in_both_forms() throws IOException {
    String id = create("payroll");
    try (Dialogue older = new Dialogue(server, 102)) {
      assertThat(older.locate(Dialogue.attribute("Name", Dialogue.name("payroll"))))
          .containsExactly(id);
      assertThat(older.attribute(id, "x-note")).isEqualTo(Dialogue.text("hello"));
      assertThat(older.material(id)).isEqualTo(client.material(id));
    }
  }

  @Test
  void set_attribute_is_unknown_before_2_0() throws IOException {
    String id = create("payroll");
    try (Dialogue older = new Dialogue(server, 104)) {
      Build attribute = new Build("NewAttribute").integer("CryptographicUsageMask", 4);
      assertThat(older.call("SetAttribute", payload(id).structure(attribute)).reason())
          .isEqualTo(5);
    }
  }

  private String create(String name) throws IOException {
    Build attributes =
        new Build("Attributes")
            .enumeration("CryptographicAlgorithm", AES)
            .integer("CryptographicLength", 128)
            .integer("CryptographicUsageMask", 12)
            .structure(name(name))
            .structure(
                new Build("Attribute")
                    .text("VendorIdentification", "x")
                    .text("AttributeName", "note")
                    .text("AttributeValue", "hello"));
    return client
        .ok("Create", payload().enumeration("ObjectType", SYMMETRIC_KEY).structure(attributes))
        .requireText("UniqueIdentifier");
  }

  private @Nullable Instant date(String id) throws IOException {
    return client
        .ok("GetAttributes", payload(id).item(reference("ProtectStopDate")))
        .structure("Attributes")
        .date("ProtectStopDate");
  }

  private List<String> names(String id) throws IOException {
    return client
        .ok("GetAttributes", payload(id).item(reference("Name")))
        .structure("Attributes")
        .structures("Name")
        .stream()
        .map(name -> name.requireText("NameValue"))
        .toList();
  }

  private static Build name(String value) {
    return new Build("Name").text("NameValue", value).enumeration("NameType", 1);
  }

  private static TtlvItem reference(String tag) {
    return Wire.enumeration("AttributeReference", Wire.tag(tag));
  }

  private static TtlvItem custom(String name) {
    return new Build("AttributeReference")
        .text("VendorIdentification", "x")
        .text("AttributeName", name)
        .build();
  }
}
