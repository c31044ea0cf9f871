package io.cassandratde.kmip.hostile;

import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages messages, reproducibly. Half of them as trees, so that the frame stays sound and the
 * damage reaches the operations' decoders; half as bytes: bits, lengths, types, cuts and splices.
 */
final class Mutator {
  private static final int[] LENGTHS = {
    0, 1, 3, 4, 7, 8, 9, 16, 0x7FFF, 0x200000, 0x7FFFFFF8, 0x7FFFFFFF, -1, -8, Integer.MIN_VALUE
  };
  private static final long[] NUMBERS = {
    0, 1, -1, 2, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private final SplittableRandom random;

  Mutator(long seed) {
    random = new SplittableRandom(seed);
  }

  byte[] mutate(Seeds seed, Structure donor) {
    if (random.nextInt(2) == 0) {
      byte[] bytes = TtlvEncoder.encode(tree(seed.answer(), donor));
      return random.nextInt(8) == 0 ? bytes(bytes, donor) : bytes;
    }
    return bytes(seed.bytes(), donor);
  }

  int pick(int bound) {
    return random.nextInt(bound);
  }

  private Structure tree(Structure parent, Structure donor) {
    List<TtlvItem> items = new ArrayList<>(parent.items());
    if (items.isEmpty()) {
      return parent;
    }
    int at = random.nextInt(items.size());
    TtlvItem item = items.get(at);
    // Most of the interesting fields lie deep: go down more often than not.
    if (item instanceof Structure inner && random.nextInt(4) != 0) {
      items.set(at, tree(inner, donor));
      return new Structure(parent.tag(), items);
    }
    switch (random.nextInt(7)) {
      case 0 -> items.remove(at);
      case 1 -> items.add(at, item);
      case 2 -> items.set(at, item.withTag(anyItem(donor).tag()));
      case 3 -> items.set(at, anyItem(donor));
      case 4 -> items.set(at, anyItem(donor).withTag(item.tag()));
      case 5 -> items.add(at, new Structure(item.tag(), items));
      default -> items.set(at, otherValue(item.tag()));
    }
    return new Structure(parent.tag(), items);
  }

  private TtlvItem anyItem(Structure root) {
    TtlvItem item = root;
    while (item instanceof Structure inner && !inner.items().isEmpty() && random.nextInt(6) != 0) {
      item = inner.items().get(random.nextInt(inner.items().size()));
    }
    return item;
  }

  private TtlvItem otherValue(int tag) {
    long number = NUMBERS[random.nextInt(NUMBERS.length)];
    return switch (random.nextInt(9)) {
      case 0 -> new TtlvItem.IntegerItem(tag, (int) number);
      case 1 -> new TtlvItem.Enumeration(tag, (int) number);
      case 2 -> new TtlvItem.LongInteger(tag, number);
      case 3 -> new TtlvItem.Interval(tag, number & 0xFFFFFFFFL);
      case 4 -> new TtlvItem.DateTime(tag, Instant.ofEpochSecond(number >> 9));
      case 5 -> new TtlvItem.Bool(tag, number == 1);
      case 6 -> new TtlvItem.Text(tag, "\u0000\u202e\uD83D\uDE00".repeat(random.nextInt(3)));
      case 7 -> new TtlvItem.Bytes(tag, new byte[random.nextInt(64)]);
      default -> new Structure(tag);
    };
  }

  private byte[] bytes(byte[] message, Structure donor) {
    byte[] bytes = message;
    for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 8; times--) {
      bytes = once(bytes, donor);
    }
    return bytes;
  }

  private byte[] once(byte[] bytes, Structure donor) {
    int at = random.nextInt(bytes.length);
    int word = at & ~7; // Items start at multiples of eight.
    switch (random.nextInt(9)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 3 -> setLength(bytes, word, LENGTHS[random.nextInt(LENGTHS.length)]);
      case 4 -> setLength(bytes, word, lengthAt(bytes, word) + random.nextInt(-9, 10));
      case 5 -> bytes[Math.min(word + 3, bytes.length - 1)] = (byte) random.nextInt(14);
      case 6 -> {
        return splice(bytes, word, TtlvEncoder.encode(anyItem(donor)));
      }
      case 7 -> {
        int end = Math.min(bytes.length, word + 8 * (1 + random.nextInt(8)));
        return splice(cut(bytes, word, end), word, new byte[0]);
      }
      default -> {
        return splice(bytes, random.nextInt(bytes.length), new byte[1 + random.nextInt(64)]);
      }
    }
    return bytes;
  }

  private static int lengthAt(byte[] bytes, int word) {
    return word + 8 <= bytes.length ? ByteBuffer.wrap(bytes).getInt(word + 4) : 0;
  }

  private static void setLength(byte[] bytes, int word, int length) {
    if (word + 8 <= bytes.length) {
      ByteBuffer.wrap(bytes).putInt(word + 4, length);
    }
  }

  private static byte[] cut(byte[] bytes, int from, int to) {
    byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
    System.arraycopy(bytes, to, shorter, from, bytes.length - to);
    return shorter;
  }

  /** Inserts; the outermost length is put right half of the time, so that not all end there. */
  private byte[] splice(byte[] bytes, int at, byte[] piece) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + piece.length);
    System.arraycopy(bytes, at, longer, at + piece.length, bytes.length - at);
    System.arraycopy(piece, 0, longer, at, piece.length);
    if (random.nextBoolean()) {
      setLength(longer, 0, longer.length - 8);
    }
    return longer;
  }
}
