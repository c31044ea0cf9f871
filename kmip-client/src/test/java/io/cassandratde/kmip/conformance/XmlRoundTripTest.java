package io.cassandratde.kmip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every official XML case converts to TTLV, decodes and encodes to the same bytes. */
@OfficialCases
class XmlRoundTripTest {
  private static final int OFFICIAL_CASES = 185;

  @TestFactory
  Stream<DynamicTest> everyCase() throws Exception {
    Path folder = OasisFolder.find();
    assumeTrue(folder != null, "no official KMIP cases here; see docs/TESTING.md");
    return OasisFolder.xmlCases(folder).stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> roundTrip(file)));
  }

  @Test
  void the_folder_is_complete() throws Exception {
    Path folder = OasisFolder.find();
    assumeTrue(folder != null, "no official KMIP cases here; see docs/TESTING.md");
    assertThat(OasisFolder.xmlCases(folder)).hasSize(OFFICIAL_CASES);
  }

  private static void roundTrip(Path file) throws Exception {
    XmlConverter converter = new XmlConverter(XmlRoundTripTest::sample);
    List<Element> messages = XmlCase.read(file).messages();
    assertThat(messages).isNotEmpty();
    for (Element message : messages) {
      TtlvItem item = converter.convert(message);
      byte[] encoded = TtlvEncoder.encode(item);
      TtlvItem decoded = new TtlvDecoder().decode(encoded);
      assertThat(decoded).isEqualTo(item);
      assertThat(TtlvEncoder.encode(decoded)).isEqualTo(encoded);
      assertThat(encoded).isEqualTo(Oracle.encode(item));
    }
  }

  /** Any value of the right type in place of a placeholder. */
  static Element sample(Element element) {
    if (!Placeholders.isPlaceholder(element)) {
      return element;
    }
    return element.withValue(
        switch (element.type()) {
          case "TextString" -> element.text().substring(1);
          case "ByteString" -> HexFormat.of().formatHex(new byte[] {1, 2, 3, 4, 5});
          case "DateTime" -> "2026-11-23T12:00:00Z";
          default -> throw new IllegalArgumentException(element.toString());
        });
  }

  /** Tag names must be known by name, or the conversion would prove nothing about the tables. */
  @Test
  void unknown_tags_are_not_made_up() {
    assertThat(Tag.code("NoSuchTag")).isNull();
  }
}
