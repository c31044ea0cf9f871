package io.cassandratde.e2e.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * Random values, each of which belongs to one place, and the forms in which its bytes may stand in
 * a file.
 *
 * <p>Of each form the ends are left out: a compressor may take them for a repetition together with
 * the bytes around them. What remains has 47 random bits at least, and most have far more.
 */
public final class Markers {

  /** Bytes that betray the value of a place. */
  static final class Form {
    private final String place;
    private final byte[] bytes;

    Form(String place, byte[] bytes) {
      this.place = place;
      this.bytes = bytes;
    }

    String place() {
      return place;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  private static final int LETTERS = 16;
  private static final int CUT = 3;

  /**
   * A trie of Cassandra's writes a chain of single transitions child first, each as one byte of
   * type and distance (this one: type 1, distance 2) and the letter.
   */
  private static final byte CHAIN_NODE = 0x12;

  private final Random random;
  private final List<Form> forms = new ArrayList<>();
  private final Set<String> places = new LinkedHashSet<>();

  public Markers(long seed) {
    random = new Random(seed);
  }

  /** Lower-case letters, which an analyzer leaves as they are. */
  public String text(String place) {
    return letters(place, 'a', 26);
  }

  /** Letters of two bytes each in UTF-8. */
  public String cyrillic(String place) {
    return letters(place, '\u0430', 32);
  }

  private String letters(String place, char first, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LETTERS; i++) {
      text.append((char) (first + random.nextInt(count)));
    }
    byte[] middle = text.substring(CUT, LETTERS - CUT).getBytes(UTF_8);
    add(place, middle);
    byte[] chain = new byte[2 * middle.length - 1];
    for (int i = 0; i < middle.length; i++) {
      chain[2 * i] = middle[middle.length - 1 - i];
      if (2 * i + 1 < chain.length) {
        chain[2 * i + 1] = CHAIN_NODE;
      }
    }
    add(place, chain);
    return text.toString();
  }

  /** Searched without its highest byte, whose sign bit an index of numbers turns over. */
  public long number(String place) {
    long value = random.nextLong() >>> 1;
    add(place, Arrays.copyOfRange(bigEndian(value), 1, Long.BYTES));
    add(
        place,
        Arrays.copyOf(
            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array(),
            Long.BYTES - 1));
    return value;
  }

  public UUID uuid(String place) {
    UUID value =
        new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() >>> 2) | (1L << 63));
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(value.getMostSignificantBits())
            .putLong(value.getLeastSignificantBits())
            .array();
    add(place, Arrays.copyOfRange(bytes, CUT, bytes.length - CUT));
    return value;
  }

  /** As CQL writes it. */
  public String blob(String place) {
    byte[] bytes = new byte[LETTERS];
    random.nextBytes(bytes);
    add(place, Arrays.copyOfRange(bytes, CUT, bytes.length - CUT));
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  /** Three numbers of a vector. */
  public List<Float> vector(String place) {
    List<Float> value = List.of(random.nextFloat(), random.nextFloat(), random.nextFloat());
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      ByteBuffer bytes = ByteBuffer.allocate(3 * Float.BYTES).order(order);
      value.forEach(bytes::putFloat);
      add(place, Arrays.copyOfRange(bytes.array(), 2, bytes.capacity() - 2));
    }
    return value;
  }

  private static byte[] bigEndian(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private void add(String place, byte[] bytes) {
    places.add(place);
    forms.add(new Form(place, bytes));
  }

  List<Form> forms() {
    return List.copyOf(forms);
  }

  /** All places that have a value. */
  public Set<String> places() {
    return Set.copyOf(places);
  }
}
