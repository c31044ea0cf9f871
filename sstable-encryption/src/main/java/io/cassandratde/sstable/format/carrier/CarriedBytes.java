package io.cassandratde.sstable.format.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.Subkey;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * A few bytes that are sealed together with the carrier that opens them, for readers who know no
 * carrier component: Cassandra's tools and its importer read and rewrite Statistics.db by
 * themselves.
 *
 * <pre>
 * magic 7 | version 1 | n 4 | carrier n | data key id 2 | salt 16 | ciphertext | tag 16
 * </pre>
 *
 * All before the ciphertext is additional authenticated data; the subkey is bound to the SSTable
 * and to what the bytes are. The salt is fresh each time, so the nonce can be zero.
 */
public final class CarriedBytes {

  private static final int VERSION = 1;
  private static final byte[] MAGIC = "TDESTAT".getBytes(UTF_8);
  private static final int SALT_BYTES = 16;
  private static final int TAG_BYTES = 16;
  private static final int CARRIER_AT = MAGIC.length + 1 + 4;
  private static final int FIXED_BYTES = CARRIER_AT + 2 + SALT_BYTES + TAG_BYTES;

  private CarriedBytes() {}

  /** How long so many bytes are when they are sealed with this carrier. */
  public static int sealedLength(Carrier carrier, int length) {
    return FIXED_BYTES + carrier.encode().length + length;
  }

  /**
   * Seals.
   *
   * @param what the bytes are, which they are bound to
   */
  public static byte[] seal(
      SSTableKeys keys, int keyId, String what, byte[] plain, Salts salts, Provider provider)
      throws CorruptCarrierException {
    byte[] carrier = keys.carrier().encode();
    byte[] salt = new byte[SALT_BYTES];
    salts.fill(salt);
    ByteBuffer sealed = ByteBuffer.allocate(FIXED_BYTES + carrier.length + plain.length);
    sealed
        .put(MAGIC)
        .put((byte) VERSION)
        .putInt(carrier.length)
        .put(carrier)
        .putShort((short) keyId)
        .put(salt);
    byte[] aad = Arrays.copyOf(sealed.array(), sealed.position());
    Subkey subkey = subkey(keys, keyId, salt, what);
    try {
      new Gcm(provider)
          .seal(subkey, 0, aad, plain, 0, plain.length, sealed.array(), sealed.position());
    } finally {
      subkey.retire();
    }
    return sealed.array();
  }

  /** Whether these bytes were sealed at all; plain ones of Cassandra never begin so. */
  public static boolean isSealed(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * The carrier within, not authentic before {@link #open}.
   *
   * @throws CorruptCarrierException these are no sealed bytes
   */
  public static Carrier carrier(byte[] sealed) throws CorruptCarrierException {
    if (!isSealed(sealed) || sealed.length < FIXED_BYTES) {
      throw new CorruptCarrierException(
          "sealed bytes: " + sealed.length + " that do not begin with TDESTAT, or end too early");
    }
    if (sealed[MAGIC.length] != VERSION) {
      throw new CorruptCarrierException(
          "sealed bytes of version "
              + (sealed[MAGIC.length] & 0xFF)
              + "; this reader knows version "
              + VERSION
              + ": were they written by a newer cassandra-tde?");
    }
    int length = ByteBuffer.wrap(sealed).getInt(MAGIC.length + 1);
    if (length < 0 || length > sealed.length - FIXED_BYTES) {
      throw new CorruptCarrierException("sealed bytes: a carrier of " + length + " bytes");
    }
    Carrier carrier = Carrier.parse(Arrays.copyOfRange(sealed, CARRIER_AT, CARRIER_AT + length));
    if (carrier.isPlain()) {
      throw new CorruptCarrierException("sealed bytes: their carrier has no data key");
    }
    return carrier;
  }

  /**
   * Opens.
   *
   * @param keys of the {@link #carrier} within
   * @throws CorruptCarrierException they are not what was sealed
   */
  public static byte[] open(SSTableKeys keys, String what, byte[] sealed, Provider provider)
      throws CorruptCarrierException {
    int idAt = CARRIER_AT + ByteBuffer.wrap(sealed).getInt(MAGIC.length + 1);
    int start = idAt + 2 + SALT_BYTES;
    int keyId = Short.toUnsignedInt(ByteBuffer.wrap(sealed).getShort(idAt));
    byte[] salt = Arrays.copyOfRange(sealed, idAt + 2, start);
    byte[] plain = new byte[sealed.length - start - TAG_BYTES];
    Subkey subkey = subkey(keys, keyId, salt, what);
    try {
      new Gcm(provider)
          .open(
              subkey,
              0,
              Arrays.copyOf(sealed, start),
              sealed,
              start,
              sealed.length - start,
              plain,
              0);
      return plain;
    } catch (AEADBadTagException e) {
      throw CorruptCarrierException.notAuthentic(
          what
              + " of SSTable "
              + keys.uid()
              + " fails authentication: it was changed after sealing",
          e);
    } finally {
      subkey.retire();
    }
  }

  private static Subkey subkey(SSTableKeys keys, int keyId, byte[] salt, String what)
      throws CorruptCarrierException {
    DataKey key = keys.key(keyId);
    byte[] name = what.getBytes(UTF_8);
    byte[] context =
        keys.uid()
            .write(ByteBuffer.allocate(SSTableUid.BYTES + 2 + name.length))
            .putShort((short) keyId)
            .put(name)
            .array();
    return new Subkey(key.derive(KeyUse.CARRIED, salt, context, key.bits() / 8));
  }
}
