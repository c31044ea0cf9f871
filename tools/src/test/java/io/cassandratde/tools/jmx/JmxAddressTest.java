package io.cassandratde.tools.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JmxAddressTest {
  @ParameterizedTest
  @CsvSource({
    "node1, node1:7199",
    "node1:7200, node1:7200",
    "10.0.0.1:1, 10.0.0.1:1",
    "::1, [::1]:7199",
    "[::1], [::1]:7199",
    "[fe80::1%eth0]:7200, [fe80::1%eth0]:7200",
  })
  void reads_hosts_with_and_without_a_port(String text, String expected) {
    assertThat(JmxAddress.parse(text, 7199)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":7199", "node:", "node:0", "node:99999", "a:1:2", "[::1]x"})
  void refuses_what_is_no_address(String text) {
    assertThatThrownBy(() -> JmxAddress.parse(text, 7199))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_password_is_never_printed() {
    assertThat(new JmxAccess("ops", "hidden", false)).asString().doesNotContain("hidden");
  }
}
