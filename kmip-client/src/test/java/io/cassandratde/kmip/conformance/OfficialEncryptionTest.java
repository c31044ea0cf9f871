package io.cassandratde.kmip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cassandratde.kmip.BlockCipherMode;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.PaddingMethod;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.WireCode;
import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.operation.CryptographicParameters;
import io.cassandratde.kmip.operation.Decrypt;
import io.cassandratde.kmip.operation.Encrypt;
import io.cassandratde.kmip.ttlv.StructureView;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The client writes the official requests of Encrypt and Decrypt, and reads their answers. */
@OfficialCases
class OfficialEncryptionTest {

  private static final Set<String> OPERATIONS = Set.of("Encrypt", "Decrypt");

  private static final String ASYMMETRIC = "CS-AC-";

  /** What our operations have no field for: in parts. */
  private static final List<String> OTHERS =
      List.of("CorrelationValue", "InitIndicator", "FinalIndicator");

  @Test
  void requests_are_written_and_answers_read_as_in_the_official_cases() throws Exception {
    Path folder = OasisFolder.find();
    assumeTrue(folder != null, "no official KMIP cases here; see docs/TESTING.md");
    int written = 0;
    int read = 0;
    List<String> cases = new ArrayList<>();
    for (Path file : OasisFolder.xmlCases(folder)) {
      XmlCase official = XmlCase.read(file);
      if (official.name().startsWith(ASYMMETRIC)) {
        continue;
      }
      List<Element> messages = official.messages();
      for (int i = 0; i + 1 < messages.size(); i += 2) {
        Element item = messages.get(i).all("BatchItem").get(0);
        String operation = item.textOf("Operation");
        Element payload = item.child("RequestPayload");
        if (!OPERATIONS.contains(operation) || payload == null || isOfOtherKind(payload)) {
          continue;
        }
        Structure request = structure(payload);
        assertThat(request(operation, request))
            .as("%s, message %d", official.name(), i + 1)
            .isEqualTo(request);
        written++;
        Element answer = messages.get(i + 1).all("BatchItem").get(0).child("ResponsePayload");
        if (answer != null) {
          requireRead(operation, structure(answer));
          read++;
        }
        cases.add(official.name());
      }
    }
    assertThat(cases).contains("CS-BC-M-1-14", "CS-BC-M-GCM-1-14", "CS-BC-M-GCM-2-14");
    assertThat(written).isGreaterThan(30);
    assertThat(read).isGreaterThan(20);
  }

  private static boolean isOfOtherKind(Element payload) {
    return OTHERS.stream().anyMatch(tag -> payload.child(tag) != null)
        || payload.child("UniqueIdentifier") == null
        || payload.child("Data") == null;
  }

  private static Structure structure(Element payload) {
    return (Structure) new XmlConverter(XmlRoundTripTest::sample).convert(payload);
  }

  /** What our operation makes of the fields of an official request. */
  private static Structure request(String operation, Structure official) throws TtlvException {
    CryptographicParameters parameters = parameters(official);
    String id = official.text(Tag.UNIQUE_IDENTIFIER);
    byte[] data = Objects.requireNonNull(bytes(official, Tag.DATA));
    byte[] nonce = bytes(official, Tag.IV_COUNTER_NONCE);
    byte[] additional = bytes(official, Tag.AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA);
    return operation.equals("Encrypt")
        ? Encrypt.of(id, parameters, data, nonce, additional).encodeRequest(ProtocolVersion.V1_4)
        : Decrypt.of(
                id,
                parameters,
                data,
                nonce,
                additional,
                bytes(official, Tag.AUTHENTICATED_ENCRYPTION_TAG))
            .encodeRequest(ProtocolVersion.V1_4);
  }

  private static @Nullable CryptographicParameters parameters(Structure request)
      throws TtlvException {
    Structure fields = request.optional(Tag.CRYPTOGRAPHIC_PARAMETERS, Structure.class);
    if (fields == null) {
      return null;
    }
    TtlvItem.Bool random = fields.optional(Tag.RANDOM_IV, TtlvItem.Bool.class);
    return new CryptographicParameters(
        code(fields, Tag.BLOCK_CIPHER_MODE, BlockCipherMode.class),
        code(fields, Tag.PADDING_METHOD, PaddingMethod.class),
        code(fields, Tag.CRYPTOGRAPHIC_ALGORITHM, CryptographicAlgorithm.class),
        random == null ? null : random.value(),
        fields.integerOrNull(Tag.TAG_LENGTH));
  }

  private static <E extends Enum<E> & WireCode> @Nullable E code(
      StructureView fields, int tag, Class<E> type) throws TtlvException {
    Integer code = fields.enumerationOrNull(tag);
    return code == null ? null : WireCode.of(type, code);
  }

  private static byte @Nullable [] bytes(StructureView fields, int tag) throws TtlvException {
    TtlvItem.Bytes item = fields.optional(tag, TtlvItem.Bytes.class);
    return item == null ? null : item.value();
  }

  private static void requireRead(String operation, Structure answer)
      throws IOException, TtlvException {
    String id = answer.text(Tag.UNIQUE_IDENTIFIER);
    byte[] data = Objects.requireNonNull(bytes(answer, Tag.DATA));
    if (operation.equals("Encrypt")) {
      Encrypt.Result result =
          Encrypt.of(id, null, data, null, null).decodeResponse(answer, ProtocolVersion.V1_4);
      assertThat(result.data().value()).isEqualTo(data);
      assertThat(result.nonce()).isEqualTo(answer.first(Tag.IV_COUNTER_NONCE));
      assertThat(result.tag()).isEqualTo(answer.first(Tag.AUTHENTICATED_ENCRYPTION_TAG));
      return;
    }
    try (SecretBytes result =
        Decrypt.of(id, null, data, null, null, null).decodeResponse(answer, ProtocolVersion.V1_4)) {
      assertThat(result.sameAs(data)).isTrue();
    }
  }
}
