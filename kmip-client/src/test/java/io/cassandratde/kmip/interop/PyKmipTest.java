package io.cassandratde.kmip.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cassandratde.kmip.BatchAnswer;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.QueryFunction;
import io.cassandratde.kmip.Reply;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.attribute.Attribute;
import io.cassandratde.kmip.attribute.AttributeType;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.AddAttribute;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.CryptographicParameters;
import io.cassandratde.kmip.operation.Decrypt;
import io.cassandratde.kmip.operation.DeleteAttribute;
import io.cassandratde.kmip.operation.Destroy;
import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.operation.Encrypt;
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
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key's whole life on a real server, version by version. */
@Timeout(180)
class PyKmipTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private static PyKmip server;

  @BeforeAll
  static void start(@TempDir Path dir) {
    server = PyKmip.start(dir);
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    server.close();
  }

  private static KmipClient client(String version) throws KmipException {
    return client(ProtocolVersion.parse(version), TestStores.get().client());
  }

  private static KmipClient client(ProtocolVersion pin, Path keystore) throws KmipException {
    TestStores stores = TestStores.get();
    TlsSettings tls =
        TlsSettings.pkcs12(keystore, stores.password(), stores.truststore(), stores.password());
    return new KmipClient(
        KmipSettings.of("pykmip", List.of(server.host()), tls)
            .withTimeouts(LONG, LONG, LONG)
            .withPin(pin));
  }

  private static Attributes template(String name, int bits) {
    return Attributes.builder()
        .cryptographicAlgorithm(CryptographicAlgorithm.AES)
        .cryptographicLength(bits)
        .usageMask(UsageMask.ENCRYPT_DECRYPT)
        .name(name)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.1", "1.2", "1.3", "1.4", "2.0"})
  void should_answer_a_batch_of_questions_one_by_one(String version) throws Exception {
    try (KmipClient client = client(version)) {
      String first = client.call(new Create(template("first-" + version, 256))).uniqueIdentifier();
      String last = client.call(new Create(template("last-" + version, 128))).uniqueIdentifier();
      List<BatchAnswer<Attributes>> answers =
          client.batch(
              List.of(new GetAttributes(first), new GetAttributes("999"), new GetAttributes(last)));
      assertThat(answers.get(0).get().result().name()).isEqualTo("first-" + version);
      assertThatThrownBy(answers.get(1)::get)
          .isInstanceOf(KmipNotFoundException.class)
          .hasMessageContaining("key 999");
      assertThat(answers.get(2).get().result().cryptographicLength()).isEqualTo(128);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.1", "1.2", "1.3", "1.4", "2.0"})
  void should_lead_a_key_through_its_life(String version) throws Exception {
    try (KmipClient client = client(version)) {
      String name = "life-" + version;
      Reply<Create.Result> created = client.exchange(new Create(template(name, 256)));
      assertThat(created.version()).isEqualTo(ProtocolVersion.parse(version));
      String id = created.result().uniqueIdentifier();

      assertThat(state(client, id)).isEqualTo(KeyState.PRE_ACTIVE);
      assertThat(client.call(new Activate(id))).isEqualTo(id);
      assertThat(state(client, id)).isEqualTo(KeyState.ACTIVE);

      try (Get.Result got = client.call(new Get(id))) {
        assertThat(got.objectType()).isEqualTo(ObjectType.SYMMETRIC_KEY);
        assertThat(got.algorithm()).isEqualTo(CryptographicAlgorithm.AES);
        assertThat(got.bits()).isEqualTo(256);
        assertThat(PyKmip.hex(got.key().copy())).isEqualTo(server.storedHex(id)).hasSize(64);
      }
      assertThat(client.call(new Locate(Attributes.builder().name(name).build())))
          .containsExactly(id);
      assertThatThrownBy(() -> client.call(new Destroy(id)))
          .isInstanceOf(KmipException.class)
          .hasMessageContaining("Object is active");

      assertThat(client.call(new Revoke(id, RevocationReason.CESSATION_OF_OPERATION)))
          .isEqualTo(id);
      assertThat(state(client, id)).isEqualTo(KeyState.DEACTIVATED);
      assertThat(client.call(new Destroy(id))).isEqualTo(id);
      assertThat(server.storedHex(id)).isEqualTo("gone");
      assertThatThrownBy(() -> client.call(new Get(id)))
          .isInstanceOf(KmipNotFoundException.class)
          .hasMessageContaining(id)
          .hasMessageContaining("pykmip");
    }
  }

  private static @Nullable KeyState state(KmipClient client, String id) throws KmipException {
    return client.call(new GetAttributes(id, List.of(AttributeType.STATE.specName()))).state();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.2", "1.4", "2.0"})
  void should_read_and_change_attributes(String version) throws Exception {
    try (KmipClient client = client(version)) {
      Attributes template =
          template("attributes-" + version, 128).toBuilder()
              .objectGroup("group-" + version)
              .applicationSpecificInformation("ns", "data-" + version)
              .build();
      String id = client.call(new Create(template)).uniqueIdentifier();

      Attributes read = client.call(new GetAttributes(id));
      assertThat(read.cryptographicAlgorithm()).isEqualTo(CryptographicAlgorithm.AES);
      assertThat(read.cryptographicLength()).isEqualTo(128);
      assertThat(read.usageMask()).isEqualTo(UsageMask.ENCRYPT_DECRYPT);
      assertThat(read.objectType()).isEqualTo(ObjectType.SYMMETRIC_KEY);
      assertThat(read.names()).containsExactly("attributes-" + version);
      assertThat(read.objectGroups()).containsExactly("group-" + version);
      assertThat(read.applicationSpecificInformation()).hasSize(1);
      assertThat(read.initialDate()).isNotNull();
      assertThat(client.call(new GetAttributeList(id)))
          .contains("Name", "State", "Object Group", "Cryptographic Length");
      assertThat(
              client.call(new Locate(Attributes.builder().objectGroup("group-" + version).build())))
          .containsExactly(id);

      Attribute old = read.all(AttributeType.NAME).get(0);
      Attribute renamed =
          Attributes.builder().name("renamed-" + version).build().all(AttributeType.NAME).get(0);
      client.call(new ModifyAttribute(id, renamed, version.startsWith("2") ? old : null));
      assertThat(client.call(new GetAttributes(id)).names()).containsExactly("renamed-" + version);

      client.call(
          new DeleteAttribute(id, "Object Group", 0, read.all(AttributeType.OBJECT_GROUP).get(0)));
      assertThat(client.call(new GetAttributes(id)).objectGroups()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.2", "1.4", "2.0"})
  void should_store_a_registered_key_unchanged(String version) throws Exception {
    byte[] material = new byte[32];
    for (int i = 0; i < material.length; i++) {
      material[i] = (byte) (i * 7);
    }
    try (KmipClient client = client(version);
        SecretBytes secret = new SecretBytes(material.clone())) {
      String id =
          client.call(
              Register.symmetricKey(
                  template("registered-" + version, 256), secret, CryptographicAlgorithm.AES));
      assertThat(server.storedHex(id)).isEqualTo(PyKmip.hex(material));
      try (Get.Result got = client.call(new Get(id))) {
        assertThat(got.key().sameAs(material)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.2", "1.4", "2.0"})
  void should_mark_a_compromised_key(String version) throws Exception {
    try (KmipClient client = client(version)) {
      String id =
          client.call(new Create(template("compromised-" + version, 256))).uniqueIdentifier();
      client.call(
          new Revoke(
              id, RevocationReason.KEY_COMPROMISE, "leaked", Instant.now().minusSeconds(60)));
      assertThat(state(client, id)).isEqualTo(KeyState.COMPROMISED);
      try (Get.Result got = client.call(new Get(id))) {
        assertThat(got.bits()).isEqualTo(256);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.2", "1.4", "2.0"})
  void should_ask_what_the_server_can_do(String version) throws Exception {
    try (KmipClient client = client(version)) {
      Query.Result result =
          client.call(new Query(QueryFunction.OPERATIONS, QueryFunction.SERVER_INFORMATION));
      assertThat(result.operations())
          .contains(OperationCode.CREATE, OperationCode.GET, OperationCode.REVOKE)
          .doesNotContain(OperationCode.RE_KEY, OperationCode.ADD_ATTRIBUTE);
      assertThat(result.vendor()).contains("PyKMIP");
    }
  }

  @Test
  void should_choose_the_highest_common_version() throws Exception {
    try (KmipClient client = client(ProtocolVersion.V2_1, TestStores.get().client())) {
      assertThat(client.exchange(new Locate(Attributes.EMPTY)).version())
          .isEqualTo(ProtocolVersion.V2_0);
      assertThat(client.health().get(0).version()).isEqualTo(ProtocolVersion.V2_0);
      assertThat(client.call(new DiscoverVersions(List.of())))
          .contains(ProtocolVersion.V1_0, ProtocolVersion.V1_4, ProtocolVersion.V2_0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.2", "1.4", "2.0"})
  void should_say_that_a_feature_is_lacking(String version) throws Exception {
    try (KmipClient client = client(version)) {
      String id = client.call(new Create(template("lacking-" + version, 256))).uniqueIdentifier();
      Attribute custom = new Attribute("x-note", new TtlvItem.Text(0x42000B, "text"));
      Attribute date = Attributes.builder().protectStopDate(Instant.now()).build().all().get(0);
      Attributes dated =
          template("dated-" + version, 256).toBuilder().activationDate(Instant.now()).build();
      assertUnsupported(() -> client.call(new AddAttribute(id, custom)));
      assertUnsupported(() -> client.call(new ReKey(id)));
      assertUnsupported(
          () ->
              client.call(
                  version.startsWith("2")
                      ? new SetAttribute(id, date)
                      : new ModifyAttribute(id, date)));
      assertUnsupported(() -> client.call(new Create(dated)));
      // The connection and the client are as good as before.
      assertThat(state(client, id)).isEqualTo(KeyState.PRE_ACTIVE);
    }
  }

  private static void assertUnsupported(ThrowingCallable call) {
    KmipRefusedException refused = catchThrowableOfType(KmipRefusedException.class, call);
    assertThat(refused).as("a refusal").isNotNull();
    assertThat(refused.unsupported()).as(refused.getMessage()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.4", "2.0"})
  void should_encrypt_by_a_key_that_stays_there(String version) throws Exception {
    CryptographicParameters gcm = CryptographicParameters.AES_GCM;
    byte[] plain = new byte[32];
    byte[] additional = {1, 2, 3};
    try (KmipClient client = client(version)) {
      String id = client.call(new Create(template("encrypt-" + version, 256))).uniqueIdentifier();
      assertThatThrownBy(() -> client.call(Encrypt.of(id, gcm, plain, new byte[12], additional)))
          .as("Pre-Active")
          .isInstanceOf(KmipAccessDeniedException.class);
      client.call(new Activate(id));
      byte[] nonce = new byte[12];
      Encrypt.Result sealed = client.call(Encrypt.of(id, gcm, plain, nonce, additional));
      byte[] expected = sealedHere(server.storedHex(id), nonce, additional, plain);
      byte[] tag = Objects.requireNonNull(sealed.tag()).value();
      assertThat(sealed.data().value()).isEqualTo(Arrays.copyOf(expected, 32));
      assertThat(tag).isEqualTo(Arrays.copyOfRange(expected, 32, 48));
      assertThat(sealed.nonce()).isNull();
      byte[] data = sealed.data().value();
      try (SecretBytes opened = client.call(Decrypt.of(id, gcm, data, nonce, additional, tag))) {
        assertThat(opened.sameAs(plain)).isTrue();
      }
      byte[] other = {1, 2, 4};
      assertThatThrownBy(() -> client.call(Decrypt.of(id, gcm, data, nonce, other, tag)))
          .isInstanceOf(KmipRefusedException.class);
      Encrypt.Result ownNonce = client.call(Encrypt.of(id, gcm, plain, null, additional));
      assertThat(Objects.requireNonNull(ownNonce.nonce()).value()).hasSize(16);
    }
  }

  private static byte[] sealedHere(String key, byte[] nonce, byte[] additional, byte[] plain)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(HexFormat.of().parseHex(key), "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(additional);
    return cipher.doFinal(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.2", "1.4", "2.0"})
  void should_tell_an_unknown_key(String version) throws Exception {
    try (KmipClient client = client(version)) {
      String unknown = "99999999";
      assertThatThrownBy(() -> client.call(new Get(unknown)))
          .isInstanceOf(KmipNotFoundException.class)
          .hasMessageContaining(unknown)
          .hasMessageContaining(server.host().toString());
      assertThatThrownBy(() -> client.call(new Revoke(unknown, RevocationReason.UNSPECIFIED)))
          .isInstanceOf(KmipNotFoundException.class);
    }
  }

  @Test
  void should_not_show_a_key_to_another_owner() throws Exception {
    try (KmipClient owner = client("1.4");
        KmipClient stranger = client(ProtocolVersion.V1_4, TestStores.get().otherClient())) {
      String id = owner.call(new Create(template("mine", 256))).uniqueIdentifier();
      assertThatThrownBy(() -> stranger.call(new Get(id))).isInstanceOf(KmipException.class);
      assertThat(stranger.call(new Locate(Attributes.builder().name("mine").build()))).isEmpty();
    }
  }
}
