package io.cassandratde.tools.report;

import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a report tells. Equal data make equal reports, byte by byte.
 *
 * @param title such as {@code Replacement of a key}
 * @param key that it is about; null: about all keys
 * @param states of keys, as their servers call them; a key that nobody asked for is absent
 * @param proof null: none was attempted
 * @param progress in any order; empty: nothing was rewritten
 * @param notSeen what no node can tell
 */
public record ReportData(
    String title,
    Instant at,
    @Nullable KeyName key,
    ClusterInventory inventory,
    Map<KeyName, String> states,
    @Nullable ProofSection proof,
    List<ProgressSample> progress,
    List<String> notSeen) {

  public ReportData {
    states = Map.copyOf(states);
    progress = List.copyOf(progress);
    notSeen = List.copyOf(notSeen);
  }
}
