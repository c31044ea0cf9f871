package io.cassandratde.keys.runtime;

import java.util.List;

/**
 * What a reload of the configuration came to.
 *
 * @param changed what is in force now, by the names of options
 * @param needRestart options that differ in the file and stay as they were until a restart
 * @param warnings of the file
 */
public record Reloaded(List<String> changed, List<String> needRestart, List<String> warnings) {
  public Reloaded {
    changed = List.copyOf(changed);
    needRestart = List.copyOf(needRestart);
    warnings = List.copyOf(warnings);
  }
}
