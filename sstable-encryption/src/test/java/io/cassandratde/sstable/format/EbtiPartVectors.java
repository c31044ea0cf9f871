package io.cassandratde.sstable.format;

import static io.cassandratde.sstable.format.EbtiByHand.join;
import static io.cassandratde.sstable.format.EbtiByHand.shorts;
import static io.cassandratde.sstable.format.EbtiSealing.hex;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.ADDED;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.FIRST;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.KEYS;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.MAIN;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.OTHER;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.TEXT;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.UID;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.bytes;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.changed;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.keys;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.sstable.format.EbtiSealing.Row;
import io.cassandratde.sstable.format.EbtiSealing.Wrapping;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The vectors of parts of Statistics.db. */
final class EbtiPartVectors {

  private static final String NAME = "Statistics.db/STATS";
  private static final byte[] SALT = bytes(16, 0x50);
  private static final byte[] PLAIN = bytes(20, 1);
  private static final byte[] SPEC =
      KeySpecCodec.encode(KeySpec.kmip("vectors", null, CipherSpec.AES_256));

  private EbtiPartVectors() {}

  private static byte[] part(
      SSTableKeys of, String name, Row row, byte[] salt, byte[] spec, byte[] plain) {
    return EbtiSealing.part(of.uid(), name, row, List.of(MAIN, TEXT), salt, spec, plain);
  }

  private static void part(String name, String result, byte[] sealed, String... more) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "keys",
                keys(),
                "carrier",
                hex(KEYS.carrier().encode()),
                "name",
                NAME,
                "sealed",
                hex(sealed)));
    fields.addAll(List.of(more));
    EbtiVectorGenerator.print("part-" + name, "part", result, fields.toArray(new String[0]));
  }

  private static void opens(String name, Row row, byte[] salt, byte[] spec, byte[] plain) {
    part(
        name,
        "OPENS",
        part(KEYS, NAME, row, salt, spec, plain),
        "row",
        Row.print(List.of(row)),
        "salt",
        hex(salt),
        "spec",
        hex(spec),
        "plain",
        hex(plain));
  }

  /** A part of this key spec and this row, which is sealed for this purpose. */
  private static byte[] byHand(int id, int purpose, byte[] clear) {
    byte[] row = EbtiByHand.row(UID, id, purpose, MAIN.key(), FIRST.salt(), FIRST.dataKey());
    byte[] head = join("TDESTAT".getBytes(UTF_8), new byte[] {1}, UID, row, SALT);
    DataKey key = DataKey.of(0, "by hand", FIRST.dataKey(), TestKeys.HKDF);
    byte[] context = join(UID, NAME.getBytes(UTF_8));
    return join(head, EbtiByHand.seal(key, KeyUse.STATISTICS, SALT, context, 32, 0, head, clear));
  }

  static void print() {
    for (int length : new int[] {0, 1, 300}) {
      Row row = length == 1 ? new Row(0, "key-1", ADDED.dataKey(), ADDED.salt()) : FIRST;
      opens("of-" + length + "-bytes", row, bytes(16, 0x50 + length), SPEC, bytes(length, 1));
    }
    KeySpec all =
        new KeySpec(ProviderKind.KMIP, "vectors", "ns", CipherSpec.AES_128, "template", null);
    opens("of-a-namespace-and-a-template", FIRST, SALT, KeySpecCodec.encode(all), PLAIN);
    KeySpec local = KeySpec.local("/etc/keys/größer", CipherSpec.AES_192);
    opens("of-a-local-key", FIRST, SALT, KeySpecCodec.encode(local), PLAIN);
    rejected();
  }

  private static void rejected() {
    byte[] sealed = part(KEYS, NAME, FIRST, SALT, SPEC, PLAIN);
    int row = 24;
    int salt = row + 94;
    String malformed = "MALFORMED";
    part("of-no-bytes-at-all", malformed, new byte[0]);
    part("other-magic", malformed, changed(sealed, 0, 1));
    part("of-23-bytes", malformed, Arrays.copyOf(sealed, 23));
    part("version-2", malformed, changed(sealed, 7, 3));
    part("that-ends-within-its-row", malformed, Arrays.copyOf(sealed, salt - 1));
    part("that-ends-within-its-tag", malformed, Arrays.copyOf(sealed, salt + 31));
    part("key-id-form-2", malformed, changed(sealed, row + 4, 2));
    part("with-a-key-of-the-carrier", malformed, byHand(0, 0, join(shorts(SPEC.length), SPEC)));
    part("with-an-added-key", malformed, byHand(0, 1, join(shorts(SPEC.length), SPEC)));
    part("with-data-key-1", malformed, byHand(1, 2, join(shorts(SPEC.length), SPEC)));

    part("changed-check-value", "WRONG_KEY", changed(sealed, row + 9, 1));

    String forged = "NOT_AUTHENTIC";
    part("changed-wrapped-key", forged, changed(sealed, row + 46, 1));
    part("changed-tag-of-the-key", forged, changed(sealed, salt - 1, 1));
    part("changed-salt", forged, changed(sealed, salt, 1));
    part("changed-ciphertext", forged, changed(sealed, salt + 16, 1));
    part("changed-tag", forged, changed(sealed, sealed.length - 1, 1));
    part("shorter", forged, Arrays.copyOf(sealed, sealed.length - 1));
    part("longer", forged, Arrays.copyOf(sealed, sealed.length + 1));
    part(
        "that-is-another-part",
        forged,
        part(KEYS, "Statistics.db/HEADER", FIRST, SALT, SPEC, PLAIN));
    part("of-another-sstable", forged, part(OTHER, NAME, FIRST, SALT, SPEC, PLAIN));
    byte[] moved = part(OTHER, NAME, FIRST, SALT, SPEC, PLAIN);
    System.arraycopy(UID, 0, moved, 8, UID.length);
    part("of-another-sstable-with-this-uid", forged, moved);

    String unfit = "UNFIT";
    part("without-a-key-spec", unfit, byHand(0, 2, new byte[1]));
    part("key-spec-beyond-the-end", unfit, byHand(0, 2, shorts(1)));
    part(
        "key-spec-that-is-cut-off",
        unfit,
        byHand(0, 2, join(shorts(SPEC.length - 1), SPEC, PLAIN)));
    part(
        "key-spec-of-an-unknown-provider",
        unfit,
        byHand(0, 2, join(shorts(SPEC.length), changed(SPEC, 2, 1))));
    part(
        "key-spec-of-17-bits",
        unfit,
        byHand(0, 2, join(shorts(SPEC.length), changed(SPEC, SPEC.length - 1, 0x11))));
    Wrapping weak = new Wrapping("weak", bytes(16, 0x92));
    byte[] strong = EbtiByHand.row(UID, 0, 2, weak.key(), FIRST.salt(), FIRST.dataKey());
    EbtiVectorGenerator.print(
        "part-whose-data-key-is-longer-than-its-wrapping-key",
        "part",
        unfit,
        "keys",
        Wrapping.print(List.of(weak)),
        "carrier",
        hex(KEYS.carrier().encode()),
        "name",
        NAME,
        "sealed",
        hex(join("TDESTAT".getBytes(UTF_8), new byte[] {1}, UID, strong, SALT, bytes(40, 3))));
  }
}
