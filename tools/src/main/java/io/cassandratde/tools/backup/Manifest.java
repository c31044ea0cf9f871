package io.cassandratde.tools.backup;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a backup needs, as its files name them. Holds no secret.
 *
 * @param tool name and version of what made it
 * @param host where it was made
 * @param holdUntil until when the keys must be kept; null: it says nothing about that
 * @param snapshot the name that its directories were chosen by; null: they were given
 * @param paths that were looked at, with all below them
 * @param files that were looked at
 * @param unread what may need keys that do not stand here
 */
public record Manifest(
    Instant madeAt,
    String tool,
    String host,
    @Nullable Instant holdUntil,
    @Nullable String snapshot,
    List<String> paths,
    long files,
    long bytes,
    List<NeededKey> keys,
    List<Unread> unread) {

  public Manifest {
    paths = List.copyOf(paths);
    keys = keys.stream().sorted(NeededKey.ORDER).toList();
    unread = List.copyOf(unread);
  }

  /** A file or directory whose keys are not known. */
  public record Unread(String path, String reason) {}

  /** Whether no other key than these can be needed. */
  public boolean complete() {
    return unread.isEmpty();
  }
}
