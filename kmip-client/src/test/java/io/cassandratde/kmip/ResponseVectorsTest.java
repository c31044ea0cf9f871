package io.cassandratde.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.kmip.Messages.Item;
import io.cassandratde.kmip.Messages.Refusal;
import io.cassandratde.kmip.Messages.Response;
import io.cassandratde.kmip.Vectors.Vector;
import io.cassandratde.kmip.attribute.ApplicationInfo;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.CryptographicParameters;
import io.cassandratde.kmip.operation.Decrypt;
import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.operation.Encrypt;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.GetAttributeList;
import io.cassandratde.kmip.operation.GetAttributes;
import io.cassandratde.kmip.operation.Locate;
import io.cassandratde.kmip.operation.Query;
import io.cassandratde.kmip.operation.Register;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PyKMIP answers is understood, in every version it speaks. */
class ResponseVectorsTest {
  static List<ProtocolVersion> versions() {
    return List.of(
        ProtocolVersion.V1_0, ProtocolVersion.V1_2, ProtocolVersion.V1_4, ProtocolVersion.V2_0);
  }

  private static Response response(String name, ProtocolVersion version) throws TtlvException {
    return Messages.decode(Vectors.one("response-" + name, version).bytes(), 1);
  }

  private static <R> R result(String name, ProtocolVersion version, Operation<R> operation)
      throws TtlvException {
    Item item = response(name, version).items().get(0);
    assertThat(item.refusal()).isNull();
    assertThat(item.operation()).isEqualTo(operation.code().code());
    return operation.decodeResponse(item.payload(), version);
  }

  private static Refusal refusal(String name, ProtocolVersion version) throws TtlvException {
    Refusal refusal = response(name, version).items().get(0).refusal();
    if (refusal == null) {
      throw new AssertionError(name + " is no refusal");
    }
    return refusal;
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_version_and_time_of_the_server(ProtocolVersion version) throws Exception {
    Response response = response("create", version);
    assertThat(response.version()).isEqualTo(version);
    assertThat(response.serverTime()).isEqualTo(Instant.ofEpochSecond(Vectors.STAMP));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_identifiers(ProtocolVersion version) throws Exception {
    Create create = new Create(Attributes.EMPTY);
    assertThat(result("create", version, create).uniqueIdentifier()).isEqualTo(Vectors.ID);
    Register register =
        new Register(ObjectType.SYMMETRIC_KEY, Attributes.EMPTY, new Structure(Tag.SYMMETRIC_KEY));
    assertThat(result("register", version, register)).isEqualTo(Vectors.ID);
    assertThat(result("locate", version, new Locate(Attributes.EMPTY)))
        .containsExactly(Vectors.ID, Vectors.OTHER);
    assertThat(result("activate", version, new Activate(Vectors.ID))).isEqualTo(Vectors.ID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.4", "2.0"})
  void should_read_what_was_encrypted_and_wipe_what_was_decrypted(String text) throws Exception {
    ProtocolVersion version = ProtocolVersion.parse(text);
    byte[] nothing = new byte[0];
    CryptographicParameters gcm = CryptographicParameters.AES_GCM;
    Encrypt.Result encrypted =
        result("encrypt", version, Encrypt.of(Vectors.ID, gcm, nothing, null, null));
    assertThat(encrypted.data().value()).hasSize(32).endsWith(31);
    assertThat(Objects.requireNonNull(encrypted.nonce()).value()).hasSize(12).endsWith(11);
    TtlvItem.Bytes tag = encrypted.tag();
    assertThat(tag == null ? null : tag.value())
        .isEqualTo(text.equals("1.2") ? null : Arrays.copyOf(encrypted.data().value(), 16));
    SecretBytes plain =
        result("decrypt", version, Decrypt.of(Vectors.ID, gcm, nothing, null, null, null));
    assertThat(plain.sameAs(encrypted.data().value())).isTrue();
    plain.close();
    assertThatThrownBy(plain::copy).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> result("encrypt", version, Encrypt.of("other", gcm, nothing, null, null)))
        .isInstanceOf(TtlvException.class)
        .hasMessageContaining("asked for other");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_a_key_and_wipe_it(ProtocolVersion version) throws Exception {
    Get.Result got = result("get", version, new Get(Vectors.ID));
    assertThat(got.objectType()).isEqualTo(ObjectType.SYMMETRIC_KEY);
    assertThat(got.algorithm()).isEqualTo(CryptographicAlgorithm.AES);
    assertThat(got.bits()).isEqualTo(256);
    byte[] copy = got.key().copy();
    assertThat(copy).hasSize(32).startsWith(0, 1, 2, 3).endsWith(30, 31);
    assertThat(got.toString()).doesNotContain("0, 1, 2").contains("<32 bytes>");
    got.close();
    assertThat(got.key().sameAs(copy)).isFalse();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(got.key()::copy);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_attributes_in_both_forms(ProtocolVersion version) throws Exception {
    Attributes read = result("get-attributes", version, new GetAttributes(Vectors.ID));
    assertThat(read.state()).isEqualTo(KeyState.ACTIVE);
    assertThat(read.cryptographicAlgorithm()).isEqualTo(CryptographicAlgorithm.AES);
    assertThat(read.cryptographicLength()).isEqualTo(256);
    assertThat(read.usageMask()).isEqualTo(UsageMask.ENCRYPT_DECRYPT);
    assertThat(read.names()).containsExactly("tde/orders");
    assertThat(read.objectGroup()).isEqualTo("cassandra");
    assertThat(read.initialDate()).isEqualTo(Instant.ofEpochSecond(Vectors.STAMP));
    assertThat(read.applicationSpecificInformation())
        .containsExactly(new ApplicationInfo("tde", "orders"));
    assertThat(read.protectStopDate()).isNull();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_lists(ProtocolVersion version) throws Exception {
    assertThat(result("get-attribute-list", version, new GetAttributeList(Vectors.ID)))
        .containsExactly("Name", "State");
    Query.Result query = result("query", version, new Query(QueryFunction.OPERATIONS));
    assertThat(query.operations())
        .containsExactly(OperationCode.CREATE, OperationCode.GET, OperationCode.LOCATE);
    assertThat(query.objectTypes()).containsExactly(ObjectType.SYMMETRIC_KEY);
    assertThat(query.vendor()).isEqualTo("PyKMIP");
  }

  @Test
  void should_read_versions() throws Exception {
    assertThat(result("discover-versions", ProtocolVersion.V1_2, new DiscoverVersions(List.of())))
        .containsExactly(ProtocolVersion.V1_4, ProtocolVersion.V1_2);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void should_read_refusals_even_without_an_operation(ProtocolVersion version) throws Exception {
    assertThat(refusal("not-found", version).reason()).isEqualTo(ResultReason.ITEM_NOT_FOUND);
    assertThat(refusal("not-found", version).message()).contains(Vectors.ID);
    assertThat(refusal("denied", version).reason()).isEqualTo(ResultReason.PERMISSION_DENIED);
    assertThat(refusal("illegal", version).reason()).isEqualTo(ResultReason.ILLEGAL_OPERATION);
    assertThat(refusal("invalid-message", version).reason())
        .isEqualTo(ResultReason.INVALID_MESSAGE);
  }

  @Test
  void should_refuse_an_answer_about_another_key() {
    assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> result("get", ProtocolVersion.V1_4, new Get(Vectors.OTHER)))
        .withMessageContaining("asked for " + Vectors.OTHER)
        .withMessageContaining(Vectors.ID);
  }

  @Test
  void should_wipe_the_bytes_of_a_response() throws Exception {
    Vector vector = Vectors.one("response-get", ProtocolVersion.V1_4);
    Messages.decode(vector.bytes(), 1);
    assertThat(vector.bytes()).containsOnly(0);
  }
}
