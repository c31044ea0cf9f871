package io.cassandratde.kmip.devserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.kmip.BatchAnswer;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.AddAttribute;
import io.cassandratde.kmip.operation.Check;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.DeleteAttribute;
import io.cassandratde.kmip.operation.Destroy;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.GetAttributeList;
import io.cassandratde.kmip.operation.GetAttributes;
import io.cassandratde.kmip.operation.Locate;
import io.cassandratde.kmip.operation.ModifyAttribute;
import io.cassandratde.kmip.operation.ReKey;
import io.cassandratde.kmip.operation.Register;
import io.cassandratde.kmip.operation.Revoke;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The product's client and this server, written apart, understand each other in every version. */
@ParameterizedClass
@ValueSource(strings = {"1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1"})
class ClientMeetsServerTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  @Parameter private String version = "";
  private final TestClock clock = new TestClock(START);
  private KmipDevServer server;
  private KmipClient client;

  @BeforeEach
  void start() throws IOException, KmipException {
    server =
        KmipDevServer.start(
            TestStores.get().serverSettings().withClock(clock).withOwnerCheck(true));
    client = client(TestStores.get().client());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void a_key_lives_and_dies() throws KmipException {
    String id = client.call(new Create(template("payroll"))).uniqueIdentifier();
    assertThat(attributes(id).state()).isEqualTo(KeyState.PRE_ACTIVE);
    client.call(new Activate(id));
    clock.advance(Duration.ofMinutes(1));
    try (Get.Result key = client.call(new Get(id))) {
      assertThat(key.algorithm()).isEqualTo(CryptographicAlgorithm.AES);
      assertThat(key.key().length()).isEqualTo(32);
    }
    Attributes all = attributes(id);
    assertThat(all.state()).isEqualTo(KeyState.ACTIVE);
    assertThat(all.name()).isEqualTo("payroll");
    assertThat(all.activationDate()).isEqualTo(START);
    assertThat(all.usageMask()).isEqualTo(UsageMask.ENCRYPT_DECRYPT);
    assertThat(all.objectGroups()).containsExactly("blue");
    assertThat(all.custom("x-note")).isEqualTo("hello");
    assertThat(client.call(new GetAttributeList(id))).contains("State", "Name", "x-note");
    client.call(new Revoke(id, RevocationReason.CESSATION_OF_OPERATION));
    assertThat(attributes(id).state()).isEqualTo(KeyState.DEACTIVATED);
    assertThat(attributes(id).deactivationDate()).isEqualTo(START.plusSeconds(60));
    client.call(new Destroy(id));
    assertThat(attributes(id).state()).isEqualTo(KeyState.DESTROYED);
    assertThatThrownBy(() -> client.call(new Get(id))).isInstanceOf(KmipNotFoundException.class);
  }

  @Test
  void one_refused_question_of_a_batch_hides_none_of_the_others() throws KmipException {
    String first = client.call(new Create(template("first"))).uniqueIdentifier();
    String last = client.call(new Create(template("last"))).uniqueIdentifier();
    List<GetAttributes> questions =
        List.of(new GetAttributes(first), new GetAttributes("gone"), new GetAttributes(last));
    long before = server.behaviour().messages();
    List<BatchAnswer<Attributes>> answers = client.batch(questions);
    assertThat(server.behaviour().messages()).isEqualTo(before + 1);
    assertThat(answers).hasSize(3).allMatch(BatchAnswer::reached);
    assertThat(answers.get(0).get().result().name()).isEqualTo("first");
    assertThatThrownBy(answers.get(1)::get)
        .isInstanceOf(KmipNotFoundException.class)
        .hasMessageContaining("GetAttributes of key gone");
    assertThat(answers.get(2).get().result().name()).isEqualTo("last");

    server.behaviour().batches(DevServerBehaviour.Batches.ENDED_BY_A_FAILURE);
    answers = client.batch(questions);
    assertThat(answers).extracting(BatchAnswer::reached).containsExactly(true, true, false);
    assertThat(answers.get(2).refusal()).isNull();
    server.behaviour().batches(DevServerBehaviour.Batches.REFUSED);
    assertThatThrownBy(() -> client.batch(questions)).isInstanceOf(KmipRefusedException.class);
    assertThat(client.batch(questions.subList(2, 3)).get(0).get().result().name())
        .isEqualTo("last");
  }

  @Test
  void filters_reach_the_server() throws KmipException {
    String id = client.call(new Create(template("payroll"))).uniqueIdentifier();
    client.call(new Create(template("other")));
    assertThat(client.call(new Locate(Attributes.builder().name("payroll").build())))
        .containsExactly(id);
    assertThat(
            client.call(
                new Locate(
                    Attributes.builder()
                        .objectGroup("blue")
                        .state(KeyState.PRE_ACTIVE)
                        .objectType(ObjectType.SYMMETRIC_KEY)
                        .custom("x-note", "hello")
                        .build())))
        .hasSize(2);
    assertThat(client.call(new Locate(Attributes.builder().state(KeyState.ACTIVE).build())))
        .isEmpty();
  }

  @Test
  void attributes_are_added_modified_and_deleted() throws KmipException {
    String id = client.call(new Create(template("payroll"))).uniqueIdentifier();
    Instant stop = START.plusSeconds(3600);
    client.call(
        new AddAttribute(id, Attributes.builder().protectStopDate(stop).build().all().get(0)));
    assertThat(attributes(id).protectStopDate()).isEqualTo(stop);
    client.call(
        new ModifyAttribute(
            id, Attributes.builder().protectStopDate(stop.plusSeconds(1)).build().all().get(0)));
    assertThat(attributes(id).protectStopDate()).isEqualTo(stop.plusSeconds(1));
    client.call(new DeleteAttribute(id, "Protect Stop Date"));
    assertThat(attributes(id).protectStopDate()).isNull();
  }

  @Test
  void rekey_check_and_register_work() throws KmipException {
    String id = client.call(new Create(template("payroll"))).uniqueIdentifier();
    client.call(new Activate(id));
    String replacement = client.call(new ReKey(id));
    assertThat(client.call(new Locate(Attributes.builder().name("payroll").build())))
        .containsExactly(replacement);
    assertThat(client.call(new Check(id, UsageMask.ENCRYPT)).allowed()).isTrue();
    assertThat(client.call(new Check(id, UsageMask.WRAP_KEY)).allowed()).isFalse();
    byte[] material = new byte[16];
    material[0] = 7;
    try (SecretBytes secret = new SecretBytes(material.clone())) {
      String registered =
          client.call(
              Register.symmetricKey(
                  Attributes.builder().usageMask(UsageMask.ENCRYPT_DECRYPT).build(),
                  secret,
                  CryptographicAlgorithm.AES));
      try (Get.Result key = client.call(new Get(registered))) {
        assertThat(key.key().sameAs(material)).isTrue();
      }
    }
  }

  @Test
  void refusals_are_sorted() throws KmipException {
    String id = client.call(new Create(template("payroll"))).uniqueIdentifier();
    assertThatThrownBy(() -> client.call(new Get("no-such-key")))
        .isInstanceOf(KmipNotFoundException.class);
    try (KmipClient stranger = client(TestStores.get().otherClient())) {
      assertThatThrownBy(() -> stranger.call(new Get(id)))
          .isInstanceOf(KmipAccessDeniedException.class);
    }
  }

  private Attributes attributes(String id) throws KmipException {
    return client.call(new GetAttributes(id, List.of()));
  }

  private static Attributes template(String name) {
    return Attributes.builder()
        .cryptographicAlgorithm(CryptographicAlgorithm.AES)
        .cryptographicLength(256)
        .usageMask(UsageMask.ENCRYPT_DECRYPT)
        .name(name)
        .objectGroup("blue")
        .custom("x-note", "hello")
        .build();
  }

  private KmipClient client(Path keystore) throws KmipException {
    TestStores stores = TestStores.get();
    TlsSettings tls =
        TlsSettings.pkcs12(keystore, stores.password(), stores.truststore(), stores.password());
    return new KmipClient(
        KmipSettings.of("group", List.of(new KmipHost("127.0.0.1", server.port())), tls)
            .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(120))
            .withPin(ProtocolVersion.parse(version)));
  }
}
