package io.cassandratde.tools.jmx;

import io.cassandratde.tools.rolling.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to rewrite, in nodetool's words.
 *
 * @param includeAll also SSTables of the current version: needed for every key change, since the
 *     version does not change with the key
 * @param jobs SSTables rewritten at once on a node, 0 for all compaction threads
 * @param maxTimestamp only SSTables created before, in milliseconds
 * @param throughput compaction throughput of a node meanwhile, in MiB/s; null: as it is
 * @param window in which tables may be begun; null: at any time
 * @param keyspace null for all
 * @param tables empty for all of the keyspace
 */
public record UpgradeRequest(
    boolean includeAll,
    int jobs,
    long maxTimestamp,
    @Nullable Integer throughput,
    @Nullable Window window,
    @Nullable String keyspace,
    List<String> tables) {

  /** For {@code maxTimestamp}: however young. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  public boolean limited() {
    return maxTimestamp != NO_LIMIT;
  }
}
