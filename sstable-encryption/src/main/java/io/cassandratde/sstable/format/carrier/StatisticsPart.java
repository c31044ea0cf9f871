package io.cassandratde.sstable.format.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.KeyFinder;
import io.cassandratde.sstable.format.KeySpecCodec;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.Subkey;
import io.cassandratde.sstable.format.UnknownVersionException;
import io.cassandratde.sstable.format.carrier.WrappedKey.Purpose;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;

/**
 * One sealed part of a Statistics.db. It opens by itself and can be sealed again by itself: the
 * importer and the offline tools read and rewrite this file through descriptors of Cassandra's own,
 * whose serializers are told neither file nor SSTable, so no carrier can be found there. Each part
 * therefore has a data key of its own, wrapped beside it, and says within which key spec the key
 * that wraps it belongs to.
 *
 * <pre>
 * magic 7 | version 1 | uid 16 | row | salt 16 | ciphertext | tag 16
 * in clear: n 2 | key spec n | Cassandra's bytes
 * </pre>
 *
 * All before the ciphertext is additional authenticated data; the subkey is bound to the SSTable
 * and to what the part is. Data key and salt are fresh each time, so the nonce can be zero.
 */
public final class StatisticsPart {

  private static final int VERSION = 1;
  private static final byte[] MAGIC = "TDESTAT".getBytes(UTF_8);
  private static final int SALT_BYTES = 16;
  private static final int TAG_BYTES = 16;
  private static final int UID_AT = MAGIC.length + 1;
  private static final int ROW_AT = UID_AT + SSTableUid.BYTES;

  private final SSTableUid uid;
  private final WrappedKey row;
  private final byte[] sealed;

  private StatisticsPart(SSTableUid uid, WrappedKey row, byte[] sealed) {
    this.uid = uid;
    this.row = row;
    this.sealed = sealed;
  }

  /**
   * Seals.
   *
   * @param name what the part is: {@code Statistics.db/STATS}
   * @param spec whose current key wraps, now and when the part is sealed again
   * @param current that key; asked again when it was wiped meanwhile
   */
  public static byte[] seal(
      SSTableUid uid,
      String name,
      KeySpec spec,
      byte[] plain,
      Supplier<DataKey> current,
      Salts salts,
      Hkdf hkdf,
      Provider provider) {
    return WrappedKey.withNewKey(
        current,
        salts,
        (wrapping, material) -> {
          WrappedKey row =
              WrappedKey.seal(uid, 0, Purpose.STATISTICS, material, wrapping, salts, provider);
          byte[] salt = new byte[SALT_BYTES];
          salts.fill(salt);
          byte[] specBytes = KeySpecCodec.encode(spec);
          byte[] clear =
              ByteBuffer.allocate(2 + specBytes.length + plain.length)
                  .putShort((short) specBytes.length)
                  .put(specBytes)
                  .put(plain)
                  .array();
          ByteBuffer sealed =
              ByteBuffer.allocate(ROW_AT + row.length() + SALT_BYTES + clear.length + TAG_BYTES)
                  .put(MAGIC)
                  .put((byte) VERSION);
          row.write(uid.write(sealed));
          sealed.put(salt);
          Subkey subkey = subkey(uid, material, salt, name, hkdf);
          try {
            return sealClear(name, sealed.array(), clear, sealed.position(), subkey, provider);
          } finally {
            subkey.retire();
            Arrays.fill(clear, (byte) 0);
          }
        });
  }

  /** Puts the sealed bytes behind those that are there. */
  private static byte[] sealClear(
      String name, byte[] sealed, byte[] clear, int at, Subkey subkey, Provider provider) {
    byte[] aad = Arrays.copyOf(sealed, at);
    int length = new Gcm(provider).seal(subkey, 0, aad, clear, 0, clear.length, sealed, at);
    if (length != clear.length + TAG_BYTES) {
      throw new IllegalStateException(name + " was sealed to " + length + " bytes");
    }
    return sealed;
  }

  /**
   * Reads what stands in clear, not authentic before {@link #open}.
   *
   * @throws CorruptCarrierException these are no sealed bytes
   */
  public static StatisticsPart parse(byte[] sealed) throws CorruptCarrierException {
    if (sealed.length < MAGIC.length
        || !Arrays.equals(sealed, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new CorruptCarrierException("a sealed part does not begin with TDESTAT");
    }
    if (sealed.length <= MAGIC.length || sealed[MAGIC.length] != VERSION) {
      throw new CorruptCarrierException(
          "a sealed part of another version than "
              + VERSION
              + ": was it written by a newer cassandra-tde?",
          sealed.length <= MAGIC.length
              ? null
              : UnknownVersionException.ofVersion(
                  "part of Statistics.db", sealed[MAGIC.length], VERSION));
    }
    if (sealed.length < ROW_AT) {
      throw new CorruptCarrierException("a sealed part of " + sealed.length + " bytes");
    }
    ByteBuffer from = ByteBuffer.wrap(sealed);
    SSTableUid uid = SSTableUid.read(from.position(UID_AT));
    WrappedKey row = WrappedKey.read(from);
    if (row.purpose() != Purpose.STATISTICS || row.id() != 0) {
      throw new CorruptCarrierException("a sealed part holds " + row + ", which is not its own");
    }
    if (from.remaining() < SALT_BYTES + TAG_BYTES) {
      throw new CorruptCarrierException("a sealed part ends within its salt or tag");
    }
    return new StatisticsPart(uid, row, sealed);
  }

  /** Whose it is; authentic once it opened. */
  public SSTableUid uid() {
    return uid;
  }

  /** The key server's key that it cannot be opened without. */
  public KeyReference wrappedBy() {
    return row.wrappedBy();
  }

  /** What was sealed. */
  public static final class Opened {
    private final KeySpec spec;
    private final byte[] plain;

    private Opened(KeySpec spec, byte[] plain) {
      this.spec = spec;
      this.plain = plain;
    }

    /** Whose current key seals it again. */
    public KeySpec spec() {
      return spec;
    }

    /** Cassandra's bytes. */
    public byte[] plain() {
      return plain;
    }
  }

  /**
   * Opens.
   *
   * @param name what the part is
   * @throws CorruptCarrierException they are not what was sealed as that
   * @throws io.cassandratde.keys.KeyException the key cannot be had: no corruption
   */
  public Opened open(String name, KeyFinder finder, Hkdf hkdf, Provider provider)
      throws CorruptCarrierException {
    int saltAt = ROW_AT + row.length();
    int start = saltAt + SALT_BYTES;
    byte[] material = row.unwrap(uid, finder, provider);
    Subkey subkey = subkey(uid, material, Arrays.copyOfRange(sealed, saltAt, start), name, hkdf);
    try {
      return split(name, openClear(name, sealed, start, subkey, provider));
    } catch (AEADBadTagException e) {
      throw CorruptCarrierException.notAuthentic(
          name + " of SSTable " + uid + " fails authentication: it was changed after sealing", e);
    } finally {
      subkey.retire();
      Arrays.fill(material, (byte) 0);
    }
  }

  private static byte[] openClear(
      String name, byte[] sealed, int start, Subkey subkey, Provider provider)
      throws AEADBadTagException {
    byte[] clear = new byte[sealed.length - start - TAG_BYTES];
    byte[] aad = Arrays.copyOf(sealed, start);
    int length =
        new Gcm(provider).open(subkey, 0, aad, sealed, start, sealed.length - start, clear, 0);
    if (length != clear.length) {
      throw new IllegalStateException(name + " was opened to " + length + " bytes");
    }
    return clear;
  }

  private static Opened split(String name, byte[] clear) throws CorruptCarrierException {
    ByteBuffer from = ByteBuffer.wrap(clear);
    int length = clear.length < 2 ? -1 : Short.toUnsignedInt(from.getShort());
    if (length < 0 || length > from.remaining()) {
      throw CorruptCarrierException.unfit(name + " has no key spec before its bytes");
    }
    try {
      KeySpec spec = KeySpecCodec.decode(from.slice(2, length));
      return new Opened(spec, Arrays.copyOfRange(clear, 2 + length, clear.length));
    } catch (IllegalArgumentException e) {
      throw CorruptCarrierException.unfit(name + ": " + e.getMessage());
    }
  }

  private static Subkey subkey(
      SSTableUid uid, byte[] material, byte[] salt, String name, Hkdf hkdf) {
    DataKey key = DataKey.of(0, name, material, hkdf);
    byte[] text = name.getBytes(UTF_8);
    byte[] context =
        uid.write(ByteBuffer.allocate(SSTableUid.BYTES + text.length)).put(text).array();
    try {
      return new Subkey(key.derive(KeyUse.STATISTICS, salt, context, material.length));
    } finally {
      key.retire();
    }
  }
}
