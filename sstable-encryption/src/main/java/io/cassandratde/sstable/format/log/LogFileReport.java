package io.cassandratde.sstable.format.log;

import io.cassandratde.keys.KeyReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a commit-log segment or a hints file tells about itself. Nothing in it is authentic.
 *
 * @param version Cassandra's version of the file; 0 when its header cannot be read
 * @param compressor the compressor's class as stored; empty: none
 * @param options of that compressor
 * @param blocks that were found: sync sections of a segment, compressed blocks of hints; of hints
 *     that are not compressed, 1 stands for all
 * @param sealed blocks per key, in the order of first appearance
 * @param badBlocks blocks that name no key although the compressor is ours
 * @param later what a later release of this project has written, in words, if anything
 * @param problems the first few of them, and where the walk ended before the file did, in words
 */
public record LogFileReport(
    Kind kind,
    int version,
    Protection protection,
    String compressor,
    Map<String, String> options,
    long blocks,
    Map<KeyReference, Long> sealed,
    long badBlocks,
    Optional<String> later,
    List<String> problems) {

  /** Which of the two. */
  public enum Kind {
    COMMIT_LOG,
    HINTS
  }

  /** What stands between the content and whoever reads the file. */
  public enum Protection {
    /** One of this project's compressors. */
    SEALED,
    /** Nothing: in clear, or compressed by another compressor. */
    PLAINTEXT,
    /** Cassandra's own transparent_data_encryption_options: AES-CBC, not authenticated. */
    CASSANDRA_CBC,
    /** Its header cannot be read: {@link LogFileReport#problems} says why. */
    UNREADABLE
  }

  /** Whether there is anything in it besides its header. */
  public boolean isEmpty() {
    return blocks == 0;
  }

  /** Every block was read: what a proof about keys may be built on. */
  public boolean isComplete() {
    return problems.isEmpty();
  }
}
