package io.cassandratde.keys.localcache;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.files.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sealed files of one cluster in their directory.
 *
 * <p>They serve an outage and must not make one, so nothing throws after {@link #open}: a file that
 * cannot be used counts as not there, one that cannot be written is told in the log.
 */
final class CacheFiles {

  private static final Logger logger = LoggerFactory.getLogger(CacheFiles.class);

  private final PrivateDirectory directory;
  private final SystemKeySeal seal;
  private final String cluster;

  /** What was said already; few files, few reasons. */
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  private CacheFiles(PrivateDirectory directory, SystemKeySeal seal, String cluster) {
    this.directory = directory;
    this.seal = seal;
    this.cluster = cluster;
  }

  /**
   * @param cluster whose keys these are: a file of another cluster is foreign
   * @throws ConfigException naming the option's line and the remedy
   */
  static CacheFiles open(LocalCacheConfig config, String cluster, Hkdf hkdf, Provider provider) {
    SystemKeySeal seal = new SystemKeySeal(config.keyFile(), hkdf, provider);
    try {
      String problem = seal.problem();
      if (problem != null) {
        throw config.wrongKeyFile(
            "names " + config.keyFile() + ", which " + problem,
            "name a file that `cassandra-tde createsystemkey AES 256` made");
      }
    } catch (KeyException e) {
      throw config.wrongKeyFile(
          "cannot be used: " + e.getMessage(), "put the key file there, or correct the path");
    }
    try {
      PrivateDirectory directory = PrivateDirectory.open(config.directory());
      warnOfNeighbours(config);
      return new CacheFiles(directory, seal, cluster);
    } catch (PrivateDirectory.Refused e) {
      throw config.wrongDirectory(e.problem(), e.remedy());
    }
  }

  private static void warnOfNeighbours(LocalCacheConfig config) {
    try {
      Path keyFile = config.keyFile().toRealPath();
      Path directory = config.directory().toRealPath();
      if (keyFile.startsWith(directory)) {
        logger.warn(
            config.keyFileWarning(
                "is inside the directory of the cache, so whoever has that directory has the keys",
                "keep the key file elsewhere, best on a medium that is not the node's disk"));
      } else if (Files.getFileStore(keyFile).equals(Files.getFileStore(directory))) {
        logger.warn(
            config.keyFileWarning(
                "is on the same file system as the cache, so whoever has that disk has the keys",
                "keep the key file elsewhere: a tmpfs or a secret mount that is filled at boot"));
      }
    } catch (IOException e) {
      logger.debug("Cannot compare the places of {}: {}", config, e.toString());
    }
  }

  String cluster() {
    return cluster;
  }

  Path path() {
    return directory.path();
  }

  /** All files of a kind, good or not. */
  int count(String kind) {
    return list("*" + kind).size();
  }

  /** The files of a group by their names, good or not. */
  List<Path> of(String group, String kind) {
    return list(FileNames.prefix(group) + "*" + kind);
  }

  private List<Path> list(String glob) {
    try {
      return directory.list(glob);
    } catch (IOException e) {
      tell(directory.path(), e.toString());
      return List.of();
    }
  }

  /** Null: not there, or not to be used, which is told. The caller closes it. */
  SystemKeySeal.@Nullable Opened read(String name, String group) {
    Path file = directory.file(name);
    try {
      return open(file, group);
    } catch (UnusableFileException e) {
      tell(file, e.why());
    } catch (IOException | KeyException e) {
      tell(file, e.toString());
    }
    return null;
  }

  private SystemKeySeal.@Nullable Opened open(Path file, String group)
      throws IOException, UnusableFileException {
    byte[] bytes = directory.read(file, EntryFormat.MAX_FILE);
    if (bytes == null) {
      return null;
    }
    SystemKeySeal.Opened opened = seal.open(EntryFormat.parse(bytes), bytes);
    String foreign = foreign(opened.entry(), file, group);
    if (foreign == null) {
      return opened;
    }
    opened.close();
    throw new UnusableFileException(foreign);
  }

  private @Nullable String foreign(Entry entry, Path file, String group) {
    if (!entry.cluster().equals(cluster)) {
      return "it is of the cluster " + entry.cluster() + ", not of " + cluster;
    }
    if (!entry.group().equals(group)) {
      return "it is of the group " + entry.group() + ", not of " + group;
    }
    return file.getFileName().toString().equals(FileNames.of(entry))
        ? null
        : "it has the name of another key or spec";
  }

  boolean write(Entry entry, byte[] material) {
    Path file = directory.file(FileNames.of(entry));
    try {
      directory.write(file, seal.seal(entry, material));
      told.removeIf(line -> line.startsWith(file + " "));
      return true;
    } catch (UnusableFileException e) {
      untold(file, entry, e.why());
    } catch (IOException | KeyException | IllegalArgumentException e) {
      untold(file, entry, e.toString());
    }
    return false;
  }

  private void untold(Path file, Entry entry, String why) {
    logger.error(
        "{} was not written, so a start without key servers may lack key {}: {}",
        file,
        entry.keyId(),
        why);
  }

  boolean delete(String name) {
    Path file = directory.file(name);
    try {
      return directory.delete(file);
    } catch (IOException e) {
      logger.error("{} could not be removed, remove it by hand: {}", file, e.toString());
      return false;
    }
  }

  /**
   * Removes what will never be usable: damaged, foreign, open to others, under a system key that
   * the key file has not. Only when servers answer: until then the right key file may come back;
   * after that a file could be the last trace of a destroyed key. A key file or disk that cannot be
   * read just now condemns nothing.
   */
  void removeUnusable(String group, String kind) {
    for (Path file : of(group, kind)) {
      try (SystemKeySeal.Opened opened = open(file, group)) {
        logger.trace("{} is good: {}", file, opened);
      } catch (UnusableFileException e) {
        if (delete(file.getFileName().toString())) {
          logger.warn("{} was removed from the local key cache: {}", file, e.why());
        }
      } catch (IOException | KeyException e) {
        tell(file, e.toString());
      }
    }
  }

  /** Tells of the files that are of none of these groups: nothing looks after them. */
  void tellStrangers(Set<String> groups) {
    for (Path file : list("*" + FileNames.KEY)) {
      String name = file.getFileName().toString();
      if (groups.stream().noneMatch(group -> name.startsWith(FileNames.prefix(group)))) {
        tell(file, "it is of no group of kmip_hosts; remove it if that group is gone for good");
      }
    }
  }

  private void tell(Path file, String why) {
    if (told.add(file + " " + why)) {
      logger.error("{} of the local key cache counts as not there: {}", file, why);
    }
  }
}
