package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds table and local copies against each other. Each node copies every key of every line, also
 * those that it never used: any one of them can give the table back all that it lost.
 */
final class CopyCare {

  private static final Logger logger = LoggerFactory.getLogger(CopyCare.class);
  private static final String TABLE = "the table of data keys";

  private final KeyOpener opener;
  private final InstantSource clock;
  private final ToldOnce told = new ToldOnce();
  private volatile Function<UUID, @Nullable String> needs =
      keyId -> "what this node's files need is not known yet";

  CopyCare(KeyOpener opener, InstantSource clock) {
    this.opener = opener;
    this.clock = clock;
  }

  /** From now on this tells what on this node needs a key, or may; null: nothing does. */
  void needs(Function<UUID, @Nullable String> other) {
    needs = other;
  }

  /** What on this node needs a key, or may; null: nothing does. */
  @Nullable String need(UUID keyId) {
    return needs.apply(keyId);
  }

  /** All of both. */
  synchronized void round(KeyTable table, LocalCopies copies) {
    List<StoredKey> keys = table.allWithWraps();
    for (StoredKey key : keys) {
      apart(key.row(), () -> follow(table, copies, key));
    }
    restore(table, keys.stream().map(StoredKey::row).toList(), copies.all());
  }

  /**
   * Gives the table the keys of a line that are here and not there.
   *
   * @return whether there were any
   */
  boolean restore(KeyTable table, KeyLine line, List<DataKeyRow> rows, LocalCopies copies) {
    return restore(
        table, rows, copies.all().stream().filter(copy -> line(copy).equals(line)).toList());
  }

  private static KeyLine line(Copy copy) {
    return copy.key().row().line();
  }

  /** Keys that open something, and whose copy here is not as the table has them now. */
  List<DataKeyRow> behind(KeyTable table, LocalCopies copies) {
    List<DataKeyRow> behind = new ArrayList<>();
    for (StoredKey there : DataKeys.thatOpen(table)) {
      Copy copy = copies.read(there.row().keyId());
      if (copy == null || !same(copy.key(), there)) {
        behind.add(there.row());
      }
    }
    return behind;
  }

  /** One key's failure is told, and the others are looked after all the same. */
  private void apart(DataKeyRow row, Runnable work) {
    try {
      work.run();
    } catch (KeyException e) {
      tell(row, String.valueOf(e.getMessage()));
    }
  }

  private void follow(KeyTable table, LocalCopies copies, StoredKey key) {
    DataKeyRow row = key.row();
    switch (row.state()) {
      case PENDING, RETIRED -> {}
      case REMOVED -> remove(copies, row);
      case ACTIVE, INACTIVE, REKEYING, DEPRECATED -> {
        Copy copy = copies.read(row.keyId());
        StoredKey there = DataKeys.withWraps(table, key);
        if (there.wraps().isEmpty()) {
          giveWraps(table, row, copy);
        } else {
          takeOver(copies, copy, there);
        }
      }
    }
  }

  /**
   * Not for words in the table alone: the key must have been out of use before, as told here, and
   * nothing on this node's disk may need it.
   */
  private void remove(LocalCopies copies, DataKeyRow row) {
    Copy copy = copies.read(row.keyId());
    if (copy == null) {
      return;
    }
    if (copy.key().row().state() == DataKeyState.DEPRECATED) {
      String need = need(row.keyId());
      if (need != null) {
        tell(
            row,
            "the table says that it was removed, but on this node %s. Its copy in %s stays and goes on to open data. If nobody removed it by `cassandra-tde keys gc`, see who can write to encryption_control, and DELETE its row in data_keys: it comes back from here. If it is to be gone, rewrite what needs it: the copy goes then"
                .formatted(need, copies.path()));
        return;
      }
      if (copies.delete(row.keyId())) {
        logger.info("{} was removed from the cluster, and its copy here with it", row.binding());
      }
      return;
    }
    tell(
        row,
        "the table says that it was removed, but this node never saw it deprecated. Its copy in "
            + copies.path()
            + " stays and goes on to open data: remove the file if the key is to be gone");
  }

  private void giveWraps(KeyTable table, DataKeyRow row, @Nullable Copy copy) {
    if (copy == null) {
      tell(row, "the table has lost its wraps, and this node has no copy of them");
      return;
    }
    StoredKey ours = new StoredKey(row, copy.key().wraps());
    opener.open(ours, "the local copy").retire();
    addWraps(table, ours);
    logger.warn("{} had lost its wraps in the table: they are back from here", row.binding());
  }

  private static void addWraps(KeyTable table, StoredKey key) {
    for (int i = key.wraps().size() - 1; i >= 0; i--) {
      table.addWrap(key.row(), key.wraps().get(i).wrapped());
    }
  }

  private void takeOver(LocalCopies copies, @Nullable Copy copy, StoredKey there) {
    Instant now = clock.instant();
    if (copy != null && same(copy.key(), there)) {
      return;
    }
    // By its newest wrap: an older one that opens is no reason to give up a copy that does.
    StoredKey newest = new StoredKey(there.row(), there.wraps().subList(0, 1));
    opener.open(newest, TABLE).retire();
    copies.write(there, now);
  }

  static boolean same(StoredKey one, StoredKey other) {
    if (!one.row().equals(other.row()) || one.wraps().size() != other.wraps().size()) {
      return false;
    }
    for (int i = 0; i < one.wraps().size(); i++) {
      KeyWrap left = one.wraps().get(i);
      KeyWrap right = other.wraps().get(i);
      if (left.wrappedAt().toEpochMilli() != right.wrappedAt().toEpochMilli()
          || !java.util.Arrays.equals(left.wrapped().bytes(), right.wrapped().bytes())) {
        return false;
      }
    }
    return true;
  }

  private boolean restore(KeyTable table, List<DataKeyRow> rows, List<Copy> copies) {
    Set<UUID> known = new HashSet<>();
    rows.forEach(row -> known.add(row.keyId()));
    List<Copy> lost = new ArrayList<>(copies);
    lost.removeIf(copy -> known.contains(copy.key().row().keyId()));
    for (Copy copy : lost) {
      apart(copy.key().row(), () -> giveBack(table, copy.key()));
    }
    return !lost.isEmpty();
  }

  private void giveBack(KeyTable table, StoredKey ours) {
    DataKeyRow row = ours.row();
    opener.open(ours, "the local copy").retire();
    if (table.add(row)) {
      // The row first: whoever added it is the one that adds the wraps.
      addWraps(table, ours);
      logger.warn("{} of {} was lost in the table: it is back", row.binding(), row.line());
      return;
    }
    for (DataKeyRow there : table.line(row.line())) {
      if (there.version() == row.version() && !there.keyId().equals(row.keyId())) {
        tell(
            row,
            "it is in the local copies only: in the table another key, %s, has its version. It opens data of this node, and of no node that has no copy. Rewrite what it protects"
                .formatted(there.keyId()));
      }
    }
  }

  private void tell(DataKeyRow row, String why) {
    if (told.isFirst(row.keyId() + " " + why)) {
      logger.error("{} of {}: {}", row.binding(), row.line(), why);
    }
  }
}
