package io.cassandratde.tools.hierarchy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Pause;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Data keys come under the active master key, one after the other; no data is touched. Broken off,
 * it goes on with those that are left: which these are is asked of the table each time.
 */
public final class Rewrapping {

  private final KeyHierarchy keys;
  private final Display display;
  private final Pause pause;
  private final Duration between;

  /**
   * @param perSecond how many keys at most
   */
  public Rewrapping(KeyHierarchy keys, Display display, Pause pause, int perSecond) {
    this.keys = keys;
    this.display = display;
    this.pause = pause;
    this.between = Duration.ofSeconds(1).dividedBy(perSecond);
  }

  /**
   * What came of it.
   *
   * @param wrapped how many keys
   * @param failures why one was not, by its id
   */
  public record Outcome(int wrapped, Map<String, String> failures) {}

  /** Of the keys that are not under the active master key of their name. */
  public Outcome run(List<DataKeyInfo> wanted) throws CommandFailure, InterruptedException {
    Map<String, Integer> active = active();
    return runAll(wanted.stream().filter(key -> needs(key, active)).toList());
  }

  /** Of these keys: also of one that is under it, as far as the table tells, and does not open. */
  public Outcome runAll(List<DataKeyInfo> left) throws CommandFailure, InterruptedException {
    int wrapped = 0;
    int done = 0;
    Map<String, String> failures = new LinkedHashMap<>();
    for (DataKeyInfo key : left) {
      try {
        wrapped += keys.rewrap(key) ? 1 : 0;
      } catch (CommandFailure e) {
        failures.put(key.keyId(), String.valueOf(e.getMessage()));
        display.line("  " + e.getMessage());
      }
      done++;
      display.count(done, left.size(), "data keys");
      if (done < left.size()) {
        pause.pause(between);
      }
    }
    display.idle("");
    return new Outcome(wrapped, failures);
  }

  /** The version that wraps now, by name. */
  public Map<String, Integer> active() throws CommandFailure {
    return MasterKeyInfo.active(keys.masterKeys());
  }

  /**
   * Whether its newest wrap is not known to be by the active master key of its name. Where none is
   * active yet, as in a cluster that was built again, whoever is asked to wrap has one agreed on.
   */
  public static boolean needs(DataKeyInfo key, Map<String, Integer> active) {
    Integer version = active.get(key.master());
    return !key.is("RETIRED") && (version == null || key.wrappedByVersion() != version);
  }
}
