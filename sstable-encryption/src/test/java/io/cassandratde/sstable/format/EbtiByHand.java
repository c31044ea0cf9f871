package io.cassandratde.sstable.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Layouts of docs/FORMAT-EBTI.md put together byte by byte and sealed with the right keys: what no
 * writer makes, and yet is authentic.
 */
final class EbtiByHand {

  private EbtiByHand() {}

  static byte[] seal(
      DataKey key,
      KeyUse use,
      byte[] salt,
      byte[] context,
      int bytes,
      int counter,
      byte[] aad,
      byte[] plain) {
    byte[] sealed = new byte[plain.length + 16];
    Subkey subkey = new Subkey(key.derive(use, salt, context, bytes));
    int length =
        new Gcm(TestKeys.sunJce()).seal(subkey, counter, aad, plain, 0, plain.length, sealed, 0);
    if (length != sealed.length) {
      throw new AssertionError("sealed " + length + " bytes");
    }
    return sealed;
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  static byte[] shorts(int value) {
    return ByteBuffer.allocate(2).putShort((short) value).array();
  }

  static byte[] ints(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  static byte[] longs(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  /** A row, with the wrapping key that its reference names. */
  static byte[] row(
      byte[] uid, int id, int purpose, DataKey wrapping, byte[] salt, byte[] dataKey) {
    KeyReference reference = wrapping.reference();
    byte[] name = KeyName.encode(reference);
    byte[] head =
        join(
            shorts(id),
            new byte[] {
              (byte) purpose,
              (byte) (wrapping instanceof HeldKey ? 2 : 1),
              (byte) KeyName.form(reference)
            },
            name,
            salt,
            new byte[] {(byte) dataKey.length});
    if (wrapping instanceof HeldKey held) {
      return join(head, held.seal(salt, join(uid, head), dataKey));
    }
    return join(head, seal(wrapping, KeyUse.WRAP, salt, name, 32, 0, join(uid, head), dataKey));
  }

  static byte[] carrier(byte[] uid, byte[]... rows) {
    return mended(
        join(
            "TDECARR".getBytes(UTF_8),
            new byte[] {1},
            uid,
            shorts(rows.length),
            join(rows),
            ints(0)));
  }

  /** With the right checksum at its end. */
  static byte[] mended(byte[] carrier) {
    byte[] mended = carrier.clone();
    CRC32 crc = new CRC32();
    crc.update(mended, 0, mended.length - 4);
    ByteBuffer.wrap(mended).putInt(mended.length - 4, (int) crc.getValue());
    return mended;
  }

  static byte[] uid(SSTableKeys keys) {
    return keys.uid().write(ByteBuffer.allocate(16)).array();
  }

  private static byte[] context(SSTableKeys keys, int keyId, String name) {
    return join(uid(keys), shorts(keyId), name.getBytes(UTF_8));
  }

  /** The header of an extent under data key 0. */
  static byte[] header(SSTableKeys keys, byte[] salt, int shift, int continues, byte[] previous) {
    return join(
        "TDEPAGE".getBytes(UTF_8),
        new byte[] {1},
        uid(keys),
        salt,
        shorts(0),
        new byte[] {(byte) shift, (byte) continues},
        ints(0),
        previous);
  }

  /**
   * An extent of these pages, the last of them flagged so; their counters begin at {@code counter}.
   */
  static byte[] extent(
      SSTableKeys keys, String component, byte[] header, int counter, List<byte[]> pages)
      throws IOException {
    DataKey key = keys.key(0);
    byte[] salt = Arrays.copyOfRange(header, 24, 40);
    byte[] all = header;
    long total = 0;
    for (int i = 0; i < pages.size(); i++) {
      boolean last = i == pages.size() - 1;
      total += pages.get(i).length;
      byte[] aad =
          join(header, longs(i), new byte[] {(byte) (last ? 1 : 0)}, longs(last ? total : 0));
      all =
          join(
              all,
              ints(counter + i),
              seal(
                  key,
                  KeyUse.PAGE,
                  salt,
                  context(keys, 0, component),
                  key.bits() / 8,
                  counter + i,
                  aad,
                  pages.get(i)));
    }
    return ended(all);
  }

  /** With the trailer behind it. */
  static byte[] ended(byte[] extent) {
    return join(extent, longs(extent.length + 12L), "TDEX".getBytes(UTF_8));
  }

  /** A chunk with these flags, under data key 0. */
  static byte[] chunk(
      SSTableKeys keys, byte[] salt, int flags, int ordinal, int counter, byte[] payload)
      throws IOException {
    DataKey key = keys.key(0);
    byte[] head = join(new byte[] {(byte) flags}, ints(ordinal), ints(counter));
    return join(
        head,
        seal(
            key,
            KeyUse.SSTABLE_CHUNK,
            salt,
            context(keys, 0, ""),
            key.bits() / 8,
            counter,
            join(uid(keys), salt, shorts(0), head),
            payload));
  }
}
