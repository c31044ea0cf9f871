package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.name;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Templates of the 1.x versions, which DSE's {@code template_name} asks for. */
class TemplateTest {
  private static final int TEMPLATE = 6;

  private KmipDevServer server;
  private Dialogue client;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings());
    client = new Dialogue(server, 102);
    client.ok(
        "Register",
        payload()
            .enumeration("ObjectType", TEMPLATE)
            .structure(
                new Build("TemplateAttribute").structure(attribute("Name", name("house-rules"))))
            .structure(
                new Build("Template")
                    .structure(attribute("Object Group", Dialogue.text("blue")))
                    .structure(
                        attribute("Contact Information", Dialogue.text("keys@example.org")))));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void a_key_takes_what_it_does_not_say_itself_from_the_template() throws IOException {
    String id = create("house-rules", attribute("Object Group", Dialogue.text("red")));
    assertThat(client.attribute(id, "Object Group")).isEqualTo(Dialogue.text("red"));
    assertThat(client.attribute(id, "Contact Information"))
        .isEqualTo(Dialogue.text("keys@example.org"));
  }

  @Test
  void an_unknown_template_is_refused() throws IOException {
    assertThat(client.call("Create", template("no-such", new Build[0])).reason()).isEqualTo(1);
  }

  private String create(String template, Build... attributes) throws IOException {
    return client.ok("Create", template(template, attributes)).requireText("UniqueIdentifier");
  }

  private static Build template(String template, Build... attributes) {
    Build content =
        new Build("TemplateAttribute")
            .structure(new Build("Name").text("NameValue", template).enumeration("NameType", 1))
            .structure(attribute("Cryptographic Algorithm", Wire.enumeration("AttributeValue", 3)))
            .structure(attribute("Cryptographic Length", Wire.integer("AttributeValue", 128)));
    for (Build attribute : attributes) {
      content.structure(attribute);
    }
    return payload().enumeration("ObjectType", 2).structure(content);
  }
}
