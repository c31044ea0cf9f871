package io.cassandratde.sstable.format.carrier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/**
 * Other content in the place of a small file, in one step: after a crash there is the old one or
 * the new one. Never in place, because snapshots share the file and keep needing the old key
 * (docs/RULES.md R13).
 */
final class Replacement {

  private static final String TEMPORARY = ".tmp";
  private static final long SECOND = TimeUnit.SECONDS.toMicros(1);

  private Replacement() {}

  static void replace(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    Files.deleteIfExists(temporary);
    writeNew(temporary, content, timeAfter(file));
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectoryOf(file);
  }

  /**
   * Another time within the second of the file that is there. Cassandra's transaction logs hold, to
   * the second, when the files of an SSTable were last modified that a compaction has replaced; one
   * that it finds changed after a crash would stop the start. Another, so that the replacement
   * shows to whoever knows a file by its time.
   */
  private static FileTime timeAfter(Path file) throws IOException {
    long micros = Files.getLastModifiedTime(file).to(TimeUnit.MICROSECONDS);
    long second = Math.floorDiv(micros, SECOND) * SECOND;
    return FileTime.from(second + Math.floorMod(micros + 1, SECOND), TimeUnit.MICROSECONDS);
  }

  private static void writeNew(Path file, byte[] content, FileTime time) throws IOException {
    try (FileChannel channel = create(file)) {
      writeFully(channel, content);
      Files.setLastModifiedTime(file, time);
      channel.force(true);
    }
  }

  /**
   * Writes a file that must not be there yet.
   *
   * @throws java.nio.file.FileAlreadyExistsException it is
   */
  static void writeNew(Path file, byte[] content) throws IOException {
    try (FileChannel channel = create(file)) {
      writeFully(channel, content);
      channel.force(true);
    }
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  private static void writeFully(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static void syncDirectoryOf(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
