package io.cassandratde.sstable.cassandra;

import java.util.Optional;

/**
 * For what Cassandra makes a compressor; create() is not told, so it looks who calls. An unknown
 * caller counts as {@link #TABLE}, which is checked most.
 */
enum Origin {
  /** From the schema or a DDL statement: seals once its table was found, and opens. */
  TABLE,
  /** From CompressionInfo.db or a stream's header: opens only (docs/RULES.md R5). */
  STORED,
  /** Commit log or hints: refused in this version. */
  LOG;

  private static final String LOGS = "org.apache.cassandra.db.commitlog.";
  private static final String HINTS = "org.apache.cassandra.hints.";
  private static final String METADATA = "org.apache.cassandra.io.compress.CompressionMetadata";
  private static final String STREAM_HEADER =
      "org.apache.cassandra.schema.CompressionParams$Serializer";
  private static final String PARAMS = "org.apache.cassandra.schema.CompressionParams";
  private static final String FROM_MAP = "fromMap";

  static Origin ofCaller() {
    return StackWalker.getInstance()
        .walk(frames -> frames.map(Origin::of).flatMap(Optional::stream).findFirst())
        .orElse(TABLE);
  }

  /** The innermost frame that tells decides. */
  private static Optional<Origin> of(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    if (name.equals(METADATA) || name.equals(STREAM_HEADER)) {
      return Optional.of(STORED);
    }
    if (name.equals(PARAMS) && frame.getMethodName().equals(FROM_MAP)) {
      return Optional.of(TABLE);
    }
    return name.startsWith(LOGS) || name.startsWith(HINTS) ? Optional.of(LOG) : Optional.empty();
  }
}
