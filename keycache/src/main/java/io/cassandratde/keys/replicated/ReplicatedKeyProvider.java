package io.cassandratde.keys.replicated;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Data keys of the cluster's own table, wrapped under master keys, with a copy of each on this
 * node's disk.
 *
 * <p>The table says which key seals, and a key seals its first byte here after its copy is on the
 * disk (docs/RULES.md R26). Opening asks the copy first: a node starts before the cluster is up.
 * Before {@link #use} there is no table, before {@link #open} there are no copies.
 */
public final class ReplicatedKeyProvider implements KeyProvider {

  private static final Logger logger = LoggerFactory.getLogger(ReplicatedKeyProvider.class);
  private static final String TABLE = "the table of data keys";

  /** That the table has confirmed a key is written again after that much time. */
  private static final Duration CONFIRMATION = Duration.ofMinutes(1);

  private final KeyOpener opener;
  private final KeyMaker maker;
  private final CopyCare care;
  private final AtomicLong taken = new AtomicLong();
  private volatile KeyTable table = KeyTable.NONE;
  private volatile @Nullable LocalCopies copies;

  /**
   * Without table and copies, it knows no key.
   *
   * @param masters by their names; no I/O, and a KeyConfigException for a name that there is not.
   *     They stay the caller's to close
   */
  public ReplicatedKeyProvider(
      Function<String, MasterKeys> masters, InstantSource clock, Hkdf hkdf) {
    opener = new KeyOpener(masters, hkdf);
    maker = new KeyMaker(opener, clock);
    care = new CopyCare(opener, clock);
  }

  /** Begins to use this node's copies. */
  public void open(LocalCopies opened) {
    copies = opened;
  }

  /** Begins to ask this table; {@link KeyTable#NONE} when it cannot be asked any more. */
  public void use(KeyTable other) {
    table = other;
  }

  /** What operators do with data keys. */
  public DataKeys dataKeys() {
    return new DataKeys(() -> table, () -> copies, opener, maker, care);
  }

  /**
   * What has new keys made in time.
   *
   * @param policies null: keys of that line are replaced by hand
   * @param sealed by a key, on this node
   */
  public Rotation rotation(
      Function<KeyLine, @Nullable RotationPolicy> policies, Function<DataKeyRow, Sealed> sealed) {
    return new Rotation(() -> table, () -> copies, dataKeys(), maker::now, policies, sealed);
  }

  @Override
  public void check(KeySpec spec) {
    if (spec.provider() != ProviderKind.REPLICATED) {
      throw new KeyConfigException("not a replicated key: " + spec);
    }
    KeyLine line = KeyLine.of(spec);
    for (String name : List.of(line.master(), line.namespace())) {
      if (name.getBytes(StandardCharsets.UTF_8).length > CopyFormat.MAX_TEXT) {
        throw new KeyConfigException(
            "system_key_file and key_namespace have at most %d bytes: shorten %.40s..."
                .formatted(CopyFormat.MAX_TEXT, name));
      }
    }
    var unused = opener.masters(line.master());
  }

  /** A table's statement that comes before the tables of data keys is refused. */
  @Override
  public void checkKeyFile(KeySpec spec) {
    table.requireThere();
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    LocalCopies there = copies;
    if (there == null) {
      throw KeyUnavailableException.nobodyAsked(
          "this process keeps no local copies, so it seals nothing by " + spec);
    }
    KeyTable asked = table;
    KeyLine line = KeyLine.of(spec);
    List<DataKeyRow> rows = asked.line(line);
    try {
      return current(asked, there, line, rows, last);
    } catch (KeyException e) {
      if (rows.stream().anyMatch(row -> row.reference().equals(last) && isOver(row))) {
        throw new LastKeyEndedException(e);
      }
      throw e;
    }
  }

  /** What is sealed by such a key may be lost soon. */
  private static boolean isOver(DataKeyRow row) {
    return switch (row.state()) {
      case DEPRECATED, RETIRED, REMOVED -> true;
      case PENDING, ACTIVE, INACTIVE, REKEYING -> false;
    };
  }

  private SealingKey current(
      KeyTable asked,
      LocalCopies there,
      KeyLine line,
      List<DataKeyRow> found,
      @Nullable KeyReference last) {
    List<DataKeyRow> rows = found;
    Instant now = maker.now();
    DataKeyRow row = KeyMaker.current(rows, now, last);
    boolean lost = last != null && rows.stream().noneMatch(r -> r.reference().equals(last));
    if ((row == null || lost) && care.restore(asked, line, rows, there)) {
      rows = asked.line(line);
      row = KeyMaker.current(rows, now, last);
    }
    if (row == null) {
      row = maker.follow(asked, line, newestEnded(rows), there.newestVersion(line), now);
      rows = asked.line(line);
    }
    DataKey key = ready(asked, there, row);
    maker.settle(asked, rows, row);
    fetchAhead(asked, there, rows, row);
    return new SealingKey(
        key,
        null,
        "version %d of %s, active from %s".formatted(row.version(), line, row.activeFrom()));
  }

  private static int newestEnded(List<DataKeyRow> rows) {
    return rows.stream()
        .filter(row -> row.state() != DataKeyState.PENDING)
        .mapToInt(DataKeyRow::version)
        .max()
        .orElse(0);
  }

  /** Open, and on this node's disk. */
  private DataKey ready(KeyTable asked, LocalCopies there, DataKeyRow row) {
    Copy copy = there.read(row.keyId());
    StoredKey stored = copy == null ? null : new StoredKey(row, copy.key().wraps());
    DataKey key = stored == null ? null : opened(stored, there.toString());
    if (key == null || stored == null) {
      StoredKey inTable = asked.byId(row.keyId());
      if (inTable == null || inTable.wraps().isEmpty()) {
        throw new KeyUnavailableException(
            "%s of %s has no wrap in %s: a node that has a local copy brings it back within minutes, once it is up"
                .formatted(row.binding(), row.line(), TABLE));
      }
      stored = new StoredKey(row, inTable.wraps());
      key = opener.open(stored, TABLE);
      copy = null;
    }
    try {
      confirm(there, copy, stored);
      return key;
    } catch (KeyUnavailableException e) {
      key.retire();
      throw e;
    }
  }

  /** Null: the copy is not that key's, which was told. */
  private @Nullable DataKey opened(StoredKey stored, String place) {
    try {
      return opener.open(stored, place);
    } catch (KeyException e) {
      logger.debug("{} goes on to the table", stored.row().binding(), e);
      return null;
    }
  }

  private void confirm(LocalCopies there, @Nullable Copy copy, StoredKey stored) {
    Instant now = maker.now();
    if (copy == null
        || !copy.key().row().equals(stored.row())
        || Duration.between(copy.confirmed(), now).abs().compareTo(CONFIRMATION) > 0) {
      there.write(stored, now);
    }
  }

  private void fetchAhead(
      KeyTable asked, LocalCopies there, List<DataKeyRow> rows, DataKeyRow current) {
    for (DataKeyRow row : rows) {
      if (row.state() == DataKeyState.ACTIVE && row.version() > current.version()) {
        try {
          ready(asked, there, row).retire();
        } catch (KeyException e) {
          logger.warn(
              "{}, which seals from {}, is not here yet", row.binding(), row.activeFrom(), e);
        }
      }
    }
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    UUID id = id(reference);
    LocalCopies there = copies;
    KeyException failure = null;
    Copy copy = there == null ? null : there.read(id);
    if (there != null && copy != null) {
      try {
        return wanted(copy.key(), reference, there.toString());
      } catch (KeyException e) {
        failure = e;
      }
    }
    StoredKey inTable;
    DataKey key;
    try {
      inTable = table.byId(id);
      if (inTable == null) {
        throw new KeyNotFoundException(
            "%s is not in %s%s: restore it from a backup (`cassandra-tde keys import`), or start a node that has a local copy"
                .formatted(reference, TABLE, there == null ? "" : ", and not in " + there));
      }
      key = wanted(inTable, reference, TABLE);
    } catch (KeyException e) {
      // What opened the copy in vain says more than that the table cannot be asked.
      throw failure != null && (isOutage(e) || e instanceof KeyNotFoundException) ? failure : e;
    }
    if (there != null) {
      keep(there, inTable);
    }
    return key;
  }

  private static boolean isOutage(KeyException e) {
    return e instanceof KeyUnavailableException;
  }

  private static UUID id(KeyReference reference) {
    try {
      UUID id = UUID.fromString(reference.keyId());
      if (id.toString().equals(reference.keyId())) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // Nor is it another spelling.
    }
    throw new KeyNotFoundException(reference + " is no replicated key: their ids are UUIDs");
  }

  private DataKey wanted(StoredKey stored, KeyReference wanted, String place) {
    DataKey key = opener.open(stored, wanted.groupTag(), place);
    if (wanted.admits(key.reference())) {
      return key;
    }
    KeyReference is = key.reference();
    key.retire();
    throw new WrongKeyException(
        "%s is another key in %s (check value %08x): the data is of another cluster, or from before its keys were made anew"
            .formatted(wanted, place, is.checkValue()));
  }

  /** It came with data of other nodes: this one reads it after a restart, too. */
  private void keep(LocalCopies there, StoredKey stored) {
    if (!stored.row().state().opens()) {
      return;
    }
    try {
      there.write(stored, maker.now());
    } catch (KeyUnavailableException e) {
      logger.error("Reads go on as long as the table can be asked: {}", e.getMessage());
    }
  }

  /** The newest key that this node knew to seal. A master key that cannot be had: none. */
  @Override
  public @Nullable KeptKey kept(KeySpec spec) {
    LocalCopies there = copies;
    if (there == null) {
      return null;
    }
    KeyLine line = KeyLine.of(spec);
    List<Copy> ours =
        there.all().stream().filter(copy -> copy.key().row().line().equals(line)).toList();
    DataKeyRow row =
        KeyMaker.current(ours.stream().map(copy -> copy.key().row()).toList(), maker.now(), null);
    for (Copy copy : ours) {
      if (copy.key().row().equals(row)) {
        try {
          DataKey key = opener.open(copy.key(), there.toString());
          taken.incrementAndGet();
          return new KeptKey(new SealingKey(key, null, "from " + there), copy.confirmed());
        } catch (KeyException e) {
          logger.warn("{} is on this node's disk, and does not open: {}", row, e.getMessage());
        }
      }
    }
    return null;
  }

  @Override
  public void upkeep() {
    LocalCopies there = copies;
    if (there == null) {
      return;
    }
    try {
      care.round(table, there);
    } catch (KeyException outage) {
      logger.debug("The copies in {} stay as they are", there, outage);
    } catch (RuntimeException e) {
      logger.error("The copies in {} could not be looked after", there, e);
    }
  }

  @Override
  public KeptKeys keptKeys() {
    LocalCopies there = copies;
    return new KeptKeys(there == null ? 0 : there.size(), taken.get());
  }

  @Override
  public void close() {
    table = KeyTable.NONE;
  }
}
