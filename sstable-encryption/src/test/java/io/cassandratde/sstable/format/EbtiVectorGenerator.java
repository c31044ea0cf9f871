package io.cassandratde.sstable.format;

import static io.cassandratde.sstable.format.EbtiSealing.hex;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.sstable.format.EbtiSealing.Row;
import io.cassandratde.sstable.format.EbtiSealing.Wrapping;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Prints vectors/ebti-v1.txt; docs/FORMAT-EBTI.md has the command. */
public final class EbtiVectorGenerator {

  static final String UUID_ID = "0eb2277e-0acc-4adb-9241-1dd84dde691c";
  static final byte[] UID = bytes(16, 0x10);
  static final byte[] OTHER_UID = bytes(16, 0x20);
  static final Wrapping MAIN = new Wrapping(UUID_ID, bytes(32, 0x80));
  static final Wrapping TEXT = new Wrapping("key-1", bytes(32, 0x90));
  static final Row FIRST = new Row(0, UUID_ID, bytes(32, 0xC0), bytes(16, 0x30));
  static final Row ADDED = new Row(1, "key-1", bytes(32, 0xD0), bytes(16, 0x40));

  /** What most vectors are of: an SSTable with two data keys. */
  static final SSTableKeys KEYS =
      EbtiSealing.sstable(UID, List.of(FIRST, ADDED), List.of(MAIN, TEXT));

  static final SSTableKeys OTHER =
      EbtiSealing.sstable(
          OTHER_UID, List.of(new Row(0, UUID_ID, bytes(32, 0xE0), bytes(16, 0x38))), List.of(MAIN));

  private EbtiVectorGenerator() {}

  public static void main(String[] args) throws IOException {
    System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8));
    System.out.println(
        "# Vectors of the encrypted SSTable format ebti, version 1. Made by EbtiVectorGenerator;"
            + " see docs/FORMAT-EBTI.md.");
    carriers();
    rejectedCarriers();
    EbtiTokenVectors.print();
    EbtiPartVectors.print();
    EbtiPageVectors.print();
    EbtiDataVectors.print();
  }

  /** So many rising bytes. */
  static byte[] bytes(int length, int first) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i * 7);
    }
    return bytes;
  }

  /** One byte xored. */
  static byte[] changed(byte[] bytes, int at, int change) {
    byte[] changed = bytes.clone();
    changed[at] ^= (byte) change;
    return changed;
  }

  static byte[] without(byte[] bytes, int from, int to) {
    return EbtiByHand.join(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
  }

  /** One vector: names and values, in turn. */
  static void print(String vector, String kind, String result, String... fields) {
    StringBuilder text =
        new StringBuilder("vector: " + vector + "\nkind: " + kind + "\nresult: " + result + '\n');
    for (int i = 0; i < fields.length; i += 2) {
      text.append(fields[i]).append(": ").append(fields[i + 1]).append('\n');
    }
    System.out.println(text);
  }

  static String keys() {
    return Wrapping.print(List.of(MAIN, TEXT));
  }

  static void opens(String name, List<Row> rows, Wrapping... keys) {
    byte[] carrier =
        rows.isEmpty()
            ? EbtiByHand.carrier(UID)
            : EbtiSealing.sstable(UID, rows, List.of(keys)).carrier().encode();
    print(
        name,
        "carrier",
        "OPENS",
        "keys",
        Wrapping.print(List.of(keys)),
        "carrier",
        hex(carrier),
        "uid",
        hex(UID),
        "rows",
        Row.print(rows));
  }

  private static void carriers() {
    opens("carrier-plain", List.of());
    for (int bits : new int[] {128, 192, 256}) {
      Wrapping key = new Wrapping(UUID_ID, bytes(bits / 8, 0x80));
      opens(
          "carrier-" + bits,
          List.of(new Row(0, UUID_ID, bytes(bits / 8, 0xC0), bytes(16, 0x30))),
          key);
    }
    opens("carrier-text-id", List.of(new Row(0, "key-1", bytes(32, 0xD0), bytes(16, 0x41))), TEXT);
    String longId = "ä".repeat(512);
    opens(
        "carrier-utf8-id-of-1024-bytes",
        List.of(new Row(0, longId, bytes(32, 0xD1), bytes(16, 0x42))),
        new Wrapping(longId, bytes(32, 0x91)));
    opens("carrier-of-two-rows", List.of(FIRST, ADDED), MAIN, TEXT);
    opens(
        "carrier-of-two-strengths",
        List.of(new Row(0, "weak", bytes(16, 0xC1), bytes(16, 0x31)), ADDED),
        new Wrapping("weak", bytes(16, 0x92)),
        TEXT);
    byte[] weaker = bytes(16, 0xC2);
    print(
        "carrier-with-a-gap-and-a-weaker-data-key",
        "carrier",
        "OPENS",
        "made",
        "by hand",
        "keys",
        keys(),
        "carrier",
        hex(
            EbtiByHand.carrier(
                UID,
                row(3, 0, MAIN, FIRST.salt(), FIRST.dataKey()),
                row(65535, 1, TEXT, ADDED.salt(), weaker))),
        "uid",
        hex(UID),
        "rows",
        Row.print(
            List.of(
                new Row(3, UUID_ID, FIRST.dataKey(), FIRST.salt()),
                new Row(65535, "key-1", weaker, ADDED.salt()))));
  }

  private static byte[] row(int id, int purpose, Wrapping by, byte[] salt, byte[] dataKey) {
    return EbtiByHand.row(UID, id, purpose, by.key(), salt, dataKey);
  }

  private static void rejects(String name, String result, byte[] carrier) {
    print("carrier-" + name, "carrier", result, "keys", keys(), "carrier", hex(carrier));
  }

  private static void mended(String name, String result, UnaryOperator<byte[]> change) {
    byte[] one = EbtiByHand.carrier(UID, row(0, 0, MAIN, FIRST.salt(), FIRST.dataKey()));
    rejects(name, result, EbtiByHand.mended(change.apply(one)));
  }

  private static void rejectedCarriers() {
    byte[] zero = row(0, 0, MAIN, FIRST.salt(), FIRST.dataKey());
    byte[] one = EbtiByHand.carrier(UID, zero);
    String malformed = "MALFORMED";
    rejects("of-no-bytes", malformed, new byte[0]);
    rejects("of-29-bytes", malformed, Arrays.copyOf(one, 29));
    rejects("changed-checksum", malformed, changed(one, one.length - 1, 1));
    rejects("changed-salt-unmended", malformed, changed(one, 26 + 29, 1));
    mended("other-magic", malformed, c -> changed(c, 0, 1));
    mended("version-2", malformed, c -> changed(c, 7, 3));
    mended("of-more-rows-than-there-are", malformed, c -> changed(c, 25, 3));
    mended("of-fewer-rows-than-there-are", malformed, c -> changed(c, 25, 1));
    byte[][] many = new byte[1025][];
    for (int i = 0; i < many.length; i++) {
      many[i] = i == 0 ? zero : new byte[0];
    }
    rejects("of-1025-rows", malformed, EbtiByHand.carrier(UID, many));
    mended("purpose-2", malformed, c -> changed(c, 26 + 2, 2));
    mended("purpose-3", malformed, c -> changed(c, 26 + 2, 3));
    mended("algorithm-3", malformed, c -> changed(c, 26 + 3, 2));
    mended("key-id-form-2", malformed, c -> changed(c, 26 + 4, 2));
    mended("data-key-of-17-bytes", malformed, c -> changed(c, 26 + 45, 32 ^ 17));
    mended("cut-within-a-row", malformed, c -> without(c, c.length - 5, c.length - 4));
    mended("with-a-byte-behind", malformed, c -> Arrays.copyOf(c, c.length + 1));
    mended("uuid-as-text", malformed, EbtiVectorGenerator::uuidAsText);
    mended(
        "text-id-of-no-bytes",
        malformed,
        c -> changed(changed(changed(c, 26 + 4, 1), 39, c[39]), 40, c[40]));
    rejects("two-rows-of-one-id", malformed, EbtiByHand.carrier(UID, zero, zero));
    rejects(
        "rows-out-of-order",
        malformed,
        EbtiByHand.carrier(UID, row(1, 1, TEXT, ADDED.salt(), ADDED.dataKey()), zero));

    Wrapping gone = new Wrapping("gone", bytes(32, 0xA0));
    rejects(
        "whose-key-is-not-there",
        "KEY_NOT_FOUND",
        EbtiByHand.carrier(UID, row(0, 0, gone, FIRST.salt(), FIRST.dataKey())));
    rejects(
        "whose-second-key-is-not-there",
        "KEY_NOT_FOUND",
        EbtiByHand.carrier(UID, zero, row(1, 1, gone, FIRST.salt(), FIRST.dataKey())));
    Wrapping other = new Wrapping(UUID_ID, bytes(32, 0xA1));
    rejects(
        "of-another-key-of-that-id",
        "WRONG_KEY",
        EbtiByHand.carrier(UID, row(0, 0, other, FIRST.salt(), FIRST.dataKey())));
    mended("changed-check-value", "WRONG_KEY", c -> changed(c, 26 + 9, 1));

    String forged = "NOT_AUTHENTIC";
    mended("changed-uid", forged, c -> changed(c, 8, 1));
    mended("changed-data-key-id", forged, c -> changed(c, 26 + 1, 1));
    mended("changed-purpose", forged, c -> changed(c, 26 + 2, 1));
    mended("changed-group-tag", forged, c -> changed(c, 26 + 5, 1));
    mended("changed-salt", forged, c -> changed(c, 26 + 29, 1));
    mended("changed-wrapped-key", forged, c -> changed(c, 26 + 46, 1));
    mended("changed-tag", forged, c -> changed(c, c.length - 5, 1));
    mended(
        "shorter-data-key",
        forged,
        c -> without(changed(c, 26 + 45, 32 ^ 24), c.length - 12, c.length - 4));
    byte[] foreign = EbtiByHand.row(OTHER_UID, 1, 1, MAIN.key(), FIRST.salt(), FIRST.dataKey());
    rejects("row-of-another-sstable", forged, EbtiByHand.carrier(UID, zero, foreign));
    rejects(
        "with-a-key-of-statistics",
        malformed,
        EbtiByHand.carrier(UID, row(0, 2, MAIN, FIRST.salt(), FIRST.dataKey())));

    Wrapping weak = new Wrapping("weak", bytes(16, 0x92));
    print(
        "carrier-data-key-longer-than-its-wrapping-key",
        "carrier",
        "UNFIT",
        "keys",
        Wrapping.print(List.of(weak)),
        "carrier",
        hex(EbtiByHand.carrier(UID, row(0, 0, weak, FIRST.salt(), FIRST.dataKey()))));
  }

  private static byte[] uuidAsText(byte[] carrier) {
    byte[] id = UUID_ID.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return EbtiByHand.join(
        Arrays.copyOf(carrier, 30),
        new byte[] {1},
        Arrays.copyOfRange(carrier, 31, 39),
        EbtiByHand.shorts(id.length),
        id,
        Arrays.copyOfRange(carrier, 55, carrier.length));
  }
}
