package io.cassandratde.tools.scan;

import io.cassandratde.sstable.format.CompressionInfo;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An SSTable that nothing of ours wrote. */
record PlainForm(State state, String reason) implements SSTableFiles.Form {

  static PlainForm uncompressed() {
    return new PlainForm(State.PLAINTEXT, "not compressed, so not encrypted");
  }

  /** Before its TOC.txt and CompressionInfo.db are there, nothing tells how it is written. */
  static PlainForm unfinished() {
    return new PlainForm(
        State.UNFINISHED,
        "being written, or left behind by a crash: nothing tells yet whether it is encrypted");
  }

  @Override
  public Look look(String component, Path file) {
    return Look.of(state, component, reason);
  }

  @Override
  public @Nullable Look special(String component, Path file) throws IOException {
    return noContent(component, file);
  }

  /** Lengths, offsets and checksums, as every SSTable of Cassandra has them. */
  static @Nullable Look noContent(String component, Path file) throws IOException {
    if (component.equals(SSTableFiles.INDEX)) {
      CompressionInfo.open(file).close();
      return Look.noContent("options of compression, lengths and offsets");
    }
    if (component.equals("CRC.db")) {
      return Look.noContent("checksums of Data.db as it is on disk");
    }
    return null;
  }
}
