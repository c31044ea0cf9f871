package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.files.UnusableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data keys that this node has on its own disk, wrapped, one file for each: it starts before
 * the cluster is up, and what the table loses comes back from here (docs/RULES.md R26). A file goes
 * by {@link #delete} alone.
 */
public final class LocalCopies {

  private static final Logger logger = LoggerFactory.getLogger(LocalCopies.class);

  private final PrivateDirectory directory;

  /** What was said already. */
  private final Set<String> told = new HashSet<>();

  private LocalCopies(PrivateDirectory directory) {
    this.directory = directory;
  }

  /**
   * Made when it is not there. What cannot be used in it is told at once.
   *
   * @throws PrivateDirectory.Refused with the remedy
   */
  public static LocalCopies open(Path directory) throws PrivateDirectory.Refused {
    LocalCopies copies = new LocalCopies(PrivateDirectory.open(directory));
    logger.info("{} holds copies of {} replicated keys", directory, copies.all().size());
    return copies;
  }

  public Path path() {
    return directory.path();
  }

  /** Good or not. */
  public int size() {
    return files().size();
  }

  /** Those that can be used. */
  synchronized List<Copy> all() {
    List<Copy> all = new ArrayList<>();
    for (Path file : files()) {
      Copy copy = read(file);
      if (copy != null) {
        all.add(copy);
      }
    }
    return all;
  }

  /** Of a line; 0: none. */
  int newestVersion(KeyLine line) {
    return all().stream()
        .map(copy -> copy.key().row())
        .filter(row -> row.line().equals(line))
        .mapToInt(DataKeyRow::version)
        .max()
        .orElse(0);
  }

  /** Null: not there, or not to be used, which is told. */
  synchronized @Nullable Copy read(UUID keyId) {
    return read(file(keyId));
  }

  private @Nullable Copy read(Path file) {
    try {
      byte[] bytes = directory.read(file, CopyFormat.MAX_FILE);
      if (bytes == null) {
        return null;
      }
      Copy copy = CopyFormat.parse(bytes);
      if (!file.equals(file(copy.key().row().keyId()))) {
        throw new UnusableFileException("it has the name of another key");
      }
      return copy;
    } catch (UnusableFileException e) {
      tell(file, e.why());
    } catch (IOException e) {
      tell(file, e.toString());
    }
    return null;
  }

  /**
   * On the disk, and read again, when this returns.
   *
   * @throws KeyUnavailableException it is not: nothing may be sealed by this key
   */
  synchronized void write(StoredKey key, Instant confirmed) {
    Path file = file(key.row().keyId());
    try {
      byte[] bytes = CopyFormat.encode(new Copy(key, confirmed));
      directory.write(file, bytes);
      if (!Arrays.equals(bytes, directory.read(file, CopyFormat.MAX_FILE))) {
        throw new IOException("it reads otherwise than it was written");
      }
      told.removeIf(line -> line.startsWith(file + " "));
    } catch (IOException | UnusableFileException | IllegalArgumentException e) {
      throw new KeyUnavailableException(
          "%s has no local copy on this node, so nothing is sealed by it: see to %s"
              .formatted(key.row().binding(), file),
          e);
    }
  }

  /**
   * Brings back a copy of {@link KeyExport}, as {@link #restore(StoredKey, Instant)} does.
   *
   * @throws IOException it is damaged, or another key has its id here
   */
  public boolean restore(byte[] copy) throws IOException {
    try {
      Copy restored = CopyFormat.parse(copy);
      return restore(restored.key(), restored.confirmed());
    } catch (UnusableFileException e) {
      throw new IOException(e.why());
    }
  }

  /**
   * Brings back a key. A copy that can be read stays, and gets the wrap if it has none under that
   * master key: the one that it has may be lost.
   *
   * @return false: nothing was to do
   * @throws IOException another key has its id here
   */
  public synchronized boolean restore(StoredKey key, Instant confirmed) throws IOException {
    DataKeyRow row = key.row();
    Copy there = read(row.keyId());
    if (there == null) {
      write(key, confirmed);
      return true;
    }
    DataKeyRow its = there.key().row();
    if (!its.binding().equals(row.binding()) || its.checkValue() != row.checkValue()) {
      throw new IOException(
          "%s has another key under this id, %s with check value %08x"
              .formatted(file(row.keyId()), its.binding(), its.checkValue()));
    }
    KeyReference by = key.wraps().get(0).wrapped().masterKey();
    if (there.key().wraps().stream().anyMatch(wrap -> wrap.wrapped().masterKey().equals(by))) {
      return false;
    }
    List<KeyWrap> wraps = new ArrayList<>(there.key().wraps());
    wraps.add(key.wraps().get(0));
    wraps.sort(Comparator.comparing(KeyWrap::wrappedAt).reversed());
    write(new StoredKey(its, wraps), there.confirmed());
    return true;
  }

  synchronized boolean delete(UUID keyId) {
    Path file = file(keyId);
    try {
      return directory.delete(file);
    } catch (IOException e) {
      logger.error("{} could not be removed, remove it by hand: {}", file, e.toString());
      return false;
    }
  }

  private Path file(UUID keyId) {
    return directory.file(keyId + KeyCopyFile.SUFFIX);
  }

  private List<Path> files() {
    try {
      return directory.list("*" + KeyCopyFile.SUFFIX);
    } catch (IOException e) {
      tell(directory.path(), e.toString());
      return List.of();
    }
  }

  private synchronized void tell(Path file, String why) {
    if (told.add(file + " " + why)) {
      logger.error("{}, a local copy of a replicated key, counts as not there: {}", file, why);
    }
  }

  @Override
  public String toString() {
    return "local copies in " + path();
  }
}
