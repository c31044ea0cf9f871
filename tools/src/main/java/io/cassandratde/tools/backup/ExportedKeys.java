package io.cassandratde.tools.backup;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.KeyWrap;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.backup.KeyCheck.Outcome;
import io.cassandratde.tools.export.ExportFile;
import io.cassandratde.tools.export.KeyArchive;
import io.cassandratde.tools.export.SealedArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What `keys export` wrote, for a backup of tables with replicated keys: does it hold theirs? */
public final class ExportedKeys {

  /** Of none. */
  public static final ExportedKeys NONE = new ExportedKeys(List.of(), List.of());

  private final List<Path> files;
  private final List<Exported> keys;

  /**
   * A data key of an export.
   *
   * @param wraps none: it is sealed under a passphrase
   */
  private record Exported(DataKeyRow row, List<KeyWrap> wraps) {}

  /** A master key without which data keys of a backup do not open: its name and which one. */
  public record Master(String name, KeyReference key) implements Comparable<Master> {
    @Override
    public int compareTo(Master other) {
      return toString().compareTo(other.toString());
    }
  }

  private ExportedKeys(List<Path> files, List<Exported> keys) {
    this.files = files;
    this.keys = keys;
  }

  /**
   * Reads them.
   *
   * @throws CommandFailure one is damaged, as far as that shows without a passphrase
   */
  public static ExportedKeys read(List<Path> files) throws CommandFailure, IOException {
    List<Exported> keys = new ArrayList<>();
    for (Path file : files) {
      ExportFile export = ExportFile.read(file);
      if (export.isSealed()) {
        SealedArchive.read(export).rows().forEach(row -> keys.add(new Exported(row, List.of())));
      } else {
        KeyArchive.read(export)
            .keys()
            .forEach(each -> keys.add(new Exported(each.key().row(), each.key().wraps())));
      }
    }
    return new ExportedKeys(List.copyOf(files), keys);
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  private List<Exported> of(KeyReference key) {
    return keys.stream()
        .filter(
            each ->
                each.row().reference().groupTag() == key.groupTag()
                    && each.row().keyId().toString().equals(key.keyId()))
        .toList();
  }

  boolean has(NeededKey key) {
    return !of(key.reference()).isEmpty();
  }

  /**
   * Those of these keys that are replicated, as their groups' names tell, and in none of the
   * exports; without an export nobody asked.
   */
  public List<NeededKey> lacking(Collection<NeededKey> needed) {
    return isEmpty()
        ? List.of()
        : needed.stream().filter(key -> isReplicated(key) && !has(key)).toList();
  }

  /** By its group's name, or because another key of its group was exported. */
  boolean isReplicated(NeededKey key) {
    String group = key.group();
    return (group != null && group.startsWith("replicated:"))
        || keys.stream()
            .anyMatch(each -> each.row().line().groupTag() == key.reference().groupTag());
  }

  /** By master key the ids of those of these keys that it opens. */
  SortedMap<Master, SortedSet<String>> masters(Collection<NeededKey> needed) {
    SortedMap<Master, SortedSet<String>> masters = new TreeMap<>();
    for (NeededKey key : needed) {
      for (Exported each : of(key.reference())) {
        for (KeyWrap wrap : each.wraps()) {
          Master master = new Master(each.row().line().master(), wrap.wrapped().masterKey());
          masters
              .computeIfAbsent(master, none -> new TreeSet<>())
              .add(each.row().keyId().toString());
        }
      }
    }
    return masters;
  }

  /** Whether the key opens by a passphrase, which nobody was asked for. */
  boolean isSealed(NeededKey key) {
    return of(key.reference()).stream().anyMatch(each -> each.wraps().isEmpty());
  }

  /**
   * Whether one of the exports has the key so that it opens here.
   *
   * @param masters of the configuration, by name
   */
  KeyCheck check(NeededKey needed, Function<String, MasterKeys> masters) {
    List<Exported> held = of(needed.reference());
    if (held.isEmpty()) {
      return new KeyCheck(
          needed,
          Outcome.LOST,
          null,
          "it is in none of "
              + files
              + ": it was made later, or they are of another cluster; look for another export");
    }
    KeyCheck worst = null;
    for (Exported each : held) {
      KeyCheck check = check(needed, each, masters);
      if (check.outcome() == Outcome.OPENS) {
        return check;
      }
      worst = worst == null || check.outcome() == Outcome.SEALED ? check : worst;
    }
    return java.util.Objects.requireNonNull(worst);
  }

  private static KeyCheck check(
      NeededKey needed, Exported held, Function<String, MasterKeys> masters) {
    int stated = held.row().checkValue();
    if (stated != needed.reference().checkValue()) {
      return new KeyCheck(
          needed,
          Outcome.WRONG_KEY,
          null,
          "the export has a key of this id with check value %08x".formatted(stated));
    }
    if (held.wraps().isEmpty()) {
      return new KeyCheck(
          needed, Outcome.SEALED, null, "an export has it under a passphrase, which was not asked");
    }
    KeyCheck failed = null;
    for (KeyWrap wrap : held.wraps()) {
      KeyCheck check = opens(needed, held.row(), wrap, masters);
      if (check.outcome() == Outcome.OPENS) {
        return check;
      }
      failed = failed == null ? check : failed;
    }
    return java.util.Objects.requireNonNull(failed);
  }

  private static KeyCheck opens(
      NeededKey needed, DataKeyRow row, KeyWrap wrap, Function<String, MasterKeys> masters) {
    try {
      int found =
          masters
              .apply(row.line().master())
              .<Integer>unwrap(
                  wrap.wrapped(), row.binding(), material -> checkValue(row, material));
      return found == row.checkValue()
          ? KeyCheck.opens(needed, null)
          : failed(needed, Outcome.WRONG_KEY, "it opens to a key of another check value");
    } catch (DamagedWrapException | WrongKeyException e) {
      return failed(needed, Outcome.WRONG_KEY, String.valueOf(e.getMessage()));
    } catch (KeyNotFoundException e) {
      return failed(
          needed,
          Outcome.LOST,
          "its master key %s, %s, is not to be had: %s"
              .formatted(row.line().master(), wrap.wrapped().masterKey(), e.getMessage()));
    } catch (KeyAccessDeniedException e) {
      return failed(needed, Outcome.REFUSED, String.valueOf(e.getMessage()));
    } catch (KeyConfigException e) {
      return failed(needed, Outcome.UNKNOWN_GROUP, String.valueOf(e.getMessage()));
    } catch (KeyException e) {
      return failed(needed, Outcome.NOT_ASKED, String.valueOf(e.getMessage()));
    }
  }

  private static int checkValue(DataKeyRow row, byte[] material) {
    DataKey key = DataKey.of(row.line().groupTag(), row.keyId().toString(), material, new Hkdf());
    key.retire();
    return key.reference().checkValue();
  }

  private static KeyCheck failed(NeededKey needed, Outcome outcome, String why) {
    return new KeyCheck(needed, outcome, null, why);
  }
}
