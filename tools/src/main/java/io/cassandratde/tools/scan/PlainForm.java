package io.cassandratde.tools.scan;

import io.cassandratde.sstable.format.ChunkFormat;
import io.cassandratde.sstable.format.ChunkHeader;
import io.cassandratde.sstable.format.CompressionInfo;
import io.cassandratde.sstable.format.CorruptChunkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An SSTable that nothing of ours wrote. */
record PlainForm(State state, String reason) implements SSTableFiles.Form {

  static PlainForm uncompressed() {
    return new PlainForm(State.PLAINTEXT, "not compressed, so not encrypted");
  }

  /**
   * Before its TOC.txt and CompressionInfo.db are there, Data.db alone tells how it is written.
   * Cassandra opens an SSTable without them, so one that lost them is not harmless.
   */
  static PlainForm unfinished(@Nullable Path data) throws IOException {
    if (data != null && !mayBeSealed(data)) {
      return new PlainForm(
          State.PLAINTEXT, "without TOC.txt and CompressionInfo.db, and its Data.db is not sealed");
    }
    return new PlainForm(
        State.UNFINISHED,
        "being written, or left behind by a crash: nothing tells yet whether it is encrypted");
  }

  /** Whether a Data.db begins with a chunk of codec mode, or with nothing as yet. */
  private static boolean mayBeSealed(Path data) throws IOException {
    byte[] head;
    try (var in = Files.newInputStream(data)) {
      head = in.readNBytes(ChunkFormat.MAX_HEADER);
    }
    if (head.length == 0) {
      return true;
    }
    try {
      ChunkHeader.parse(ByteBuffer.wrap(head));
      return true;
    } catch (CorruptChunkException e) {
      return false;
    }
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
