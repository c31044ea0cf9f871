package io.cassandratde.keys.replicated;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.TamperedKeyException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What operators do with data keys. What is refused is an IllegalStateException that says why; a
 * table or a master key that does not answer is a {@link io.cassandratde.keys.KeyException}.
 */
public final class DataKeys {

  private static final Set<DataKeyState> MARKS =
      EnumSet.of(DataKeyState.INACTIVE, DataKeyState.REKEYING, DataKeyState.DEPRECATED);
  private static final String TABLE = "the table of data keys";

  private final Supplier<KeyTable> table;
  private final Supplier<@Nullable LocalCopies> copies;
  private final KeyOpener opener;
  private final KeyMaker maker;
  private final CopyCare care;

  DataKeys(
      Supplier<KeyTable> table,
      Supplier<@Nullable LocalCopies> copies,
      KeyOpener opener,
      KeyMaker maker,
      CopyCare care) {
    this.table = table;
    this.copies = copies;
    this.opener = opener;
    this.maker = maker;
    this.care = care;
  }

  /**
   * From now on this tells what on this node needs a key, or may; null: nothing does. Until then
   * neither table nor local copies give one up here.
   */
  public void neededBy(Function<UUID, @Nullable String> needs) {
    care.needs(needs);
  }

  /** Whether this node's disk has a key of this line, whatever it is worth. */
  public boolean isCopied(KeyLine line) {
    LocalCopies there = copies.get();
    return there != null && there.newestVersion(line) > 0;
  }

  /**
   * The key that follows a version: the one that does so already, or a new one.
   *
   * @param expected 0: whichever is the newest now
   * @param activeFrom of a new one; null: at once
   */
  public DataKeyRow rotate(KeyLine line, int expected, @Nullable Instant activeFrom) {
    KeyTable asked = table.get();
    List<DataKeyRow> rows = asked.line(line);
    int newest = KeyMaker.newestActive(rows);
    if (expected > newest) {
      throw new IllegalStateException(
          "%s have no active version %d: the newest is %d".formatted(line, expected, newest));
    }
    Instant now = maker.now();
    Instant from = activeFrom == null ? now : Instant.ofEpochMilli(activeFrom.toEpochMilli());
    LocalCopies there = copies.get();
    int known = there == null ? 0 : there.newestVersion(line);
    DataKeyRow next = maker.follow(asked, line, expected == 0 ? newest : expected, known, from);
    if (!next.activeFrom().isAfter(now)) {
      maker.settle(asked, asked.line(line), next);
    }
    return next;
  }

  /**
   * Wraps a key under the active master key; the wraps of before stay. When it returns, the table
   * holds a wrap that opened to the very key.
   *
   * @return false: its newest wrap was so already, and opens
   */
  public boolean rewrap(UUID keyId) {
    KeyTable asked = table.get();
    StoredKey stored = stored(asked, keyId);
    DataKeyRow row = stored.row();
    String name = row.line().master();
    MasterKeys masters = opener.masters(name);
    KeyReference by = asked.activeMaster(name, masters);
    if (isUnder(stored, by) && opens(newestOf(stored))) {
      return false;
    }
    DataKey key = open(stored);
    try {
      WrappedKey wrapped =
          key.<WrappedKey>wrap(material -> masters.wrap(by, material, row.binding()));
      asked.addWrap(row, wrapped);
      StoredKey back = stored(asked, keyId);
      prove(key, back, wrapped);
      copy(back);
      return true;
    } finally {
      key.retire();
    }
  }

  /** Whether it is that key's: a newest wrap that somebody changed is followed by a good one. */
  private boolean opens(StoredKey stored) {
    try {
      opener.open(stored, TABLE).retire();
      return true;
    } catch (TamperedKeyException e) {
      return false;
    }
  }

  /**
   * From this node's copy, when no wrap of the table opens: whoever changed one may have named a
   * master key that there never was.
   */
  private DataKey open(StoredKey stored) {
    try {
      return opener.open(stored, TABLE);
    } catch (KeyException e) {
      LocalCopies there = copies.get();
      Copy copy = there == null ? null : there.read(stored.row().keyId());
      if (there == null || copy == null) {
        throw e;
      }
      return opener.open(new StoredKey(stored.row(), copy.key().wraps()), there.toString());
    }
  }

  private static boolean isUnder(StoredKey stored, KeyReference master) {
    return !stored.wraps().isEmpty() && stored.wraps().get(0).wrapped().masterKey().equals(master);
  }

  private static StoredKey newestOf(StoredKey stored) {
    return new StoredKey(stored.row(), stored.wraps().subList(0, 1));
  }

  /** The table has this wrap, as the newest one or under one that another node made meanwhile. */
  private void prove(DataKey key, StoredKey back, WrappedKey wrapped) {
    DataKeyRow row = back.row();
    boolean there =
        back.wraps().stream().anyMatch(w -> Arrays.equals(w.wrapped().bytes(), wrapped.bytes()));
    if (!there || !isUnder(back, wrapped.masterKey())) {
      throw new KeyUnavailableException(
          "%s was wrapped under %s, but the newest wrap that %s gives is another: wrap it again"
              .formatted(row.binding(), wrapped.masterKey(), TABLE));
    }
    opener.masters(row.line().master()).askAnew();
    DataKey again = opener.open(newestOf(back), TABLE);
    try {
      if (!key.<Boolean>wrap(a -> again.<Boolean>wrap(b -> MessageDigest.isEqual(a, b)))) {
        throw new IllegalStateException(row.binding() + " does not open to what was wrapped");
      }
    } finally {
      again.retire();
    }
  }

  private void copy(StoredKey stored) {
    LocalCopies there = copies.get();
    if (there != null && there.read(stored.row().keyId()) != null) {
      there.write(stored, maker.now());
    }
  }

  /**
   * Has this node's copies follow the table now, as they do by themselves every few minutes.
   *
   * @return the keys whose copies do not; why not is in the log
   */
  public List<UUID> follow() {
    LocalCopies there = copies.get();
    if (there == null) {
      throw new IllegalStateException("this node keeps no local copies");
    }
    KeyTable asked = table.get();
    care.round(asked, there);
    return care.behind(asked, there).stream().map(DataKeyRow::keyId).toList();
  }

  /** What is wrong with keys that do not open by the newest wrap that the table has of them. */
  public Map<UUID, String> unsound() {
    KeyTable asked = table.get();
    Map<UUID, String> unsound = new LinkedHashMap<>();
    for (StoredKey stored : thatOpen(asked)) {
      DataKeyRow row = stored.row();
      if (stored.wraps().isEmpty()) {
        unsound.put(row.keyId(), row.binding() + " has no wrap in " + TABLE);
        continue;
      }
      try {
        opener.open(newestOf(stored), TABLE).retire();
      } catch (KeyException e) {
        unsound.put(row.keyId(), String.valueOf(e.getMessage()));
      }
    }
    return unsound;
  }

  /** What leaves the cluster of them. */
  public KeyExport export() {
    return new KeyExport(table, opener, this::open, maker::now);
  }

  /** Changes what a key is for; the same again is no change. */
  public void mark(UUID keyId, DataKeyState state) {
    if (!MARKS.contains(state)) {
      throw new IllegalStateException("a key is marked as one of " + MARKS + ", not " + state);
    }
    KeyTable asked = table.get();
    StoredKey stored = stored(asked, keyId);
    DataKeyRow row = stored.row();
    if (row.state() == state) {
      return;
    }
    if (!MARKS.contains(row.state())) {
      throw new IllegalStateException(
          "%s is %s and cannot become %s: only %s change into each other%s"
              .formatted(
                  row.binding(),
                  row.state(),
                  state,
                  MARKS,
                  row.state() == DataKeyState.ACTIVE ? "; rotate first" : ""));
    }
    DataKeyRow changed = row.in(state, maker.now());
    if (!asked.change(row, changed)) {
      throw new IllegalStateException(
          row.binding() + " was changed by somebody else at the same time: look at it again");
    }
    copy(new StoredKey(changed, stored.wraps()));
  }

  /**
   * Takes a deprecated key away for good: its wraps in the table, and this node's copy; other nodes
   * follow with their upkeep. The caller has proved that nothing needs it; what this node needs is
   * refused whoever calls.
   */
  public void remove(UUID keyId, Duration retention) {
    KeyTable asked = table.get();
    StoredKey stored = stored(asked, keyId);
    DataKeyRow row = stored.row();
    Instant now = maker.now();
    if (row.state() != DataKeyState.REMOVED) {
      requirePast(row, retention, now);
    }
    String need = care.need(keyId);
    if (need != null) {
      throw new IllegalStateException(
          "%s is not removed, as on this node %s".formatted(row.binding(), need));
    }
    if (!asked.remove(row, now)) {
      throw new IllegalStateException(
          row.binding() + " was changed by somebody else at the same time: it is not removed");
    }
    LocalCopies there = copies.get();
    if (there != null) {
      var unused = there.delete(keyId);
    }
  }

  private static void requirePast(DataKeyRow row, Duration retention, Instant now) {
    if (row.state() != DataKeyState.DEPRECATED) {
      throw new IllegalStateException(
          "%s is %s: only a deprecated key is removed".formatted(row.binding(), row.state()));
    }
    Instant end = row.changedAt().plus(retention);
    if (now.isBefore(end)) {
      throw new IllegalStateException(
          "%s is deprecated since %s and stays until %s"
              .formatted(row.binding(), row.changedAt(), end));
    }
  }

  /**
   * Takes the wraps of a key away that are older than its newest one, which is under the active
   * master key and opens; returns how many there were.
   */
  public int removeFormerWraps(UUID keyId) {
    KeyTable asked = table.get();
    StoredKey stored = stored(asked, keyId);
    DataKeyRow row = stored.row();
    String name = row.line().master();
    KeyReference active = asked.activeMaster(name, opener.masters(name));
    if (!isUnder(stored, active)) {
      throw new IllegalStateException(
          "%s is not wrapped under the active master key %s yet: rewrap it first"
              .formatted(row.binding(), active));
    }
    opener.masters(name).askAnew();
    opener.open(newestOf(stored), TABLE).retire();
    asked.removeWraps(row, stored.wraps().get(0).wrappedAt());
    copy(newestOf(stored));
    return stored.wraps().size() - 1;
  }

  /** All keys that open something. One is without wraps only if the table has none of it. */
  static List<StoredKey> thatOpen(KeyTable asked) {
    return asked.allWithWraps().stream()
        .filter(key -> key.row().state().opens())
        .map(key -> withWraps(asked, key))
        .toList();
  }

  /**
   * A key of {@link KeyTable#allWithWraps}; one that may just have been made is asked for again.
   */
  static StoredKey withWraps(KeyTable asked, StoredKey key) {
    StoredKey there = key.wraps().isEmpty() ? asked.byId(key.row().keyId()) : key;
    return there == null ? key : new StoredKey(key.row(), there.wraps());
  }

  private static StoredKey stored(KeyTable asked, UUID keyId) {
    StoredKey stored = asked.byId(keyId);
    if (stored == null) {
      throw new KeyNotFoundException(
          "there is no key %s in %s: see `cassandra-tde keys list`".formatted(keyId, TABLE));
    }
    return stored;
  }
}
