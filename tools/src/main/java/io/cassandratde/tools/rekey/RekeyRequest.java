package io.cassandratde.tools.rekey;

import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.tools.rolling.Rolling;
import io.cassandratde.tools.rolling.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for.
 *
 * @param group of the key server, as the configuration names it
 * @param formerNames of the group, under which files may still name it
 * @param rewrap wraps are replaced, no data is written
 * @param rolling how many nodes at a time, and of which racks
 * @param jobs SSTables at a time on a node; 0: as many as there are compaction threads
 * @param throughput compaction throughput meanwhile, in MiB/s; null: as it is
 * @param window null: at any time
 * @param patience for whatever is away or busy, at each place
 * @param maxPending compactions with which a node is left alone
 * @param reason of the revocation
 * @param force leaves out the probe before it
 * @param snapshot the name of the snapshot before anything is rewritten; null: none
 * @param clearSnapshots those that need the key
 * @param listSnapshots those that need the key
 * @param template on the server, for the new key
 */
public record RekeyRequest(
    String group,
    Set<String> formerNames,
    String keyId,
    boolean rewrap,
    Rolling rolling,
    int jobs,
    @Nullable Integer throughput,
    @Nullable Window window,
    Duration patience,
    int maxPending,
    RevocationReason reason,
    @Nullable String message,
    boolean force,
    @Nullable String snapshot,
    boolean clearSnapshots,
    boolean listSnapshots,
    @Nullable String template,
    Path proof,
    boolean dryRun) {

  public RekeyRequest {
    formerNames = Set.copyOf(formerNames);
  }

  String kind() {
    return rewrap ? "rewrap" : "rewrite";
  }

  @Override
  public String toString() {
    return "key " + keyId + " of group " + group;
  }
}
