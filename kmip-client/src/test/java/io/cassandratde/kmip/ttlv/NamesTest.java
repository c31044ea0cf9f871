package io.cassandratde.kmip.ttlv;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The tables of names, and that secrets stay out of dumps. */
class NamesTest {
  private static EnumTable table(String name) {
    EnumTable table = EnumTable.of(name);
    if (table == null) {
      throw new AssertionError("no table for " + name);
    }
    return table;
  }

  @Test
  void should_name_every_tag_constant_as_the_table_does() throws Exception {
    for (Field field : Tag.class.getFields()) {
      String name = Tag.name(field.getInt(null));
      assertThat(name.toUpperCase(Locale.ROOT)).isEqualTo(field.getName().replace("_", ""));
      assertThat(Tag.code(name)).isEqualTo(field.getInt(null));
    }
  }

  @Test
  void should_find_tags_and_enumerations_by_name_and_number() {
    assertThat(Tag.code("BatchCount")).isEqualTo(0x42000D);
    assertThat(Tag.code("0x42000D")).isEqualTo(0x42000D);
    assertThat(Tag.code("Nonsense")).isNull();
    assertThat(Tag.name(0x54ABCD)).isEqualTo("0x54ABCD");
    assertThat(table("ResultReason").name(0x100)).isEqualTo("GeneralFailure");
    assertThat(table("CryptographicAlgorithm").code("AES")).isEqualTo(3);
    assertThat(table("CryptographicUsageMask").maskNames(0x8000000C))
        .isEqualTo("Encrypt Decrypt 0x80000000");
  }

  @Test
  void should_keep_key_material_passwords_and_escape_sequences_out_of_dumps() {
    TtlvItem item =
        new TtlvItem.Structure(
            Tag.REQUEST_MESSAGE,
            new TtlvItem.Structure(
                Tag.KEY_MATERIAL, new TtlvItem.Text(Tag.KEY, "transparent-secret")),
            new TtlvItem.Bytes(Tag.KEY_MATERIAL, new byte[] {0x41, 0x42, 0x43}),
            new TtlvItem.Text(Tag.PASSWORD, "pass-secret"),
            new TtlvItem.Text(Tag.USERNAME, "node1"),
            new TtlvItem.Text(Tag.RESULT_MESSAGE, "red\u001b[31m\nline"));
    assertThat(TtlvDump.dump(item))
        .isEqualTo(
            """
            RequestMessage
              KeyMaterial
                Key: <redacted>
              KeyMaterial: <3 bytes>
              Password: <redacted>
              Username: "node1"
              ResultMessage: "red?[31m?line\"""")
        .isEqualTo(item.toString());
  }
}
