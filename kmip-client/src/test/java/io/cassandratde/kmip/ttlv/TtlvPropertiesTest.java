package io.cassandratde.kmip.ttlv;

import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.longs;

import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any tree of items survives the wire; any bytes end in an item or a TtlvException. */
class TtlvPropertiesTest {
  private static TtlvItem anyItem(Random random, int depth) {
    int tag = 0x420000 | random.nextInt(0x180);
    return switch (random.nextInt(depth > 4 ? 10 : 12)) {
      case 0 -> new TtlvItem.IntegerItem(tag, random.nextInt());
      case 1 -> new TtlvItem.LongInteger(tag, random.nextLong());
      case 2 -> new TtlvItem.BigInt(tag, new BigInteger(anyBytes(random, 1)));
      case 3 -> new TtlvItem.Enumeration(tag, random.nextInt());
      case 4 -> new TtlvItem.Bool(tag, random.nextBoolean());
      case 5 -> new TtlvItem.Text(tag, anyText(random));
      case 6 -> new TtlvItem.Bytes(tag, anyBytes(random, 0));
      case 7 -> new TtlvItem.DateTime(tag, Instant.ofEpochSecond(random.nextInt()));
      case 8 -> new TtlvItem.Interval(tag, random.nextInt() & 0xFFFFFFFFL);
      case 9 -> new TtlvItem.DateTimeExtended(tag, random.nextLong());
      default -> {
        List<TtlvItem> children = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          children.add(anyItem(random, depth + 1));
        }
        yield new Structure(tag, children);
      }
    };
  }

  private static byte[] anyBytes(Random random, int atLeast) {
    byte[] bytes = new byte[atLeast + random.nextInt(40)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String anyText(Random random) {
    return random
        .ints(random.nextInt(20), 0x20, 0x2FFF)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void should_read_back_what_was_written() {
    qt().forAll(longs().all())
        .checkAssert(
            seed -> {
              TtlvItem item = anyItem(new Random(seed), 0);
              byte[] bytes = TtlvEncoder.encode(item);
              if (!decode(bytes).equals(item) || bytes.length != TtlvEncoder.encodedLength(item)) {
                throw new AssertionError("not the same:\n" + item);
              }
            });
  }

  @Test
  void should_write_again_the_bytes_that_were_read() {
    qt().forAll(longs().all())
        .check(
            seed -> {
              byte[] bytes = TtlvEncoder.encode(anyItem(new Random(seed), 0));
              return Arrays.equals(bytes, TtlvEncoder.encode(decode(bytes)));
            });
  }

  @Test
  void should_throw_nothing_but_TtlvException_on_any_change_of_one_byte() {
    qt().forAll(longs().all(), integers().allPositive(), integers().between(1, 255))
        .checkAssert(
            (seed, where, change) -> {
              byte[] bytes = TtlvEncoder.encode(anyItem(new Random(seed), 0));
              bytes[where % bytes.length] ^= change.byteValue();
              try {
                TtlvDump.dump(new TtlvDecoder().decode(bytes));
              } catch (TtlvException expected) {
                // the one way to say no
              }
            });
  }

  private static TtlvItem decode(byte[] bytes) {
    try {
      return new TtlvDecoder().decode(bytes);
    } catch (TtlvException e) {
      throw new AssertionError(e);
    }
  }
}
