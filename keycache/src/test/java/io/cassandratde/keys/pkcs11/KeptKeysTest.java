package io.cassandratde.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that their token may give out are used, and warned of. */
@Timeout(120)
class KeptKeysTest {

  private final SoftToken token;
  private final Pkcs11Tokens tokens = new Pkcs11Tokens(Map.of(), name -> new char[0]);

  KeptKeysTest() throws Exception {
    token = SoftToken.unused();
  }

  private void use(String label) throws Exception {
    Pkcs11Settings settings =
        new Pkcs11Settings("hsm", SoftToken.LIBRARY, token.slot(), 0, label, null);
    tokens.use(Map.of("hsm", settings), name -> SoftToken.PIN.toCharArray());
  }

  /** What is logged when the key is looked for three times. */
  private String logged(String label) throws Exception {
    use(label);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      for (int i = 0; i < 3; i++) {
        assertThat(tokens.masterKeys("hsm").current()).isNotNull();
      }
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_key_that_may_leave_its_token_is_warned_of_once_with_the_remedy() throws Exception {
    token.makeKey("kept", 256);
    token.makeKey("wrappable", 256, "--sensitive", "--extractable");
    token.makeKey("shown", 256, "--extractable");
    token.makeKey("open", 256, new String[0]);
    assertThat(logged("kept")).doesNotContain("KEY MAY LEAVE");
    for (String label : new String[] {"wrappable", "shown", "open"}) {
      assertThat(logged(label))
          .containsOnlyOnce("KEY MAY LEAVE ITS TOKEN")
          .contains(
              tokens.token("hsm").primary().reference().toString(),
              "label " + label,
              "token hsm",
              "sensitive and not extractable");
    }
  }
}
