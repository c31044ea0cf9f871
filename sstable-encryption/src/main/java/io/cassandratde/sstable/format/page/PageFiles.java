package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.carrier.KeySource;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Opens page files, and knows those that this process is writing: only through their writer can
 * they be read before they are finished (docs/RULES.md R11).
 */
public final class PageFiles {

  private final PageCrypto crypto;
  private final PageMemory memory;
  private final Map<Path, OpenPageFile> writing = new ConcurrentHashMap<>();

  public PageFiles(PageCrypto crypto, PageMemory memory) {
    this.crypto = crypto;
    this.memory = memory;
  }

  /**
   * Opens for reading.
   *
   * @param component the file's part in its SSTable, which its bytes are bound to
   * @param report how damage is told that is met later
   * @throws CorruptPageException it is no finished page file of this SSTable and component
   */
  public PageChannel read(Path file, String component, KeySource keys, DamageReport report)
      throws IOException {
    OpenPageFile writer = writing.get(file.toAbsolutePath().normalize());
    FileChannel raw = FileChannel.open(file, StandardOpenOption.READ);
    return closing(
        raw,
        () -> {
          PageContent.Later finished =
              new PageContent.Later(raw, file.toString(), component, keys, crypto);
          PageContent content =
              writer == null ? finished.open() : new PageContent.Following(writer, finished);
          return new PageChannel(raw, file.toString(), content, memory, report, true, 0);
        });
  }

  /**
   * Opens for reading, and tells damage when the first byte is read: for callers who go on without
   * the file only when a read fails.
   *
   * @param component the file's part in its SSTable, which its bytes are bound to
   */
  public PageChannel stream(Path file, String component, KeySource keys) throws IOException {
    FileChannel raw = FileChannel.open(file, StandardOpenOption.READ);
    PageContent content = new PageContent.Later(raw, file.toString(), component, keys, crypto);
    return new PageChannel(raw, file.toString(), content, memory, DamageReport.AS_IT_IS, true, 0);
  }

  /**
   * Opens for writing: a new file, or another extent of a finished one.
   *
   * @param options of {@link FileChannel#open}; with CREATE, TRUNCATE_EXISTING begins a file anew,
   *     APPEND starts at the end
   * @param keyId the data key that seals what is written now
   */
  public PageChannel write(
      Path file, Set<StandardOpenOption> options, String component, SSTableKeys keys, int keyId)
      throws IOException {
    Set<StandardOpenOption> below = EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    below.addAll(options);
    boolean append = below.remove(StandardOpenOption.APPEND);
    Path place = file.toAbsolutePath().normalize();
    giveWay(file, place); // before the old content is gone
    if (below.contains(StandardOpenOption.CREATE)
        && below.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      // Not in place: a snapshot links to the old content, with the carrier of its time.
      Files.deleteIfExists(file);
    }
    FileChannel raw = FileChannel.open(file, below);
    return closing(
        raw,
        () -> {
          OpenPageFile opened =
              OpenPageFile.open(raw, file.toString(), component, keys, keyId, crypto);
          if (writing.putIfAbsent(place, opened) != null) {
            opened.abandon();
            throw writtenAlready(file);
          }
          PageContent content =
              new PageContent.Writing(raw, opened, () -> writing.remove(place, opened));
          boolean readable = options.contains(StandardOpenOption.READ);
          return new PageChannel(
              raw,
              file.toString(),
              content,
              memory,
              DamageReport.AS_IT_IS,
              readable,
              append ? opened.length() : 0);
        });
  }

  /**
   * A writer whose file is gone was given up without a close, as Cassandra does when it stops the
   * build of an index: it must not block the next.
   */
  private void giveWay(Path file, Path place) throws IOException {
    OpenPageFile before = writing.get(place);
    if (before == null) {
      return;
    }
    if (Files.exists(file)) {
      throw writtenAlready(file);
    }
    if (writing.remove(place, before)) {
      before.abandon();
    }
  }

  /** The length in clear of a file that this process is writing; null for every other file. */
  public @Nullable Long lengthWhileWritten(Path file) {
    OpenPageFile writer = writing.get(file.toAbsolutePath().normalize());
    return writer == null ? null : writer.length();
  }

  private static IOException writtenAlready(Path file) {
    return new IOException(file + " is being written already");
  }

  private interface Opening {
    PageChannel open() throws IOException;
  }

  private static PageChannel closing(FileChannel raw, Opening opening) throws IOException {
    boolean done = false;
    try {
      PageChannel channel = opening.open();
      done = true;
      return channel;
    } finally {
      if (!done) {
        raw.close();
      }
    }
  }
}
