package io.cassandratde.tools.scan;

import io.cassandratde.sstable.format.DataFileReport;
import io.cassandratde.sstable.format.DataFileScanner;
import io.cassandratde.sstable.format.DataFileScanner.Depth;
import io.cassandratde.sstable.inventory.GroupNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An SSTable in codec mode: its Data.db is sealed, what Cassandra writes besides is not. */
record CodecForm(GroupNames groups, boolean checksums) implements SSTableFiles.Form {

  @Override
  public @Nullable Look special(String component, Path file) throws IOException {
    return PlainForm.noContent(component, file);
  }

  @Override
  public Look look(String component, Path file) throws IOException {
    if (component.equals(SSTableFiles.DATA)) {
      return data(file);
    }
    return Look.of(
        State.CODEC_CLEAR,
        component,
        component.equals("Filter.db")
            ? "tells which partition keys are there; codec mode encrypts Data.db alone"
            : "holds keys, bounds or indexed values; codec mode encrypts Data.db alone");
  }

  private Look data(Path file) throws IOException {
    String kind = "codec chunks";
    DataFileReport report = DataFileScanner.scan(file, checksums ? Depth.CHECKSUMS : Depth.HEADERS);
    Set<SealingKey> keys = SealingKey.of(report.sealed().keySet(), groups, report.options());
    State state =
        report.plainChunks() > 0
            ? State.PLAINTEXT
            : report.badChunks() > 0 ? State.UNKNOWN : State.ENCRYPTED;
    String reason =
        report.plainChunks() > 0
            ? report.plainChunks() + " of " + report.chunks() + " chunks stand there in clear"
            : report.badChunks() > 0
                ? report.badChunks() + " of " + report.chunks() + " chunks are damaged"
                : "";
    return new Look(state, kind, keys, reason, List.of()).with(report.problems());
  }
}
