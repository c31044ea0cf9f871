package io.cassandratde.kmip;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.Vectors.Vector;
import io.cassandratde.kmip.attribute.Attribute;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Activate;
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
import io.cassandratde.kmip.operation.Register;
import io.cassandratde.kmip.operation.Revoke;
import io.cassandratde.kmip.operation.SetAttribute;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every request that both implementations can write is the same, byte for byte. */
class RequestVectorsTest {
  static List<Vector> requests() {
    return Vectors.startingWith("request-");
  }

  static List<Vector> everything() {
    return Vectors.all();
  }

  private static Attribute single(Attributes attributes) {
    return attributes.all().get(0);
  }

  private static Attribute name(String name) {
    return single(Attributes.builder().name(name).build());
  }

  private static byte[] key() {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    return key;
  }

  private static Operation<?> operation(String name, ProtocolVersion version) {
    String id = Vectors.ID;
    boolean typed = version.hasTypedAttributes();
    boolean authenticated = version.isAtLeast(ProtocolVersion.V1_4);
    byte[] additional = authenticated ? "additional".getBytes(StandardCharsets.US_ASCII) : null;
    return switch (name) {
      case "request-create" ->
          new Create(
              Attributes.builder()
                  .cryptographicAlgorithm(CryptographicAlgorithm.AES)
                  .cryptographicLength(256)
                  .usageMask(UsageMask.ENCRYPT_DECRYPT)
                  .name("tde/orders")
                  .objectGroup("cassandra")
                  .applicationSpecificInformation("tde", "orders")
                  .build());
      case "request-register" ->
          Register.symmetricKey(
              Attributes.builder().usageMask(UsageMask.ENCRYPT_DECRYPT).name("tde/orders").build(),
              new SecretBytes(key()),
              CryptographicAlgorithm.AES);
      case "request-locate" ->
          new Locate(
              Attributes.builder()
                  .name("tde/orders")
                  .state(KeyState.ACTIVE)
                  .objectType(ObjectType.SYMMETRIC_KEY)
                  .build(),
              10,
              0);
      case "request-get" -> new Get(id);
      case "request-get-raw" -> new Get(id, KeyFormatType.RAW);
      case "request-get-attributes" ->
          new GetAttributes(id, List.of("State", "Name", "Object Group"));
      case "request-get-attribute-list" -> new GetAttributeList(id);
      case "request-activate" -> new Activate(id);
      case "request-revoke" ->
          new Revoke(
              id,
              RevocationReason.KEY_COMPROMISE,
              "laptop lost",
              Instant.ofEpochSecond(Vectors.STAMP));
      case "request-destroy", "request-credential" -> new Destroy(id);
      case "request-query" -> new Query(QueryFunction.OPERATIONS, QueryFunction.OBJECTS);
      case "request-modify-attribute" ->
          new ModifyAttribute(id, name("tde/old"), typed ? name("tde/orders") : null);
      case "request-set-attribute" ->
          new SetAttribute(id, single(Attributes.builder().objectGroup("cassandra").build()));
      case "request-delete-attribute" ->
          new DeleteAttribute(id, "Name", 1, typed ? name("tde/orders") : null);
      case "request-encrypt" ->
          Encrypt.of(id, CryptographicParameters.AES_GCM, key(), new byte[12], additional);
      case "request-decrypt" ->
          Decrypt.of(
              id,
              CryptographicParameters.AES_GCM,
              key(),
              new byte[12],
              additional,
              authenticated ? new byte[16] : null);
      case "request-discover-versions" ->
          new DiscoverVersions(List.of(ProtocolVersion.V2_0, ProtocolVersion.V1_4));
      default -> throw new AssertionError(name);
    };
  }

  @ParameterizedTest
  @MethodSource("requests")
  void should_write_the_bytes_that_PyKMIP_writes(Vector vector) {
    Credential credential =
        vector.name().equals("request-credential")
            ? new Credential("node1", "s3cret".toCharArray())
            : null;
    assertThat(encode(vector, credential)).isEqualTo(vector.bytes());
  }

  private static byte[] encode(Vector vector, @Nullable Credential credential) {
    return Messages.encode(
        List.of(operation(vector.name(), vector.version())),
        vector.version(),
        credential,
        Messages.NO_IDS);
  }

  @ParameterizedTest
  @MethodSource("everything")
  void should_write_again_what_was_read(Vector vector) throws Exception {
    assertThat(TtlvEncoder.encode(new TtlvDecoder().decode(vector.bytes())))
        .isEqualTo(vector.bytes());
  }
}
