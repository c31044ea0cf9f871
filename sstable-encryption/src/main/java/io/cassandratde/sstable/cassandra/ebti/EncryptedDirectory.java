package io.cassandratde.sstable.cassandra.ebti;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import org.apache.cassandra.io.util.CorruptFileException;
import org.apache.cassandra.io.util.File;

/**
 * A directory in which Cassandra resolves the names of files itself: what it resolves is opened by
 * what {@code files} gives for it. All else is the plain directory's.
 */
final class EncryptedDirectory extends EncryptedPath {

  private final Path plain;
  private final Function<Path, Opener> files;

  private EncryptedDirectory(Path plain, Function<Path, Opener> files) {
    super(
        plain,
        options -> {
          throw new IOException(plain + " is a directory, not opened with " + Set.copyOf(options));
        });
    this.plain = plain;
    this.files = files;
  }

  /**
   * Damage told as by Cassandra's checksums, in whose place the pages are: an IOException would
   * pass for a disk that fails, and stop the node (docs/OPERATIONS.md, disk_failure_policy).
   *
   * @throws CorruptFileException always
   */
  static IOException damaged(Path file, IOException damage) {
    throw new CorruptFileException(damage, file.toString());
  }

  /** As Cassandra holds directories. */
  static File file(Path plain, Function<Path, Opener> files) {
    // The one constructor that takes a path of a file system other than the default.
    return new File(new EncryptedDirectory(plain, files), "");
  }

  /** One file, as Cassandra holds files. */
  static File leaf(Path plain, Opener opener) {
    Path name = plain.getFileName();
    Path directory = plain.toAbsolutePath().getParent();
    if (name == null || directory == null) {
      throw new IllegalArgumentException(plain + " is no file");
    }
    return new File(new EncryptedDirectory(directory, file -> opener), name.toString());
  }

  @Override
  public Path resolve(Path other) {
    if (other.toString().isEmpty()) {
      return this;
    }
    Path file = plain.resolve(EncryptedPath.plain(other));
    return new EncryptedPath(file, files.apply(file));
  }
}
