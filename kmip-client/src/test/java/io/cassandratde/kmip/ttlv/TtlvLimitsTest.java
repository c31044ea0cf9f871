package io.cassandratde.kmip.ttlv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a peer must not make us do; and that errors say where. */
class TtlvLimitsTest {
  private static final TtlvItem ONE = new TtlvItem.IntegerItem(Tag.BATCH_COUNT, 1);

  private static TtlvException fails(TtlvLimits limits, byte[] bytes) {
    return assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> new TtlvDecoder(limits).decode(bytes))
        .actual();
  }

  private static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replace(" ", ""));
  }

  @Test
  void should_allow_the_deepest_nesting_and_refuse_one_more() throws Exception {
    TtlvLimits three = new TtlvLimits(1024, 3, 10);
    TtlvItem deepest = nested(3);
    assertThat(new TtlvDecoder(three).decode(TtlvEncoder.encode(deepest))).isEqualTo(deepest);
    assertThat(fails(three, TtlvEncoder.encode(nested(4))))
        .hasMessageContaining("deeper than 3")
        .hasMessageContaining("at byte 24");
  }

  private static TtlvItem nested(int depth) {
    return depth == 0 ? ONE : new Structure(Tag.BATCH_ITEM, nested(depth - 1));
  }

  @Test
  void should_allow_the_most_items_and_refuse_one_more() throws Exception {
    TtlvLimits five = new TtlvLimits(1024, 3, 5);
    TtlvItem full = new Structure(Tag.BATCH_ITEM, Collections.nCopies(4, ONE));
    assertThat(new TtlvDecoder(five).decode(TtlvEncoder.encode(full))).isEqualTo(full);
    TtlvItem over = new Structure(Tag.BATCH_ITEM, Collections.nCopies(5, ONE));
    assertThat(fails(five, TtlvEncoder.encode(over))).hasMessageContaining("more than 5 items");
  }

  @Test
  void should_allow_the_longest_message_and_refuse_one_item_more() throws Exception {
    TtlvLimits small = new TtlvLimits(40, 3, 10);
    byte[] longest = TtlvEncoder.encode(new Structure(Tag.BATCH_ITEM, List.of(ONE, ONE)));
    assertThat(longest).hasSize(40);
    assertThat(new TtlvDecoder(small).decode(longest).tag()).isEqualTo(Tag.BATCH_ITEM);
    byte[] over = TtlvEncoder.encode(new Structure(Tag.BATCH_ITEM, List.of(ONE, ONE, ONE)));
    assertThat(fails(small, over)).hasMessageContaining("limit of 40");
  }

  @Test
  void should_refuse_every_truncation() {
    byte[] whole =
        TtlvEncoder.encode(
            new Structure(
                Tag.RESPONSE_MESSAGE, new TtlvItem.Text(Tag.RESULT_MESSAGE, "something"), ONE));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(fails(TtlvLimits.DEFAULT, part)).hasMessageContaining("bytes left");
    }
  }

  @Test
  void should_refuse_bytes_after_the_item() {
    byte[] bytes = Arrays.copyOf(TtlvEncoder.encode(ONE), 17);
    assertThat(fails(TtlvLimits.DEFAULT, bytes)).hasMessageContaining("1 bytes too many");
  }

  @ParameterizedTest
  @CsvSource({
    // a length is held against what is left before anything is allocated
    "42000D 08 7FFFFFFF, length 2147483647 of a ByteString is more than the 8 bytes left",
    "42000D 07 FFFFFFFF, length 4294967295 of a TextString is more than the 8 bytes left",
    "42000D 08 00000009, length 9 of a ByteString is more than the 8 bytes left",
    "42000D 02 00000008, 'length 8 of a Integer, not 4'",
    "42000D 03 00000004, 'length 4 of a LongInteger, not 8'",
    "42000D 06 00000004, 'length 4 of a Boolean, not 8'",
    "42000D 04 00000000, a BigInteger without bytes",
    "42000D 01 00000004, no multiple of 8",
    "42000D 0C 00000008, unknown item type",
    "42000D 00 00000008, unknown item type",
  })
  void should_refuse_wrong_lengths_and_types(String header, String problem) {
    byte[] bytes = hex(header + " 00000000 00000002");
    assertThat(fails(TtlvLimits.DEFAULT, bytes)).hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "42000D 06 00000008 00000000 00000002, neither 0 nor 1",
    "420092 09 00000008 7FFFFFFF FFFFFFFF, out of range",
    "420092 09 00000008 80000000 00000000, out of range",
    "42007D 07 00000002 C3280000 00000000, not UTF-8",
  })
  void should_refuse_values_without_meaning(String bytes, String problem) {
    assertThat(fails(TtlvLimits.DEFAULT, hex(bytes))).hasMessageContaining(problem);
  }

  @Test
  void should_say_where_in_the_tree_an_item_is_wrong() {
    byte[] bytes =
        TtlvEncoder.encode(
            new Structure(
                Tag.RESPONSE_MESSAGE,
                new Structure(Tag.BATCH_ITEM, ONE, new TtlvItem.Bool(0x4200A8, true))));
    bytes[bytes.length - 1] = 9;
    TtlvException e = fails(TtlvLimits.DEFAULT, bytes);
    assertThat(e.offset()).isEqualTo(32);
    assertThat(e.tagPath()).isEqualTo("ResponseMessage/BatchItem/Fresh");
  }

  @Test
  void should_refuse_a_frame_before_allocating_its_body() {
    TtlvDecoder decoder = new TtlvDecoder(new TtlvLimits(1024, 4, 10));
    assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> decoder.bodyLength(hex("42007B01 FFFFFFF8"), Tag.RESPONSE_MESSAGE))
        .withMessageContaining("announces 4294967288 bytes");
    assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> decoder.bodyLength(hex("42007B01 00000400"), Tag.RESPONSE_MESSAGE))
        .withMessageContaining("announces 1024 bytes, more than the limit of 1016");
    assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> decoder.bodyLength(hex("48545450 2F312E31"), Tag.RESPONSE_MESSAGE))
        .withMessageContaining("not a KMIP ResponseMessage");
    assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> decoder.bodyLength(hex("42007B01 00000009"), Tag.RESPONSE_MESSAGE))
        .withMessageContaining("multiple of 8");
  }
}
