package io.cassandratde.keys.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the chain. A record is on the disk when {@link #append} returns; several processes may
 * append at once.
 */
public final class AuditFile {

  /** No record is longer; what it quotes is cut. */
  public static final int LONGEST = 64 * 1024;

  private static final Duration LOCK_WAIT = Duration.ofSeconds(30);
  private static final long LOCK_LOOK_MILLIS = 20;
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(OWNERS);

  /** File locks are the process's: threads need one of their own. */
  static final Object THREADS = new Object();

  private final Path path;

  public AuditFile(Path path) {
    this.path = path;
  }

  /**
   * A record that was written.
   *
   * @param line without its end
   */
  public record Written(long seq, String line) {}

  /** A record that no file takes, however often it is tried. */
  static final class TooLongException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    TooLongException(Path path, int bytes) {
      super(path.toString(), null, "audit file: a record of " + bytes + " bytes is too long");
    }
  }

  /** The chain's end. */
  private record Head(long seq, String hash) {}

  /**
   * Writes a record behind the last one.
   *
   * @param content of the record, beside its place in the chain
   * @throws IOException nothing was written
   */
  public Written append(Map<String, ? extends @Nullable Object> content) throws IOException {
    synchronized (THREADS) {
      create();
      check();
      // Java opens no channel that reads and appends. POSIX drops all locks of a process on a file
      // as soon as any of its channels is closed: so the one that reads is closed last.
      try (FileChannel reader =
              FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
          FileChannel writer =
              FileChannel.open(path, Set.of(StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS));
          FileLock lock = lock(writer)) {
        Head head = head(reader);
        byte[] line = AuditRecord.line(head.seq() + 1, head.hash(), content);
        if (line.length >= LONGEST) {
          throw new TooLongException(path, line.length);
        }
        write(writer, line);
        return new Written(
            head.seq() + 1, new String(line, java.nio.charset.StandardCharsets.US_ASCII));
      }
    }
  }

  private void create() throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw failure("there is no directory " + directory + ": make it, for its owner alone");
    }
    Set<StandardOpenOption> make =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel made = FileChannel.open(path, make, MODE);
        FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
      made.force(true);
      folder.force(true);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster: theirs is as good.
    }
  }

  private void check() throws IOException {
    PosixFileAttributes file =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!file.isRegularFile()) {
      throw failure("it is no regular file");
    }
    if (!OWNERS.containsAll(file.permissions())) {
      throw failure(
          "it is open to others (%s): chmod 600 it, and find out who wrote to it"
              .formatted(PosixFilePermissions.toString(file.permissions())));
    }
  }

  private FileLock lock(FileChannel channel) throws IOException {
    long end = System.nanoTime() + LOCK_WAIT.toNanos();
    while (true) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - end > 0) {
        throw failure(
            "another process has held its lock for "
                + LOCK_WAIT.toSeconds()
                + " s: find it, end it");
      }
      try {
        Thread.sleep(LOCK_LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure("interrupted while another process held its lock");
      }
    }
  }

  private Head head(FileChannel reader) throws IOException {
    long size = reader.size();
    if (size == 0) {
      return new Head(0, AuditRecord.NOTHING);
    }
    ByteBuffer tail = ByteBuffer.allocate((int) Math.min(size, LONGEST + 1));
    while (tail.hasRemaining()) {
      if (reader.read(tail, size - tail.remaining()) < 0) {
        throw failure("it became shorter while it was read");
      }
    }
    byte[] bytes = tail.array();
    int end = bytes.length - 1;
    if (bytes[end] != '\n') {
      throw broken("it ends in the middle of a line");
    }
    int begin = end;
    while (begin > 0 && bytes[begin - 1] != '\n') {
      begin--;
    }
    byte[] last = Arrays.copyOfRange(bytes, begin, end);
    try {
      return new Head(AuditRecord.parse(last).seq(), AuditRecord.hash(last));
    } catch (AuditRecord.MalformedException e) {
      throw broken("its last line is no record: " + e.getMessage());
    }
  }

  private void write(FileChannel writer, byte[] line) throws IOException {
    long before = writer.size();
    ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
    try {
      while (bytes.hasRemaining()) {
        writer.write(bytes);
      }
      writer.force(true);
    } catch (IOException e) {
      try {
        writer.truncate(before); // of a full disk: half a line would end the chain
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private IOException broken(String why) {
    return failure(
        why
            + " (a crash or a full disk while it was written, or a change by hand): keep it, look"
            + " with `audit verify`, and name a new file in the configuration's section audit");
  }

  private IOException failure(String why) {
    return new FileSystemException(path.toString(), null, "audit file: " + why);
  }
}
