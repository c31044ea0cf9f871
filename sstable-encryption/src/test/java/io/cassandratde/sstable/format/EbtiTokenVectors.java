package io.cassandratde.sstable.format;

import static io.cassandratde.sstable.format.EbtiSealing.hex;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.ADDED;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.FIRST;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.MAIN;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.TEXT;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.UID;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.bytes;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.changed;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.format.EbtiSealing.Row;
import io.cassandratde.sstable.format.EbtiSealing.Wrapping;
import java.util.List;
import java.util.function.UnaryOperator;

/** The vectors of data keys that are wrapped within a token. */
final class EbtiTokenVectors {

  private static final byte[] NONCE = bytes(12, 0x60);
  private static final Wrapping HELD = held(bytes(32, 0xB0));

  private EbtiTokenVectors() {}

  private static Wrapping held(byte[] material) {
    HeldKey key = SoftKeeper.key(EbtiSealing.TOKEN_GROUP, material);
    return new Wrapping(key.reference().keyId(), material);
  }

  private static Row row(int id, Wrapping by, byte[] dataKey, byte[] nonce) {
    return new Row(id, by.id(), dataKey, nonce);
  }

  static void print() {
    for (int bits : new int[] {128, 192, 256}) {
      Wrapping key = held(bytes(bits / 8, 0xB0));
      EbtiVectorGenerator.opens(
          "carrier-token-" + bits, List.of(row(0, key, bytes(bits / 8, 0xC0), NONCE)), key);
    }
    EbtiVectorGenerator.opens(
        "carrier-token-after-a-server",
        List.of(FIRST, row(1, HELD, ADDED.dataKey(), bytes(12, 0x61))),
        MAIN,
        HELD);
    part();
    rejected();
  }

  private static void part() {
    byte[] spec = KeySpecCodec.encode(KeySpec.pkcs11("vectors", CipherSpec.AES_256));
    byte[] plain = bytes(20, 1);
    byte[] salt = bytes(16, 0x50);
    Row row = row(0, HELD, FIRST.dataKey(), NONCE);
    String name = "Statistics.db/STATS";
    EbtiVectorGenerator.print(
        "part-token",
        "part",
        "OPENS",
        "keys",
        Wrapping.print(List.of(HELD)),
        "carrier",
        hex(EbtiSealing.sstable(UID, List.of(row), List.of(HELD)).carrier().encode()),
        "name",
        name,
        "sealed",
        hex(
            EbtiSealing.part(
                EbtiVectorGenerator.KEYS.uid(), name, row, List.of(HELD), salt, spec, plain)),
        "row",
        Row.print(List.of(row)),
        "salt",
        hex(salt),
        "spec",
        hex(spec),
        "plain",
        hex(plain));
  }

  private static void rejects(String name, String result, byte[] carrier) {
    EbtiVectorGenerator.print(
        "carrier-token-" + name,
        "carrier",
        result,
        "keys",
        Wrapping.print(List.of(HELD, TEXT)),
        "carrier",
        hex(carrier));
  }

  private static void mended(String name, String result, UnaryOperator<byte[]> change) {
    rejects(name, result, EbtiByHand.mended(change.apply(carrier(HELD))));
  }

  private static byte[] carrier(Wrapping by) {
    return EbtiByHand.carrier(UID, EbtiByHand.row(UID, 0, 0, by.key(), NONCE, FIRST.dataKey()));
  }

  /** A row: form at 4, check value at 9, id as text at 13, nonce at 31, length at 43. */
  private static void rejected() {
    int row = 26;
    rejects("that-is-not-there", "KEY_NOT_FOUND", carrier(held(bytes(32, 0xB1))));
    mended("changed-check-value", "WRONG_KEY", c -> changed(c, row + 9, 1));
    mended("changed-nonce", "NOT_AUTHENTIC", c -> changed(c, row + 31, 1));
    mended("changed-purpose", "NOT_AUTHENTIC", c -> changed(c, row + 2, 1));
    mended("changed-group-tag", "NOT_AUTHENTIC", c -> changed(c, row + 5, 1));
    mended("changed-wrapped-key", "NOT_AUTHENTIC", c -> changed(c, row + 44, 1));
    mended("changed-tag", "NOT_AUTHENTIC", c -> changed(c, c.length - 5, 1));
    mended("data-key-of-17-bytes", "MALFORMED", c -> changed(c, row + 43, 32 ^ 17));
    mended(
        "cut-within-a-row",
        "MALFORMED",
        c -> EbtiVectorGenerator.without(c, c.length - 5, c.length - 4));
    Wrapping text = TEXT;
    byte[] given = EbtiByHand.row(UID, 0, 0, text.key(), ADDED.salt(), FIRST.dataKey());
    byte[] asHeld = changed(given, 3, 3);
    byte[] shorter = EbtiVectorGenerator.without(asHeld, 20, 24);
    rejects(
        "algorithm-for-a-key-that-is-given-out", "NOT_AUTHENTIC", EbtiByHand.carrier(UID, shorter));
    Wrapping weak = held(bytes(16, 0xB2));
    EbtiVectorGenerator.print(
        "carrier-token-data-key-longer-than-its-wrapping-key",
        "carrier",
        "UNFIT",
        "keys",
        Wrapping.print(List.of(weak)),
        "carrier",
        hex(carrier(weak)));
  }
}
