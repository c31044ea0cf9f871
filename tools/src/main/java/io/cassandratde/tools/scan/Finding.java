package io.cassandratde.tools.scan;

import io.cassandratde.sstable.inventory.TablePath;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * One file.
 *
 * @param table whose content it holds; without names where it is not one table's
 * @param kind what it is, in a few words
 * @param keys that it needs
 * @param reason why it has this state; empty where the kind says it
 * @param faults what is wrong with it besides
 */
public record Finding(
    Path file,
    long bytes,
    Place place,
    TablePath table,
    State state,
    String kind,
    Set<SealingKey> keys,
    String reason,
    List<String> faults) {

  public Finding {
    keys = Set.copyOf(keys);
    faults = List.copyOf(faults);
  }

  /** Whether something about it could not be found out, or is not as it should be. */
  public boolean incomplete() {
    return state.incomplete() || !faults.isEmpty();
  }
}
