package io.cassandratde.sstable.format.carrier;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.KeyFinder;
import io.cassandratde.sstable.format.KeyName;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.Subkey;
import io.cassandratde.sstable.format.UnknownVersionException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * One row of a carrier: a data key of the SSTable, wrapped.
 *
 * <pre>
 * id 2 | purpose 1 | algorithm 1 | form 1 | group tag 4 | check value 4 | key id | fresh 12 or 16 | n 1 | wrapped n | tag 16
 * |------------------------------------ AAD, after the SSTable's uid ------------------------------------|
 * </pre>
 */
public final class WrappedKey {

  static final int MAX_ID = 0xFFFF;

  private static final int FIXED_BYTES = 2 + 1 + 1 + 1;
  private static final int ALGORITHM_AT = 3;
  private static final int TAG_BYTES = 16;
  private static final int WRAP_KEY_BYTES = 32;

  /** How a data key is wrapped; the fresh bytes of each row are drawn for it alone. */
  private enum Algorithm {
    /**
     * AES-256-GCM under {@code HKDF(key, fresh, "wrap", name of the key)}. It wraps once, so the
     * nonce can be zero (docs/RULES.md R1).
     */
    HKDF(1, 16),
    /** AES-GCM by a {@link HeldKey} itself, wherever it is held; the fresh bytes are the nonce. */
    HELD(2, 12);

    private final int code;
    private final int freshBytes;

    Algorithm(int code, int freshBytes) {
      this.code = code;
      this.freshBytes = freshBytes;
    }

    static Algorithm of(DataKey wrapping) {
      return wrapping instanceof HeldKey ? HELD : HKDF;
    }

    static Algorithm of(int code, int id) throws CorruptCarrierException {
      for (Algorithm algorithm : values()) {
        if (algorithm.code == code) {
          return algorithm;
        }
      }
      String what = "wrapping algorithm " + code + " of data key " + id;
      throw new CorruptCarrierException(
          "bad carrier: " + what + "; this reader knows 1 and 2",
          new UnknownVersionException(what));
    }
  }

  /** What a data key is for; bound by the wrap. */
  public enum Purpose {
    /** All files that were written with the SSTable. */
    SSTABLE(0),
    /** A file that was added to a finished SSTable (docs/RULES.md R12). */
    ADDED(1),
    /** The part of Statistics.db that it stands in; never in a carrier. */
    STATISTICS(2);

    private final int code;

    Purpose(int code) {
      this.code = code;
    }
  }

  private final int id;
  private final Purpose purpose;
  private final KeyReference wrappedBy;
  private final byte[] bytes;

  /** Where the wrapped key begins in the row. */
  private final int wrappedAt;

  private WrappedKey(int id, Purpose purpose, KeyReference wrappedBy, byte[] bytes, int wrappedAt) {
    this.id = id;
    this.purpose = purpose;
    this.wrappedBy = wrappedBy;
    this.bytes = bytes;
    this.wrappedAt = wrappedAt;
  }

  /**
   * Wraps a data key.
   *
   * @throws IllegalArgumentException the wrapping key is weaker than the data key (docs/RULES.md
   *     R1)
   * @throws IllegalStateException the wrapping key was wiped meanwhile
   * @throws io.cassandratde.keys.KeyException who holds the wrapping key cannot wrap now
   */
  static WrappedKey seal(
      SSTableUid uid,
      int id,
      Purpose purpose,
      byte[] dataKey,
      DataKey wrapping,
      Salts salts,
      Provider provider) {
    if (isStronger(dataKey.length, wrapping)) {
      throw new IllegalArgumentException(tooWeak(dataKey.length, wrapping));
    }
    Algorithm algorithm = Algorithm.of(wrapping);
    byte[] fresh = new byte[algorithm.freshBytes];
    salts.fill(fresh);
    KeyReference reference = wrapping.reference();
    byte[] name = KeyName.encode(reference);
    int wrappedAt = FIXED_BYTES + name.length + fresh.length + 1;
    byte[] row = new byte[wrappedAt + dataKey.length + TAG_BYTES];
    ByteBuffer.wrap(row)
        .putShort((short) id)
        .put((byte) purpose.code)
        .put((byte) algorithm.code)
        .put((byte) KeyName.form(reference))
        .put(name)
        .put(fresh)
        .put((byte) dataKey.length);
    byte[] aad = aad(uid, row, wrappedAt);
    if (wrapping instanceof HeldKey held) {
      byte[] sealed = held.seal(fresh, aad, dataKey);
      if (sealed.length != dataKey.length + TAG_BYTES) {
        throw new KeyUnavailableException(
            reference + " wraps " + dataKey.length + " bytes to " + sealed.length);
      }
      System.arraycopy(sealed, 0, row, wrappedAt, sealed.length);
    } else {
      Subkey key = wrapKey(wrapping, fresh, name);
      try {
        new Gcm(provider).seal(key, 0, aad, dataKey, 0, dataKey.length, row, wrappedAt);
      } finally {
        key.retire();
      }
    }
    return new WrappedKey(id, purpose, reference, row, wrappedAt);
  }

  /** Makes something of a new data key, which is wiped afterwards. */
  interface Maker<T> {
    T make(DataKey wrapping, byte[] material);
  }

  /**
   * With a random data key as strong as the current key; once more when that was wiped meanwhile.
   */
  static <T> T withNewKey(Supplier<DataKey> current, Salts salts, Maker<T> maker) {
    return withCurrent(
        current,
        wrapping -> {
          byte[] material = new byte[wrapping.bits() / 8];
          try {
            salts.fill(material);
            return maker.make(wrapping, material);
          } finally {
            Arrays.fill(material, (byte) 0);
          }
        });
  }

  static <T> T withCurrent(Supplier<DataKey> current, Function<DataKey, T> use) {
    for (int attempt = 1; ; attempt++) {
      DataKey wrapping = current.get();
      try {
        return use.apply(wrapping);
      } catch (IllegalStateException wipedMeanwhile) {
        if (attempt >= KeyFinder.ATTEMPTS || !wrapping.isWiped()) {
          throw wipedMeanwhile;
        }
      }
    }
  }

  /**
   * The data key in clear; the caller wipes it.
   *
   * @throws CorruptCarrierException it is not what was wrapped for this SSTable
   * @throws io.cassandratde.keys.KeyException the wrapping key cannot be had: no corruption
   */
  byte[] unwrap(SSTableUid uid, KeyFinder finder, Provider provider)
      throws CorruptCarrierException {
    try {
      return finder.use(
          wrappedBy,
          "SSTable " + uid,
          wrapping -> {
            try {
              return open(uid, wrapping, provider);
            } catch (CorruptCarrierException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw (CorruptCarrierException) e.getCause();
    }
  }

  /** As {@link #unwrap}, under this very key. */
  byte[] open(SSTableUid uid, DataKey wrapping, Provider provider) throws CorruptCarrierException {
    Algorithm algorithm = Algorithm.of(bytes[ALGORITHM_AT], id);
    if (algorithm != Algorithm.of(wrapping)) {
      throw notAuthentic(uid, null);
    }
    byte[] dataKey;
    try {
      dataKey = opened(uid, algorithm, wrapping, provider);
    } catch (AEADBadTagException e) {
      throw notAuthentic(uid, e);
    }
    if (isStronger(dataKey.length, wrapping)) {
      Arrays.fill(dataKey, (byte) 0);
      throw CorruptCarrierException.unfit(tooWeak(dataKey.length, wrapping));
    }
    return dataKey;
  }

  private byte[] opened(SSTableUid uid, Algorithm algorithm, DataKey wrapping, Provider provider)
      throws AEADBadTagException {
    byte[] fresh = Arrays.copyOfRange(bytes, wrappedAt - 1 - algorithm.freshBytes, wrappedAt - 1);
    byte[] aad = aad(uid, bytes, wrappedAt);
    if (wrapping instanceof HeldKey held) {
      return held.open(fresh, aad, Arrays.copyOfRange(bytes, wrappedAt, bytes.length));
    }
    int length = bytes.length - wrappedAt;
    byte[] dataKey = new byte[length - TAG_BYTES];
    Subkey key = wrapKey(wrapping, fresh, KeyName.encode(wrappedBy));
    try {
      new Gcm(provider).open(key, 0, aad, bytes, wrappedAt, length, dataKey, 0);
    } finally {
      key.retire();
    }
    return dataKey;
  }

  private CorruptCarrierException notAuthentic(SSTableUid uid, @Nullable Throwable cause) {
    return CorruptCarrierException.notAuthentic(
        "data key "
            + id
            + " of SSTable "
            + uid
            + " does not unwrap under "
            + wrappedBy
            + ": its carrier was changed, or is another SSTable's",
        cause);
  }

  private static boolean isStronger(int dataKeyBytes, DataKey wrapping) {
    return dataKeyBytes * 8 > wrapping.bits();
  }

  private static String tooWeak(int dataKeyBytes, DataKey wrapping) {
    return wrapping.reference()
        + " has "
        + wrapping.bits()
        + " bits and may not wrap a key of "
        + dataKeyBytes * 8;
  }

  private static Subkey wrapKey(DataKey wrapping, byte[] salt, byte[] name) {
    return new Subkey(wrapping.derive(KeyUse.WRAP, salt, name, WRAP_KEY_BYTES));
  }

  private static byte[] aad(SSTableUid uid, byte[] row, int wrappedAt) {
    ByteBuffer aad = ByteBuffer.allocate(SSTableUid.BYTES + wrappedAt);
    return uid.write(aad).put(row, 0, wrappedAt).array();
  }

  /** Reads the next row. */
  static WrappedKey read(ByteBuffer from) throws CorruptCarrierException {
    int start = from.position();
    if (from.remaining() < FIXED_BYTES) {
      throw new CorruptCarrierException("bad carrier: it ends within a row");
    }
    int id = Short.toUnsignedInt(from.getShort());
    Purpose purpose = purpose(from.get());
    Algorithm algorithm = Algorithm.of(from.get(), id);
    KeyReference wrappedBy;
    try {
      wrappedBy = KeyName.decode(from.get(), from);
    } catch (CorruptChunkException e) {
      throw new CorruptCarrierException("bad carrier: " + e.getMessage(), e);
    }
    if (from.remaining() < algorithm.freshBytes + 1) {
      throw new CorruptCarrierException("bad carrier: it ends within a row");
    }
    from.position(from.position() + algorithm.freshBytes);
    int length = from.get();
    if (length != 16 && length != 24 && length != 32) {
      throw new CorruptCarrierException(
          "bad carrier: data key " + id + " of " + length + " bytes; AES has 16, 24 or 32");
    }
    int wrappedAt = from.position() - start;
    if (from.remaining() < length + TAG_BYTES) {
      throw new CorruptCarrierException("bad carrier: it ends within a row");
    }
    byte[] row = new byte[wrappedAt + length + TAG_BYTES];
    from.get(start, row);
    from.position(start + row.length);
    return new WrappedKey(id, purpose, wrappedBy, row, wrappedAt);
  }

  private static Purpose purpose(int code) throws CorruptCarrierException {
    for (Purpose purpose : Purpose.values()) {
      if (purpose.code == code) {
        return purpose;
      }
    }
    String what = "unknown purpose " + code + " of a data key";
    throw new CorruptCarrierException("bad carrier: " + what, new UnknownVersionException(what));
  }

  /** The number by which files name this data key. */
  public int id() {
    return id;
  }

  public Purpose purpose() {
    return purpose;
  }

  /** The key that this data key cannot be opened without. */
  public KeyReference wrappedBy() {
    return wrappedBy;
  }

  /** Whether a token alone unwraps it. */
  boolean isByToken() {
    return bytes[ALGORITHM_AT] == Algorithm.HELD.code;
  }

  int length() {
    return bytes.length;
  }

  void write(ByteBuffer to) {
    to.put(bytes);
  }

  @Override
  public String toString() {
    return "data key " + id + " (" + purpose + ") wrapped by " + wrappedBy;
  }
}
