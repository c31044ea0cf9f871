package io.cassandratde.tools.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void ordinary_text_stays_as_it_is() {
    for (String text : List.of("", "0eb2277e-0acc_0", "clé/ключ/鍵 🔑", "a b-c\\d")) {
      assertThat(Printable.of(text)).isSameAs(text);
    }
  }

  @Test
  void what_forges_lines_or_drives_a_terminal_is_spelt_out() {
    assertThat(Printable.of("a\nb\r\u001b[2Jc\u009b\u202e\u2028\ud800z"))
        .isEqualTo("a\\u000ab\\u000d\\u001b[2Jc\\u009b\\u202e\\u2028\\ud800z");
  }

  @Test
  void a_table_keeps_one_line_per_row() {
    assertThat(new TextTable(List.of("ID")).row(List.of("x\nforged row")).lines())
        .containsExactly("ID", "x\\u000aforged row");
  }
}
