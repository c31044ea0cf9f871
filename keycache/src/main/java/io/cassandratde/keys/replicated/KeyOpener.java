package io.cassandratde.keys.replicated;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.TamperedKeyException;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.MasterKeys;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens data keys by their master keys: the newest wrap first, then those before it. Nothing that
 * is stored is believed before a wrap has opened for the very row and to its check value.
 */
final class KeyOpener {

  private static final Logger logger = LoggerFactory.getLogger(KeyOpener.class);

  private final Function<String, MasterKeys> masters;
  private final Hkdf hkdf;
  private final ToldOnce told = new ToldOnce();

  KeyOpener(Function<String, MasterKeys> masters, Hkdf hkdf) {
    this.masters = masters;
    this.hkdf = hkdf;
  }

  /**
   * By its name.
   *
   * @throws io.cassandratde.keys.KeyConfigException there is none
   */
  MasterKeys masters(String name) {
    return masters.apply(name);
  }

  DataKey key(DataKeyRow row, byte[] material) {
    return DataKey.of(row.line().groupTag(), row.keyId().toString(), material, hkdf);
  }

  /**
   * The caller retires what it gets.
   *
   * @param place where it was stored, for the operator
   * @throws TamperedKeyException no wrap is this key's; any other KeyException: a master key cannot
   *     be had, so nothing is known
   */
  DataKey open(StoredKey stored, String place) {
    return open(stored, stored.row().line().groupTag(), place);
  }

  /** As {@link #open(StoredKey, String)}, under the tag of the group that data names it by. */
  DataKey open(StoredKey stored, int groupTag, String place) {
    DataKeyRow row = stored.row();
    KeyException unknown = null;
    String damage = "it has no wrap";
    Set<KeyReference> missing = new HashSet<>();
    for (KeyWrap wrap : stored.wraps()) {
      KeyReference master = wrap.wrapped().masterKey();
      if (missing.contains(master)) {
        continue;
      }
      try {
        return open(row, wrap, groupTag);
      } catch (DamagedWrapException e) {
        damage = String.valueOf(e.getMessage());
        tell(place, row, wrap, damage);
      } catch (KeyException e) {
        missing.add(master);
        unknown = worse(unknown, named(e, row, master));
      }
    }
    // An outage goes first: with the master key back, one of these wraps may open.
    throw unknown != null ? unknown : tampered(row, place, damage);
  }

  private DataKey open(DataKeyRow row, KeyWrap wrap, int groupTag) throws DamagedWrapException {
    String id = row.keyId().toString();
    DataKey key =
        masters(row.line().master())
            .<DataKey>unwrap(
                wrap.wrapped(),
                row.binding(),
                material -> DataKey.of(groupTag, id, material, hkdf));
    int checkValue = key.reference().checkValue();
    if (checkValue == row.checkValue() && key.bits() == row.line().cipher().bits()) {
      return key;
    }
    String is = "%d bits, check value %08x".formatted(key.bits(), checkValue);
    key.retire();
    throw new DamagedWrapException(
        "it opens to a key of %s, and check value %08x is stated".formatted(is, row.checkValue()));
  }

  private void tell(String place, DataKeyRow row, KeyWrap wrap, String damage) {
    if (told.isFirst("%s %s %s".formatted(place, row.keyId(), wrap.wrappedAt()))) {
      logger.error(
          "{}: the wrap of {} of {} is not that key's, and is passed over: {}. Somebody may have changed it: see who can write to encryption_control, and put it right by `cassandra-tde keys rewrap --key {}`",
          place,
          wrap.wrappedAt(),
          row.binding(),
          damage,
          row.keyId());
    }
  }

  private static TamperedKeyException tampered(DataKeyRow row, String place, String damage) {
    return new TamperedKeyException(
        "%s of %s: what %s holds was changed, or is another key's: %s. No data is damaged. Put it right by `cassandra-tde keys rewrap --key %s`, from the local copy of a node that has a good one, and see who can write to encryption_control"
            .formatted(row.binding(), row.line(), place, damage, row.keyId()));
  }

  /** Names the master key, for its source knows not what it is for. */
  private static KeyException named(KeyException failure, DataKeyRow row, KeyReference master) {
    if (!(failure instanceof KeyNotFoundException)) {
      return failure;
    }
    String name = row.line().master();
    return new KeyNotFoundException(
        "%s is wrapped under master key '%s', %s, which is not to be had: %s. Bring it back, or name the place that has it in replicated_keys: master_keys: %s: former"
            .formatted(row.binding(), name, master, failure.getMessage(), name));
  }

  private static KeyException worse(@Nullable KeyException before, KeyException now) {
    return before == null || now instanceof KeyUnavailableException ? now : before;
  }
}
