package io.cassandratde.sstable.format.carrier;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.sstable.format.KeyFinder;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.carrier.WrappedKey.Purpose;
import java.io.UncheckedIOException;
import java.security.Provider;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An SSTable's data keys, unwrapped. Files derive their subkeys from them; closing wipes them,
 * which ends no file that is open.
 */
public final class SSTableKeys implements KeySource, AutoCloseable {

  /** The data key of the files that are written with the SSTable. */
  public static final int FIRST = 0;

  private final Carrier carrier;
  private final Map<Integer, DataKey> keys;

  private SSTableKeys(Carrier carrier, Map<Integer, DataKey> keys) {
    this.carrier = carrier;
    this.keys = keys;
  }

  /**
   * A new SSTable: a random uid, and a random data key as strong as the current key, which wraps
   * it.
   *
   * @param current the key that wraps; asked again when it was wiped meanwhile
   */
  public static SSTableKeys create(
      Supplier<DataKey> current, Salts salts, Hkdf hkdf, Provider provider) {
    SSTableUid uid = SSTableUid.random(salts);
    return withNewKey(
        current,
        salts,
        (wrapping, material) -> {
          WrappedKey row =
              WrappedKey.seal(uid, FIRST, Purpose.SSTABLE, material, wrapping, salts, provider);
          Map<Integer, DataKey> keys = new HashMap<>();
          keys.put(FIRST, dataKey(uid, FIRST, material, hkdf));
          return new SSTableKeys(new Carrier(uid, java.util.List.of(row)), keys);
        });
  }

  /**
   * These keys and a new one, wrapped by the current key, for a file that joins a finished SSTable
   * (docs/RULES.md R12). Its id is the highest of {@link #carrier()}'s rows. This object stays
   * usable and is closed on its own.
   */
  public SSTableKeys withAdded(
      Supplier<DataKey> current, Salts salts, Hkdf hkdf, Provider provider) {
    int id = highestId() + 1;
    if (id > WrappedKey.MAX_ID) {
      throw new IllegalStateException("SSTable " + uid() + " has no data key id left: rewrite it");
    }
    return withNewKey(
        current,
        salts,
        (wrapping, material) -> {
          WrappedKey row =
              WrappedKey.seal(uid(), id, Purpose.ADDED, material, wrapping, salts, provider);
          Map<Integer, DataKey> more = new HashMap<>(keys);
          more.put(id, dataKey(uid(), id, material, hkdf));
          return new SSTableKeys(carrier.with(row), more);
        });
  }

  private interface Maker {
    SSTableKeys make(DataKey wrapping, byte[] material);
  }

  private static SSTableKeys withNewKey(Supplier<DataKey> current, Salts salts, Maker maker) {
    for (int attempt = 1; ; attempt++) {
      DataKey wrapping = current.get();
      byte[] material = new byte[wrapping.bits() / 8];
      try {
        salts.fill(material);
        return maker.make(wrapping, material);
      } catch (IllegalStateException wipedMeanwhile) {
        if (attempt >= KeyFinder.ATTEMPTS || !wrapping.isWiped()) {
          throw wipedMeanwhile;
        }
      } finally {
        Arrays.fill(material, (byte) 0);
      }
    }
  }

  /**
   * Unwraps all data keys of a carrier.
   *
   * @throws CorruptCarrierException a row is not what was wrapped for this SSTable
   * @throws io.cassandratde.keys.KeyException a wrapping key cannot be had: no corruption
   */
  public static SSTableKeys open(Carrier carrier, KeyFinder finder, Hkdf hkdf, Provider provider)
      throws CorruptCarrierException {
    Map<Integer, DataKey> keys = new HashMap<>();
    boolean done = false;
    try {
      for (WrappedKey row : carrier.rows()) {
        byte[] material = unwrap(carrier.uid(), row, finder, provider);
        try {
          keys.put(row.id(), dataKey(carrier.uid(), row.id(), material, hkdf));
        } finally {
          Arrays.fill(material, (byte) 0);
        }
      }
      done = true;
      return new SSTableKeys(carrier, keys);
    } finally {
      if (!done) {
        keys.values().forEach(DataKey::retire);
      }
    }
  }

  private static byte[] unwrap(SSTableUid uid, WrappedKey row, KeyFinder finder, Provider provider)
      throws CorruptCarrierException {
    try {
      return finder.use(
          row.wrappedBy(),
          "SSTable " + uid,
          wrapping -> {
            try {
              return row.open(uid, wrapping, provider);
            } catch (CorruptCarrierException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw (CorruptCarrierException) e.getCause();
    }
  }

  private static DataKey dataKey(SSTableUid uid, int id, byte[] material, Hkdf hkdf) {
    return DataKey.of(0, "sstable/" + uid + '/' + id, material, hkdf);
  }

  public SSTableUid uid() {
    return carrier.uid();
  }

  public Carrier carrier() {
    return carrier;
  }

  public int highestId() {
    return carrier.rows().get(carrier.rows().size() - 1).id();
  }

  /**
   * The data key of this number.
   *
   * @throws CorruptCarrierException the carrier has none: it is older than the file that asks, or
   *     was changed
   */
  public DataKey key(int id) throws CorruptCarrierException {
    DataKey key = keys.get(id);
    if (key == null) {
      throw CorruptCarrierException.notAuthentic(
          "the carrier of SSTable "
              + uid()
              + " has no data key "
              + id
              + ": it is older than the file, or was changed",
          null);
    }
    return key;
  }

  @Override
  public SSTableKeys keysWith(int keyId) {
    return this;
  }

  @Override
  public void close() {
    keys.values().forEach(DataKey::retire);
  }

  @Override
  public String toString() {
    return "SSTableKeys[" + carrier + "]";
  }
}
