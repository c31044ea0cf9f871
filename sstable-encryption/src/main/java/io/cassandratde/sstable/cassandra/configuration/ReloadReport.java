package io.cassandratde.sstable.cassandra.configuration;

import io.cassandratde.keys.runtime.Reloaded;
import java.util.List;

/** What a reload came to. */
public final class ReloadReport {

  private final Reloaded reloaded;

  ReloadReport(Reloaded reloaded) {
    this.reloaded = reloaded;
  }

  /** Options that are in force as the file has them since this reload. */
  public List<String> getChanged() {
    return reloaded.changed();
  }

  /** Options that the file has otherwise than the node, which takes them over at its next start. */
  public List<String> getNeedRestart() {
    return reloaded.needRestart();
  }

  /** Of the file; in the log too. */
  public List<String> getWarnings() {
    return reloaded.warnings();
  }
}
