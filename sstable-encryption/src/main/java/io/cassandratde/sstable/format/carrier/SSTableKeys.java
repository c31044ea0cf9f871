package io.cassandratde.sstable.format.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.KeyFinder;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.carrier.WrappedKey.Purpose;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of an SSTable. Files derive their subkeys from them and keep those alone.
 *
 * <p>Keys that come from a carrier are unwrapped when a file needs them, each by itself, and wiped
 * as soon as its subkey is derived; those of an SSTable that is being written stay until {@link
 * #close}, so that its files can be finished whatever becomes of the wrapping key. What a token
 * unwrapped stays too, for the token may be away when another file is opened (docs/RULES.md R20).
 */
public final class SSTableKeys implements KeySource, AutoCloseable {

  /** The data key of the files that are written with the SSTable. */
  public static final int FIRST = 0;

  private final Hkdf hkdf;
  private final Provider provider;

  /** Null: these keys were made here and are not to be had again once they are wiped. */
  private final @Nullable KeyFinder finder;

  private final Map<Integer, DataKey> unwrapped = new HashMap<>();
  private volatile Carrier carrier;

  private SSTableKeys(Carrier carrier, @Nullable KeyFinder finder, Hkdf hkdf, Provider provider) {
    this.carrier = carrier;
    this.finder = finder;
    this.hkdf = hkdf;
    this.provider = provider;
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
    return WrappedKey.withNewKey(
        current,
        salts,
        (wrapping, material) -> {
          WrappedKey row =
              WrappedKey.seal(uid, FIRST, Purpose.SSTABLE, material, wrapping, salts, provider);
          SSTableKeys keys = new SSTableKeys(new Carrier(uid, List.of(row)), null, hkdf, provider);
          keys.unwrapped.put(FIRST, keys.dataKey(FIRST, material));
          return keys;
        });
  }

  /** The keys of a carrier; none is asked for before a file needs it. */
  public static SSTableKeys open(Carrier carrier, KeyFinder finder, Hkdf hkdf, Provider provider) {
    return new SSTableKeys(carrier, finder, hkdf, provider);
  }

  /**
   * These keys and a new one, wrapped by the current key, for a file that joins a finished SSTable
   * (docs/RULES.md R12). Its id is the highest. This object stays usable and is closed on its own.
   */
  public synchronized SSTableKeys withAdded(
      Supplier<DataKey> current, Salts salts, Hkdf hkdf, Provider provider) {
    int id = highestId() + 1;
    if (id > WrappedKey.MAX_ID || carrier.rows().size() == Carrier.MAX_ROWS) {
      throw new IllegalStateException(
          "SSTable "
              + uid()
              + " has as many data keys as there may be: rewrite it with `nodetool upgradesstables"
              + " -a`");
    }
    return WrappedKey.withNewKey(
        current,
        salts,
        (wrapping, material) -> {
          WrappedKey row =
              WrappedKey.seal(uid(), id, Purpose.ADDED, material, wrapping, salts, provider);
          SSTableKeys more = new SSTableKeys(carrier.with(row), finder, hkdf, provider);
          if (finder == null) {
            more.unwrapped.putAll(unwrapped);
          }
          more.unwrapped.put(id, dataKey(id, material));
          return more;
        });
  }

  /** Puts a carrier on the disk and gives what stands there then. */
  public interface Store {
    Carrier replace(Carrier carrier) throws IOException;
  }

  /** As below, for all that another key than this one wraps. */
  public boolean rewrap(DataKey current, Salts salts, Store store) throws IOException {
    return rewrap(key -> !key.equals(current.reference()), current, salts, store);
  }

  /**
   * Wraps data keys under another key (docs/RULES.md R13, R16). The data keys stay, so files that
   * are sealed or half sealed stay as they are.
   *
   * @param old which wrapping keys are to be replaced
   * @param current leased by the caller, who waited for it without a lock
   * @return whether there was anything to do
   * @throws IOException what was read back does not open to the same keys
   * @throws io.cassandratde.keys.KeyException an old key cannot be had: nothing was changed
   */
  public synchronized boolean rewrap(
      Predicate<KeyReference> old, DataKey current, Salts salts, Store store) throws IOException {
    if (carrier.rows().stream().noneMatch(row -> old.test(row.wrappedBy()))) {
      return false;
    }
    try {
      List<WrappedKey> rows = new ArrayList<>();
      for (WrappedKey row : carrier.rows()) {
        rows.add(old.test(row.wrappedBy()) ? wrapped(row, current, salts) : row);
      }
      Carrier written = new Carrier(uid(), rows);
      requireSameKeys(written, old, current);
      Carrier there = store.replace(written);
      if (!Arrays.equals(there.encode(), written.encode())) {
        throw CorruptCarrierException.notAuthentic(
            "the carrier of SSTable " + uid() + " was read back other than it was written", null);
      }
      requireSameKeys(there, old, current);
      carrier = there;
      return true;
    } finally {
      wipeOpened();
    }
  }

  private WrappedKey wrapped(WrappedKey row, DataKey by, Salts salts)
      throws CorruptCarrierException {
    return key(row.id())
        .wrap(
            material ->
                WrappedKey.seal(uid(), row.id(), row.purpose(), material, by, salts, provider));
  }

  /** The canary: whatever {@code old} wrapped comes out of this carrier under the new key. */
  private void requireSameKeys(Carrier other, Predicate<KeyReference> old, DataKey by)
      throws CorruptCarrierException {
    for (WrappedKey before : carrier.rows()) {
      WrappedKey row = other.row(before.id());
      if (!old.test(before.wrappedBy()) || row == null) {
        continue;
      }
      byte[] opened = row.open(uid(), by, provider);
      boolean same = key(row.id()).wrap(material -> MessageDigest.isEqual(material, opened));
      Arrays.fill(opened, (byte) 0);
      if (!same) {
        throw CorruptCarrierException.notAuthentic(
            "the carrier of SSTable " + uid() + " does not open to the data keys of before", null);
      }
    }
  }

  private DataKey dataKey(int id, byte[] material) {
    return DataKey.of(0, "sstable/" + uid() + '/' + id, material, hkdf);
  }

  public SSTableUid uid() {
    return carrier().uid();
  }

  /** Never waits, as those who derive from a key may. */
  public Carrier carrier() {
    return carrier;
  }

  public int highestId() {
    List<WrappedKey> rows = carrier().rows();
    return rows.get(rows.size() - 1).id();
  }

  /**
   * A subkey's bytes, derived from a data key and bound to SSTable, data key and file.
   *
   * @param name what is bound besides; empty: nothing
   * @param length in bytes; 0: as the data key
   * @throws CorruptCarrierException the carrier has no such key, or it is not what was wrapped
   * @throws io.cassandratde.keys.KeyException its wrapping key cannot be had: no corruption
   */
  public synchronized byte[] derive(int id, KeyUse use, byte[] salt, String name, int length)
      throws CorruptCarrierException {
    byte[] text = name.getBytes(UTF_8);
    byte[] context =
        uid()
            .write(ByteBuffer.allocate(SSTableUid.BYTES + 2 + text.length))
            .putShort((short) id)
            .put(text)
            .array();
    DataKey key = key(id);
    try {
      return key.derive(use, salt, context, length == 0 ? key.bits() / 8 : length);
    } finally {
      wipeOpened();
    }
  }

  /**
   * The data key of this number, in clear in this process until the next {@link #derive} or {@link
   * #close}.
   *
   * @throws CorruptCarrierException the carrier has none: it is older than the file that asks, or
   *     was changed
   * @throws io.cassandratde.keys.KeyException its wrapping key cannot be had: no corruption
   */
  public synchronized DataKey key(int id) throws CorruptCarrierException {
    DataKey there = unwrapped.get(id);
    if (there != null) {
      return there;
    }
    WrappedKey row = carrier.row(id);
    if (row == null) {
      throw CorruptCarrierException.notAuthentic(
          "the carrier of SSTable "
              + uid()
              + " has no data key "
              + id
              + ": it is older than the file, or was changed",
          null);
    }
    if (finder == null) {
      throw new IllegalStateException("the keys of SSTable " + uid() + " were closed");
    }
    byte[] material = row.unwrap(uid(), finder, provider);
    try {
      DataKey key = dataKey(id, material);
      unwrapped.put(id, key);
      return key;
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  @Override
  public SSTableKeys keysWith(int keyId) {
    return this;
  }

  /** What can be had again at any time. */
  private void wipeOpened() {
    if (finder != null) {
      unwrapped
          .entrySet()
          .removeIf(
              each -> {
                boolean goes = !staysUnwrapped(each.getKey());
                if (goes) {
                  each.getValue().retire();
                }
                return goes;
              });
    }
  }

  private boolean staysUnwrapped(int id) {
    WrappedKey row = carrier.row(id);
    return row != null && row.isByToken();
  }

  /** Takes over what a token unwrapped for an earlier state of the carrier: data keys stay. */
  public synchronized void takeOver(SSTableKeys earlier) {
    synchronized (earlier) {
      earlier
          .unwrapped
          .entrySet()
          .removeIf(
              each ->
                  staysUnwrapped(each.getKey())
                      && unwrapped.putIfAbsent(each.getKey(), each.getValue()) == null);
    }
  }

  @Override
  public synchronized void close() {
    unwrapped.values().forEach(DataKey::retire);
    unwrapped.clear();
  }

  @Override
  public String toString() {
    return "SSTableKeys[" + carrier() + "]";
  }
}
