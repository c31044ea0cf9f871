package io.cassandratde.kmip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The messages of the OASIS use cases for KMIP 1.0, which their authors give in hexadecimal. */
@OfficialCases
class HexRoundTripTest {
  private static final Pattern MESSAGE =
      Pattern.compile("<ttlv(request|response)>\\s*([0-9A-Fa-f\\s]+?)\\s*</ttlv");

  @Test
  void should_write_all_290_messages_again_byte_for_byte() throws Exception {
    Path folder = OasisFolder.find();
    assumeTrue(folder != null, "no folder of official KMIP cases beside this checkout");
    List<String> messages = new ArrayList<>();
    if (folder != null) {
      String text = Files.readString(folder.resolve("usecases-hex/kmip4j-UseCases.xml"));
      Matcher matcher = MESSAGE.matcher(text);
      while (matcher.find()) {
        messages.add(matcher.group(2).replaceAll("\\s", ""));
      }
    }
    assertThat(messages).hasSize(290);
    for (String hex : messages) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      TtlvItem item = new TtlvDecoder().decode(bytes);
      assertThat(TtlvEncoder.encode(item)).as("%s", item).isEqualTo(bytes);
    }
  }
}
