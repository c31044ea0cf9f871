package io.cassandratde.keys.replicated;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.TamperedKeyException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the next key of a line: exactly one, however many nodes try, and wherever one of them dies.
 *
 * <p>The wrap goes to the table before the row, the row as {@link DataKeyState#PENDING} by a
 * lightweight transaction on its version, and to {@link DataKeyState#ACTIVE} by another one, after
 * it was read back and opened. So whoever finds a pending row has all that finishes it, and does so
 * at once; nobody waits for the node that began.
 */
final class KeyMaker {

  private static final Logger logger = LoggerFactory.getLogger(KeyMaker.class);

  /** A pending key that does not open is given up after that time, on any clock. */
  private static final Duration UNFINISHED = Duration.ofMinutes(1);

  private static final int ATTEMPTS = 16;
  private static final String TABLE = "the table of data keys";

  private final KeyOpener opener;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  KeyMaker(KeyOpener opener, InstantSource clock) {
    this.opener = opener;
    this.clock = clock;
  }

  /** As long as the table keeps times. */
  Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  /**
   * The key that seals: the newest active one whose time has come. If none has, the first that will
   * is taken early, for the clock is wrong then, here or where its predecessor was ended. One that
   * this process sealed with is not gone behind, whatever the clock says.
   */
  static @Nullable DataKeyRow current(
      List<DataKeyRow> rows, Instant now, @Nullable KeyReference last) {
    DataKeyRow newest = null;
    DataKeyRow first = null;
    for (DataKeyRow row : rows) {
      if (row.state() != DataKeyState.ACTIVE) {
        continue;
      }
      boolean due = !row.activeFrom().isAfter(now) || row.reference().equals(last);
      if (due && (newest == null || row.version() > newest.version())) {
        newest = row;
      }
      if (first == null || row.version() < first.version()) {
        first = row;
      }
    }
    return newest != null ? newest : first;
  }

  /** The newest version that seals or will; 0: none. */
  static int newestActive(List<DataKeyRow> rows) {
    return rows.stream()
        .filter(row -> row.state() == DataKeyState.ACTIVE)
        .mapToInt(DataKeyRow::version)
        .max()
        .orElse(0);
  }

  private static int newest(List<DataKeyRow> rows) {
    return rows.stream().mapToInt(DataKeyRow::version).max().orElse(0);
  }

  /**
   * The active key that follows a version: the one that is there, or a new one.
   *
   * @param known a version that this node knows of, though the table may have lost it: a new one is
   *     none that an older key has
   * @param activeFrom of a new one
   */
  DataKeyRow follow(KeyTable table, KeyLine line, int expected, int known, Instant activeFrom) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<DataKeyRow> rows = table.line(line);
      DataKeyRow active = newest(rows, DataKeyState.ACTIVE, expected);
      if (active != null) {
        return active;
      }
      DataKeyRow pending = newest(rows, DataKeyState.PENDING, expected);
      if (pending != null) {
        finish(table, pending);
      } else {
        make(table, line, Math.max(newest(rows), known) + 1, activeFrom);
      }
    }
    throw new KeyUnavailableException(
        "%s: no key came to be in %d attempts, as others change the line all the time"
            .formatted(line, ATTEMPTS));
  }

  private static @Nullable DataKeyRow newest(List<DataKeyRow> rows, DataKeyState state, int after) {
    DataKeyRow found = null;
    for (DataKeyRow row : rows) {
      if (row.state() == state
          && row.version() > after
          && (found == null || row.version() > found.version())) {
        found = row;
      }
    }
    return found;
  }

  private void make(KeyTable table, KeyLine line, int version, Instant activeFrom) {
    if (version > KeyBinding.MAX_VERSION) {
      throw new KeyConfigException(
          "%s have a key of version %d, the last that there may be, which no node made: DELETE its row in encryption_control, and see who can write there"
              .formatted(line, KeyBinding.MAX_VERSION));
    }
    MasterKeys masters = opener.masters(line.master());
    KeyReference by = table.activeMaster(line.master(), masters);
    byte[] material = new byte[line.cipher().bytes()];
    random.nextBytes(material);
    try {
      DataKeyRow row = pending(line, version, material, activeFrom);
      WrappedKey wrapped = masters.wrap(by, material, row.binding());
      table.addWrap(row, wrapped);
      if (!table.add(row)) {
        // Somebody else's key has this version.
        table.removeWraps(row, now().plus(Duration.ofDays(1)));
        return;
      }
      DataKey back = readBack(table, row);
      try {
        if (!back.<Boolean>wrap(read -> MessageDigest.isEqual(read, material))) {
          throw new IllegalStateException(row.binding() + " does not open to what was wrapped");
        }
      } finally {
        back.retire();
      }
      if (table.change(row, row.in(DataKeyState.ACTIVE, now()))) {
        logger.info("{} was made for {}, active from {}", row.binding(), line, activeFrom);
      }
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  private DataKeyRow pending(KeyLine line, int version, byte[] material, Instant activeFrom) {
    UUID id = UUID.randomUUID();
    Instant now = now();
    DataKeyRow row =
        new DataKeyRow(line, version, id, 0, DataKeyState.PENDING, now, activeFrom, now);
    DataKey key = opener.key(row, material);
    int checkValue = key.reference().checkValue();
    key.retire();
    return new DataKeyRow(
        line, version, id, checkValue, DataKeyState.PENDING, now, activeFrom, now);
  }

  private DataKey readBack(KeyTable table, DataKeyRow row) {
    StoredKey there = table.byId(row.keyId());
    return opener.open(new StoredKey(row, there == null ? List.of() : there.wraps()), TABLE);
  }

  /** Another node began this key, and may have died since. */
  private void finish(KeyTable table, DataKeyRow row) {
    try {
      readBack(table, row).retire();
    } catch (TamperedKeyException e) {
      giveUp(table, row, e);
      return;
    }
    if (table.change(row, row.in(DataKeyState.ACTIVE, now()))) {
      logger.info("{} of {}, which another node had begun, is active", row.binding(), row.line());
    }
  }

  private void giveUp(KeyTable table, DataKeyRow row, TamperedKeyException why) {
    Instant now = now();
    if (Duration.between(row.createdAt(), now).abs().compareTo(UNFINISHED) < 0) {
      throw new KeyUnavailableException(
          "%s was begun at %s and does not open yet".formatted(row.binding(), row.createdAt()),
          why);
    }
    if (table.change(row, row.in(DataKeyState.RETIRED, now))) {
      logger.error("{} sealed nothing and is retired: {}", row.binding(), why.getMessage());
    }
  }

  /** Ends what {@code current} has followed. What fails here is done by the next look. */
  void settle(KeyTable table, List<DataKeyRow> rows, DataKeyRow current) {
    for (DataKeyRow row : rows) {
      if (row.version() >= current.version()) {
        continue;
      }
      try {
        Instant now = now();
        if (row.state() == DataKeyState.ACTIVE) {
          var unused = table.change(row, row.in(DataKeyState.INACTIVE, now));
        } else if (row.state() == DataKeyState.PENDING
            && Duration.between(row.createdAt(), now).abs().compareTo(UNFINISHED) > 0) {
          var unused = table.change(row, row.in(DataKeyState.RETIRED, now));
        }
      } catch (KeyException e) {
        logger.debug("{} is settled later", row.binding(), e);
        return;
      }
    }
  }
}
