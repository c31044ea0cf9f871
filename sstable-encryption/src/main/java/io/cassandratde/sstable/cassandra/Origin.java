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
  /** From cassandra.yaml, for new commit-log segments or hints: seals. */
  LOG_WRITER,
  /** From the header of a segment or a hints file: opens only. */
  LOG_READER;

  private static final String LOGS = "org.apache.cassandra.db.commitlog.";
  private static final String LOG_SETTINGS = LOGS + "CommitLog$Configuration";
  private static final String HINTS = "org.apache.cassandra.hints.";
  private static final String HINTS_WRITER = HINTS + "CompressedHintsWriter";

  /** Stands between writers or readers and create(), and tells nothing. */
  private static final String HINTS_DESCRIPTOR = HINTS + "HintsDescriptor";

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
    if (name.equals(LOG_SETTINGS) || name.equals(HINTS_WRITER)) {
      return Optional.of(LOG_WRITER);
    }
    boolean reads = name.startsWith(LOGS) || name.startsWith(HINTS);
    return reads && !name.equals(HINTS_DESCRIPTOR) ? Optional.of(LOG_READER) : Optional.empty();
  }

  boolean seals() {
    return this == TABLE || this == LOG_WRITER;
  }

  boolean isLog() {
    return this == LOG_WRITER || this == LOG_READER;
  }
}
