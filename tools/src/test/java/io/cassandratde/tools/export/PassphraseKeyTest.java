package io.cassandratde.tools.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.tools.CommandFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a passphrase costs, which ones are taken, and what is left of its keys. */
class PassphraseKeyTest {

  private static final String SIXTEEN = "sixteen letters!";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void a_new_file_costs_what_is_documented_and_its_keys_are_wiped() throws Exception {
    assertThat(SIXTEEN).hasSize(PassphraseKey.LEAST_LENGTH);
    PassphraseKey key = PassphraseKey.create(SIXTEEN.toCharArray());
    PassphraseHeader header = key.header();
    assertThat(header.memoryKib()).isEqualTo(64 * 1024);
    assertThat(header.passes()).isEqualTo(8);
    assertThat(header.lanes()).isEqualTo(4);
    assertThat(header.salt()).isNotEqualTo(new byte[PassphraseHeader.SALT]);
    byte[] mac = key.mac(new byte[1]);
    byte[] secret = key.privateKey();
    assertThat(secret).isNotEqualTo(new byte[32]);
    key.close();
    assertThat(secret).as("itself, and no copy").isEqualTo(new byte[32]);
    assertThat(key.mac(new byte[1])).as("the other one too").isNotEqualTo(mac);
  }

  @Test
  void a_passphrase_that_cannot_be_one_is_refused_before_anything_is_computed() {
    for (String bad :
        new String[] {"fifteen letters", "x".repeat(1025), SIXTEEN + "\t", "\u00fc".repeat(20)}) {
      assertThatThrownBy(() -> PassphraseKey.create(bad.toCharArray()))
          .as(bad)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("the passphrase");
    }
  }

  private static void parse(int memoryKib, int passes, int lanes) throws IOException {
    PassphraseHeader header =
        new PassphraseHeader(
            new byte[PassphraseHeader.SALT], memoryKib, passes, lanes, new byte[32]);
    var unused = PassphraseHeader.parse(JSON.valueToTree(header.json()));
  }

  private static void refused(String field, int memoryKib, int passes, int lanes) {
    assertThatThrownBy(() -> parse(memoryKib, passes, lanes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its " + field + " is no whole number from");
  }

  /** Its checksum is right: whoever writes a file writes that too. */
  @Test
  void costs_end_where_the_format_says() throws IOException {
    parse(19_456, 1, 1);
    parse(131_072, 64, 16);
    refused("memory_kib", 19_455, 1, 1);
    refused("memory_kib", 131_073, 1, 1);
    refused("passes", 19_456, 0, 1);
    refused("passes", 19_456, 65, 1);
    refused("lanes", 19_456, 1, 0);
    refused("lanes", 19_456, 1, 17);
  }
}
