package io.cassandratde.tools.scan;

import io.cassandratde.sstable.format.log.LogFileReport;
import io.cassandratde.sstable.format.log.LogFileScanner;
import io.cassandratde.sstable.inventory.GroupNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Commit-log segments, those of CDC too, and hints. */
final class LogFiles {

  private LogFiles() {}

  /** Looks at a file that {@link LogFileScanner} knows by its name. */
  static Look look(Path file, GroupNames groups) throws IOException {
    LogFileReport report = LogFileScanner.scan(file);
    String kind =
        report.kind() == LogFileReport.Kind.COMMIT_LOG ? "commit-log segment" : "hints file";
    Set<SealingKey> keys = SealingKey.of(report.sealed().keySet(), groups, report.options());
    return switch (report.protection()) {
      case SEALED ->
          report.badBlocks() > 0
              ? new Look(
                  State.UNKNOWN,
                  kind,
                  keys,
                  report.badBlocks() + " of " + report.blocks() + " blocks do not name a key",
                  report.problems())
              : new Look(
                  State.ENCRYPTED,
                  "encrypted " + kind,
                  keys,
                  report.isEmpty() ? "nothing written yet" : "",
                  report.problems());
      case PLAINTEXT ->
          report.isEmpty()
              ? Look.of(
                  State.PLAINTEXT,
                  kind,
                  "in clear; nothing written yet, or not since the last sync")
              : Look.plaintext(
                  kind,
                  report.compressor().isEmpty()
                      ? "holds rows in clear"
                      : "holds rows, written by " + report.compressor());
      case CASSANDRA_CBC ->
          Look.unknown(
              kind, "encrypted by transparent_data_encryption_options: CBC, not authenticated");
      case UNREADABLE -> Look.unknown(kind, String.join("; ", report.problems()));
    };
  }

  /** The checksum beside a hints file. */
  static Look hintsChecksum(String text) {
    return text.matches("(?s)[0-9a-f]{1,16} .+\\.hints\\s*|[0-9a-f]{1,16}\\s*")
        ? Look.noContent("checksum of a hints file as it is on disk")
        : new Look(State.UNKNOWN, "checksum of a hints file", Set.of(), "it is none", List.of());
  }
}
