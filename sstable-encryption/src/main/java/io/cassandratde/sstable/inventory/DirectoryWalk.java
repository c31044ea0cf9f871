package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.replicated.KeyCopyFile;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.log.LogFileScanner;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Goes over one directory of a node and reads what may need keys, each directory when all its files
 * are known, since those of one SSTable belong together.
 */
final class DirectoryWalk extends SimpleFileVisitor<Path> {

  private static final String PAXOS_CARRIER = ".paxos-carrier";
  private static final String CACHE_CARRIER = ".crc";

  private final Path root;
  private final Place place;
  private final Depth depth;
  private final ReadingCache cache;
  private final Findings findings;

  /** Of each directory that the walk is in, the files by their SSTable and component. */
  private final Deque<Map<String, Map<String, BasicFileAttributes>>> directories =
      new ArrayDeque<>();

  DirectoryWalk(Path root, Place place, Depth depth, ReadingCache cache, Findings findings) {
    this.root = root;
    this.place = place;
    this.depth = depth;
    this.cache = cache;
    this.findings = findings;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    directories.push(new TreeMap<>());
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    String name = String.valueOf(file.getFileName());
    if (place != Place.LIVE) {
      other(file, name, attributes);
      return FileVisitResult.CONTINUE;
    }
    SSTableName sstable = SSTableName.of(file);
    if (sstable != null) {
      directories
          .element()
          .computeIfAbsent(sstable.sstable(), none -> new TreeMap<>())
          .put(name.substring(sstable.sstable().length() + 1), attributes);
    } else if (name.endsWith(PAXOS_CARRIER)) {
      read(
          file,
          Place.PAXOS,
          TablePath.of(file),
          attributes.size(),
          List.of(attributes),
          () -> SSTableNeeds.readCarrier(file, ""));
    } else if (name.endsWith('-' + SSTableNeeds.DATA)) {
      findings.open(Problem.Kind.UNREADABLE, file, "is not named as an SSTable known here");
    }
    return FileVisitResult.CONTINUE;
  }

  private void other(Path file, String name, BasicFileAttributes attributes) {
    ReadingCache.Reading reading;
    if (place == Place.SAVED_CACHE) {
      if (!name.endsWith(CACHE_CARRIER)) {
        return;
      }
      reading =
          () ->
              CarrierFile.begins(file)
                  ? SSTableNeeds.readCarrier(file, "")
                  : new Needs(Needs.Form.PLAIN, Map.of(), Map.of(), true, List.of());
    } else if (place == Place.KEY_COPY) {
      if (!name.endsWith(KeyCopyFile.SUFFIX)) {
        return;
      }
      reading = () -> DiskInventory.keyCopy(file);
    } else if (LogFileScanner.kindOf(file) != null) {
      reading = () -> DiskInventory.log(file);
    } else {
      return;
    }
    read(file, place, TablePath.of(file), attributes.size(), List.of(attributes), reading);
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      findings.vanished(file);
    } else {
      findings.open(Problem.Kind.UNREADABLE, file, "cannot be read: " + SSTableNeeds.message(e));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
    directories.pop().forEach((sstable, files) -> sstable(directory, sstable, files));
    if (e instanceof NoSuchFileException) {
      findings.vanished(directory);
    } else if (e != null) {
      findings.open(
          Problem.Kind.UNREADABLE, directory, "cannot be listed: " + SSTableNeeds.message(e));
    }
    return FileVisitResult.CONTINUE;
  }

  private void sstable(Path directory, String sstable, Map<String, BasicFileAttributes> files) {
    Path data = directory.resolve(sstable + '-' + SSTableNeeds.DATA);
    ReadingCache.Reading reading;
    if (files.containsKey(SSTableNeeds.DATA)) {
      reading = () -> SSTableNeeds.read(data, depth);
    } else if (files.containsKey(SSTableNeeds.CARRIER)) {
      Path carrier = SSTableNeeds.sibling(data, SSTableNeeds.CARRIER);
      reading = () -> SSTableNeeds.readCarrier(carrier, SSTableNeeds.CARRIER);
    } else {
      return; // what a deletion or a crash has left: no rows
    }
    List<BasicFileAttributes> identity = new ArrayList<>();
    for (String component :
        List.of(
            SSTableNeeds.DATA, SSTableNeeds.CARRIER, SSTableNeeds.STATISTICS, SSTableNeeds.INDEX)) {
      BasicFileAttributes file = files.get(component);
      if (file != null) {
        identity.add(file);
      }
    }
    long bytes = files.values().stream().mapToLong(BasicFileAttributes::size).sum();
    Path relative = root.relativize(data);
    String name = snapshot(relative);
    read(data, place(relative), TablePath.of(data), name, bytes, identity, reading);
  }

  /**
   * By Cassandra's directories: {@code <keyspace>/<table>/[snapshots/<name>/|backups/][.<index>/]}
   * or with the index first.
   */
  private static Place place(Path relative) {
    int parts = relative.getNameCount() - 1;
    for (int i = 2; i < parts; i++) {
      String part = relative.getName(i).toString();
      if (part.equals("snapshots")) {
        return Place.SNAPSHOT;
      }
      if (part.equals("backups")) {
        return Place.BACKUP;
      }
    }
    boolean index = parts == 3 && relative.getName(2).toString().startsWith(".");
    return parts == 2 || index ? Place.LIVE : Place.ELSEWHERE;
  }

  private static String snapshot(Path relative) {
    for (int i = 2; i < relative.getNameCount() - 2; i++) {
      if (relative.getName(i).toString().equals("snapshots")) {
        return relative.getName(i + 1).toString();
      }
    }
    return "";
  }

  private void read(
      Path file,
      Place where,
      TablePath table,
      long bytes,
      List<BasicFileAttributes> identity,
      ReadingCache.Reading reading) {
    read(file, where, table, "", bytes, identity, reading);
  }

  private void read(
      Path file,
      Place where,
      TablePath table,
      String name,
      long bytes,
      List<BasicFileAttributes> identity,
      ReadingCache.Reading reading) {
    try {
      findings.add(file, where, table, name, bytes, cache.get(identity, depth, reading));
    } catch (NoSuchFileException e) {
      findings.vanished(file);
    } catch (IOException e) {
      findings.open(Problem.Kind.UNREADABLE, file, "cannot be read: " + SSTableNeeds.message(e));
    }
  }
}
