package io.cassandratde.keys.replicated;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All data keys that seal or open something, as they leave the cluster, for one that is built again
 * from backups (docs/FORMAT-KEY-COPY.md): wrapped or sealed, never in clear.
 */
public final class KeyExport {

  private final Supplier<KeyTable> table;
  private final KeyOpener opener;
  private final Function<StoredKey, DataKey> open;
  private final Supplier<Instant> now;

  KeyExport(
      Supplier<KeyTable> table,
      KeyOpener opener,
      Function<StoredKey, DataKey> open,
      Supplier<Instant> now) {
    this.table = table;
    this.opener = opener;
    this.open = open;
    this.now = now;
  }

  /** As they are wrapped, each as a local copy has it: nobody can use them without those keys. */
  public List<byte[]> wrapped() {
    List<byte[]> copies = new ArrayList<>();
    for (StoredKey stored : exported()) {
      copies.add(CopyFormat.encode(new Copy(stored, now.get())));
    }
    return copies;
  }

  /**
   * Each under the current key of another master key alone, as a local copy of that one wrap.
   *
   * @param master its name in the configuration
   * @throws IllegalStateException it wraps one of them as it is: the export would be no other
   */
  public List<byte[]> under(String master) {
    MasterKeys masters = opener.masters(master);
    KeyReference by = masters.current();
    List<byte[]> copies = new ArrayList<>();
    for (StoredKey stored : exported()) {
      DataKeyRow row = stored.row();
      if (stored.wraps().get(0).wrapped().masterKey().equals(by)) {
        throw new IllegalStateException(
            "%s is wrapped under %s as it is, so that under %s nothing is saved: name another master key, or export as they are wrapped"
                .formatted(row.binding(), by, master));
      }
      DataKey key = open.apply(stored);
      try {
        WrappedKey wrapped =
            key.<WrappedKey>wrap(material -> ProvenWrap.of(masters, by, row.binding(), material));
        StoredKey alone = new StoredKey(row, List.of(new KeyWrap(now.get(), wrapped)));
        copies.add(CopyFormat.encode(new Copy(alone, now.get())));
      } finally {
        key.retire();
      }
    }
    return copies;
  }

  /**
   * Each sealed to a public key of X25519: whoever has the private one gets the data keys.
   *
   * @throws IllegalStateException it is no such key
   */
  public List<byte[]> sealedTo(byte[] recipient) {
    List<byte[]> sealed = new ArrayList<>();
    for (StoredKey stored : exported()) {
      DataKey key = open.apply(stored);
      try {
        sealed.add(
            key.<SealedKey>wrap(material -> SealedKey.seal(stored.row(), material, recipient))
                .bytes());
      } finally {
        key.retire();
      }
    }
    return sealed;
  }

  private List<StoredKey> exported() {
    List<StoredKey> keys = DataKeys.thatOpen(table.get());
    for (StoredKey key : keys) {
      if (key.wraps().isEmpty()) {
        throw new KeyNotFoundException(
            "%s of %s has no wrap in the table of data keys, so that an export would be without it: a node that has a local copy brings it back within minutes, once it is up"
                .formatted(key.row().binding(), key.row().line()));
      }
    }
    return keys;
  }
}
