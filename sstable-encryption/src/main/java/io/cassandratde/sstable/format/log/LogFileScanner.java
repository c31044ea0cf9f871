package io.cassandratde.sstable.format.log;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.ChunkFormat;
import io.cassandratde.sstable.format.ChunkHeader;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.UnknownVersionException;
import io.cassandratde.sstable.format.log.LogFileReport.Kind;
import io.cassandratde.sstable.format.log.LogFileReport.Protection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Walks the blocks of a commit-log segment or a hints file. A file that a node is writing, or was
 * when it crashed, is walked as far as it makes sense; the report says where that is.
 *
 * <pre>
 * segment: (end of section 4 | CRC 4 of id and place | length in clear 4 | block) … | 0 4 | 0 4
 * hints:   (length in clear 4 | length of block 4 | block) …
 * </pre>
 */
public final class LogFileScanner {

  private static final Pattern SEGMENT = Pattern.compile("CommitLog-(\\d+-)?\\d+\\.log");
  private static final String HINTS = ".hints";

  private static final int MARKER = 8;
  private static final int LENGTH = 4;
  private static final int MOST_PROBLEMS = 20;

  private final FileWindow file;
  private final LogDescriptor descriptor;
  private final Map<KeyReference, Long> sealed = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private long blocks;
  private long bad;
  private @Nullable UnknownVersionException later;

  private LogFileScanner(FileWindow file, LogDescriptor descriptor) {
    this.file = file;
    this.descriptor = descriptor;
  }

  /** Which kind a file of this name is, wherever it lies; null: neither. */
  public static @Nullable Kind kindOf(Path file) {
    String name = String.valueOf(file.getFileName());
    if (SEGMENT.matcher(name).matches()) {
      return Kind.COMMIT_LOG;
    }
    return name.endsWith(HINTS) ? Kind.HINTS : null;
  }

  /** Whether a compressor's class, as a header or cassandra.yaml names it, is one of ours. */
  public static boolean isOurs(String compressor) {
    return LogDescriptor.isOurs(compressor);
  }

  /**
   * Reads a file of either kind. A damaged one is reported, not thrown.
   *
   * @throws IOException it cannot be read, or its name is of neither kind
   */
  public static LogFileReport scan(Path path) throws IOException {
    Kind kind = kindOf(path);
    if (kind == null) {
      throw new IOException(path + " is neither a commit-log segment nor a hints file by its name");
    }
    try (FileWindow file = FileWindow.open(path)) {
      LogDescriptor descriptor;
      try {
        descriptor = LogDescriptor.read(kind, file);
      } catch (IOException e) {
        return new LogFileReport(
            kind,
            0,
            Protection.UNREADABLE,
            "",
            Map.of(),
            0,
            Map.of(),
            0,
            Optional.empty(),
            List.of(String.valueOf(e.getMessage())));
      }
      return new LogFileScanner(file, descriptor).walk(kind);
    }
  }

  private LogFileReport walk(Kind kind) throws IOException {
    if (kind == Kind.COMMIT_LOG) {
      walkSections();
    } else if (descriptor.compressor().isEmpty()) {
      blocks = file.size() > descriptor.end() ? 1 : 0;
    } else {
      walkHints();
    }
    return new LogFileReport(
        kind,
        descriptor.version(),
        descriptor.protection(),
        descriptor.compressor(),
        descriptor.options(),
        blocks,
        Collections.unmodifiableMap(sealed),
        bad,
        Optional.ofNullable(later).map(Throwable::getMessage),
        List.copyOf(problems));
  }

  private void walkSections() throws IOException {
    long position = descriptor.end();
    while (position + MARKER <= file.size()) {
      ByteBuffer marker = file.at(position, MARKER);
      int end = marker.getInt();
      int crc = marker.getInt();
      if (end == 0 && crc == 0) {
        return; // as far as it was written
      }
      if (crc != markerCrc(position)) {
        problem(position, "its marker is damaged, or was being written; the rest was not read");
        return;
      }
      if (end < position + MARKER || end > file.size()) {
        problem(
            position, "it ends at " + end + " of " + file.size() + " bytes: cut off or damaged");
        return;
      }
      blocks++;
      if (descriptor.protection() == Protection.SEALED) {
        look(position, position + MARKER + LENGTH, end);
      }
      position = end;
    }
  }

  private int markerCrc(long position) {
    CRC32 crc = new CRC32();
    crc.update(
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
            .putLong(Long.rotateLeft(descriptor.id(), 32)) // the low half first
            .putInt((int) position)
            .flip());
    return (int) crc.getValue();
  }

  private void walkHints() throws IOException {
    long position = descriptor.end();
    while (position < file.size()) {
      if (position + 2 * LENGTH > file.size()) {
        problem(position, "cut off within its lengths");
        return;
      }
      ByteBuffer lengths = file.at(position, 2 * LENGTH);
      int clear = lengths.getInt();
      int compressed = lengths.getInt();
      long start = position + 2 * LENGTH;
      if (clear < 0 || compressed <= 0 || compressed > file.size() - start) {
        problem(
            position,
            compressed + " bytes are to follow where " + (file.size() - start) + " do: cut off");
        return;
      }
      blocks++;
      if (descriptor.protection() == Protection.SEALED) {
        look(position, start, start + compressed);
      }
      position = start + compressed;
    }
  }

  private void look(long block, long start, long end) throws IOException {
    if (end <= start) {
      bad++;
      problem(block, "it has no bytes");
      return;
    }
    int head = (int) Math.min(end - start, ChunkFormat.MAX_HEADER);
    try {
      sealed.merge(ChunkHeader.parse(file.at(start, head)).key(), 1L, Long::sum);
    } catch (CorruptChunkException e) {
      bad++;
      later = later == null ? UnknownVersionException.in(e) : later;
      problem(block, String.valueOf(e.getMessage()));
    }
  }

  private void problem(long position, String what) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add("block at " + position + ": " + what);
    }
  }
}
