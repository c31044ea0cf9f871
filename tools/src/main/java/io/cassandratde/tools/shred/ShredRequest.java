package io.cassandratde.tools.shred;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for.
 *
 * @param group the only one whose keys may go; null: whichever the files name
 * @param dropped somebody else drops the keyspace
 * @param clearSnapshots those of the keyspace, the one that dropping it takes among them
 * @param deleteHints that were written before the drop, for all nodes and keyspaces
 * @param truncateTraces of all sessions
 * @param report where the evidence goes
 */
public record ShredRequest(
    String keyspace,
    @Nullable String group,
    boolean dropped,
    boolean clearSnapshots,
    boolean deleteHints,
    boolean truncateTraces,
    Path report,
    boolean dryRun) {

  @Override
  public String toString() {
    return "keyspace " + keyspace;
  }
}
