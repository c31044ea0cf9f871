package io.cassandratde.kmip.ttlv;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples that the specification gives for each item type (KMIP 1.4 section 9.1.2). */
class TtlvCodecTest {
  private static final int TAG = 0x420020;

  static Stream<Arguments> examples() {
    return Stream.of(
        example(
            new TtlvItem.IntegerItem(TAG, 8), "42 00 20 02 00 00 00 04 00 00 00 08 00 00 00 00"),
        example(
            new TtlvItem.LongInteger(TAG, 123456789000000000L),
            "42 00 20 03 00 00 00 08 01 B6 9B 4B A5 74 92 00"),
        example(
            new TtlvItem.BigInt(TAG, new BigInteger("1234567890000000000000000000")),
            "42 00 20 04 00 00 00 10 00 00 00 00 03 FD 35 EB 6B C2 DF 46 18 08 00 00"),
        example(
            new TtlvItem.Enumeration(TAG, 255), "42 00 20 05 00 00 00 04 00 00 00 FF 00 00 00 00"),
        example(new TtlvItem.Bool(TAG, true), "42 00 20 06 00 00 00 08 00 00 00 00 00 00 00 01"),
        example(
            new TtlvItem.Text(TAG, "Hello World"),
            "42 00 20 07 00 00 00 0B 48 65 6C 6C 6F 20 57 6F 72 6C 64 00 00 00 00 00"),
        example(
            new TtlvItem.Bytes(TAG, new byte[] {1, 2, 3}),
            "42 00 20 08 00 00 00 03 01 02 03 00 00 00 00 00"),
        example(
            new TtlvItem.DateTime(TAG, Instant.parse("2008-03-14T11:56:40Z")),
            "42 00 20 09 00 00 00 08 00 00 00 00 47 DA 67 F8"),
        example(
            new TtlvItem.Interval(TAG, 10 * 24 * 3600),
            "42 00 20 0A 00 00 00 04 00 0D 2F 00 00 00 00 00"),
        example(
            new TtlvItem.DateTimeExtended(TAG, 1),
            "42 00 20 0B 00 00 00 08 00 00 00 00 00 00 00 01"),
        example(
            new Structure(
                TAG,
                new TtlvItem.Enumeration(0x420004, 254),
                new TtlvItem.IntegerItem(0x420005, 255)),
            "42 00 20 01 00 00 00 20 42 00 04 05 00 00 00 04 00 00 00 FE 00 00 00 00"
                + " 42 00 05 02 00 00 00 04 00 00 00 FF 00 00 00 00"));
  }

  private static Arguments example(TtlvItem item, String bytes) {
    return Arguments.of(item, HexFormat.of().parseHex(bytes.replace(" ", "")));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void should_read_and_write_the_examples_of_the_specification(TtlvItem item, byte[] bytes)
      throws Exception {
    assertThat(TtlvEncoder.encode(item)).isEqualTo(bytes);
    assertThat(new TtlvDecoder().decode(bytes)).isEqualTo(item);
  }

  @Test
  void should_sign_extend_a_negative_big_integer() throws Exception {
    TtlvItem item = new TtlvItem.BigInt(TAG, BigInteger.valueOf(-2));
    byte[] bytes = TtlvEncoder.encode(item);
    assertThat(bytes).endsWith(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE);
    assertThat(new TtlvDecoder().decode(bytes)).isEqualTo(item);
  }

  @Test
  void should_keep_items_of_unknown_tags() throws Exception {
    TtlvItem item = new Structure(TAG, new TtlvItem.Text(0x54FFFF, "vendor"));
    assertThat(new TtlvDecoder().decode(TtlvEncoder.encode(item))).isEqualTo(item);
  }

  @Test
  void should_ignore_what_a_server_left_in_the_padding() throws Exception {
    byte[] bytes = TtlvEncoder.encode(new TtlvItem.IntegerItem(TAG, 8));
    bytes[15] = 7;
    assertThat(new TtlvDecoder().decode(bytes)).isEqualTo(new TtlvItem.IntegerItem(TAG, 8));
  }
}
