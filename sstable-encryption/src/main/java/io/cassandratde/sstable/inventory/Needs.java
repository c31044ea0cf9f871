package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.KeyReference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one SSTable, or one other file, needs to be opened.
 *
 * @param keys all of them, each with the chunks or blocks that it seals; 0: other components alone
 * @param options of the compressor as they were at the time of writing; empty where none are kept
 * @param whole false: only the first and the last chunk were looked at
 * @param problems why there may be other keys; empty: there are none
 */
public record Needs(
    Form form,
    Map<KeyReference, Long> keys,
    Map<String, String> options,
    boolean whole,
    List<Problem> problems) {

  /** What stands between the content and whoever has the disk. */
  public enum Form {
    /** Every component is sealed: format ebti; or a log whose blocks are. */
    SEALED,
    /** The chunks of Data.db are, by an encrypting compressor. */
    CODEC,
    /** Nothing. */
    PLAIN,
    /** It cannot be told: the problems say why. */
    UNKNOWN
  }

  public Needs {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    options = Map.copyOf(options);
    problems = List.copyOf(problems);
  }

  /** Whether it is not being written, nor left behind by a crash. */
  public boolean finished() {
    return problems.stream().noneMatch(p -> p.kind() == Problem.Kind.UNFINISHED);
  }
}
