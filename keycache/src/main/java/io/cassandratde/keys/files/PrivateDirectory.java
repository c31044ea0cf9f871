package io.cassandratde.keys.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of small files that belong to this process's user alone. A file appears, changes and
 * goes as a whole, and is on the disk when a call returns.
 */
public final class PrivateDirectory {

  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final String UNFINISHED = ".tmp";

  private final Path path;
  private final UserPrincipal user;

  private PrivateDirectory(Path path, UserPrincipal user) {
    this.path = path;
    this.user = user;
  }

  /** Why a directory cannot be used, and what to do about it. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final String remedy;

    Refused(String problem, String remedy) {
      super(problem);
      this.remedy = remedy;
    }

    public String problem() {
      return String.valueOf(getMessage());
    }

    public String remedy() {
      return remedy;
    }
  }

  /** Made when it is not there; unfinished files of an earlier process are removed. */
  public static PrivateDirectory open(Path path) throws Refused {
    try {
      if (!Files.exists(path)) {
        Files.createDirectory(path, DIRECTORY_MODE);
      }
      if (!Files.isDirectory(path)) {
        throw new Refused("names " + path + ", which is no directory", "name one");
      }
      // Whose files this process makes is the surest way to tell who it is.
      Path probe = Files.createTempFile(path, ".", UNFINISHED, FILE_MODE);
      try {
        return open(path, Files.getOwner(probe));
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new Refused(
          "names %s, which cannot be used (%s)".formatted(path, e),
          "make a directory there that the user that runs Cassandra owns, mode 700");
    }
  }

  /** As this user. */
  public static PrivateDirectory open(Path path, UserPrincipal user) throws IOException, Refused {
    PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
    String open = openTo(attributes);
    if (open != null) {
      throw new Refused(
          "names %s, which is open to others (%s)".formatted(path, open), "chmod 700 it");
    }
    if (!attributes.owner().equals(user)) {
      throw new Refused(
          "names %s, which belongs to %s, while this process runs as %s"
              .formatted(path, attributes.owner().getName(), user.getName()),
          "chown it to the user that runs Cassandra, or start Cassandra as that user");
    }
    PrivateDirectory directory = new PrivateDirectory(path, user);
    directory.removeUnfinished();
    return directory;
  }

  /** Without the checks of the directory, for tests of those of its files. */
  public static PrivateDirectory trusted(Path path, UserPrincipal user) {
    return new PrivateDirectory(path, user);
  }

  private void removeUnfinished() throws IOException {
    for (Path file : list("." + "*" + UNFINISHED)) {
      Files.deleteIfExists(file);
    }
  }

  public Path path() {
    return path;
  }

  public Path file(String name) {
    return path.resolve(name);
  }

  /** By their names. */
  public List<Path> list(String glob) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      var matcher = path.getFileSystem().getPathMatcher("glob:" + glob);
      return files.filter(file -> matcher.matches(file.getFileName())).sorted().toList();
    }
  }

  /** Null: it is not there. Never more than {@code most} bytes. */
  public byte @Nullable [] read(Path file, int most) throws IOException, UnusableFileException {
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        throw new UnusableFileException("it is no regular file");
      }
      String open = openTo(attributes);
      if (open != null) {
        throw new UnusableFileException("it is open to others (" + open + ")");
      }
      if (!attributes.owner().equals(user)) {
        throw new UnusableFileException(
            "it belongs to " + attributes.owner().getName() + ", not to " + user.getName());
      }
      try (SeekableByteChannel channel =
          Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        return bytes(channel, most);
      }
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static byte[] bytes(SeekableByteChannel channel, int most)
      throws IOException, UnusableFileException {
    if (channel.size() > most) {
      throw new UnusableFileException("it is longer than " + most + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // Goes on until it has what there was when it was opened.
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** The old file or the new one is there at every moment, never a part. */
  public void write(Path file, byte[] content) throws IOException {
    Path temporary =
        Files.createTempFile(path, "." + file.getFileName() + ".", UNFINISHED, FILE_MODE);
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync();
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  public boolean delete(Path file) throws IOException {
    boolean was = Files.deleteIfExists(file);
    if (was) {
      sync();
    }
    return was;
  }

  private void sync() throws IOException {
    try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /** Null: to its owner alone. */
  private static @Nullable String openTo(PosixFileAttributes attributes) {
    Set<PosixFilePermission> permissions = attributes.permissions();
    return OWNERS.containsAll(permissions) ? null : PosixFilePermissions.toString(permissions);
  }
}
