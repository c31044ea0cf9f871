package io.cassandratde.tools.scan;

import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.SSTableName;
import io.cassandratde.sstable.inventory.TablePath;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Walks directories in the order of names and looks at every file. A running node removes files
 * while it is looked at; a directory where that happened is listed again, since what replaced them
 * may not have been there at first.
 */
public final class NodeScan {

  /** How often a directory is listed while its files keep going. */
  private static final int PASSES = 5;

  /** Takes what is found, as it is found. */
  public interface Listener {
    void found(List<Finding> files);

    /** What could not be looked at. */
    void problem(String what);

    void looksAt(Path directory);
  }

  private final SSTableFiles sstables;
  private final OtherFiles others;
  private final Listener listener;
  private List<Path> roots = List.of();
  private long vanished;

  /**
   * @param checksums verify Cassandra's checksums of all chunks, so read everything
   */
  public NodeScan(GroupNames groups, boolean checksums, Listener listener) {
    this.sstables = new SSTableFiles(groups, checksums);
    this.others = new OtherFiles(groups);
    this.listener = listener;
  }

  /**
   * Looks at all below these directories, once even where they contain each other.
   *
   * @throws NoSuchFileException one of them is not there
   */
  public void scan(List<Path> directories) throws IOException {
    Set<Path> real = new TreeSet<>();
    for (Path directory : directories) {
      real.add(directory.toRealPath());
    }
    List<Path> outermost = new ArrayList<>();
    for (Path directory : real) {
      if (outermost.stream().noneMatch(directory::startsWith)) {
        outermost.add(directory);
      }
    }
    roots = List.copyOf(outermost);
    for (Path root : roots) {
      if (Files.isDirectory(root)) {
        directory(root);
      } else {
        files(List.of(root), new HashSet<>());
      }
    }
  }

  /** Files that a running node removed while the scan was at them. */
  public long vanished() {
    return vanished;
  }

  private void directory(Path directory) {
    listener.looksAt(directory);
    Set<Path> seen = new HashSet<>();
    Set<Path> below = new TreeSet<>();
    boolean changes = true;
    for (int pass = 1; changes; pass++) {
      if (pass > PASSES) {
        listener.problem(directory + " changes faster than it can be looked at; run again");
        return;
      }
      List<Path> files = new ArrayList<>();
      if (!list(directory, files, below)) {
        return;
      }
      changes = files(files, seen);
    }
    below.forEach(this::directory);
  }

  /** False: it could not be listed. */
  private boolean list(Path directory, List<Path> files, Set<Path> below) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (Files.isSymbolicLink(entry)) {
          link(entry);
        } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          below.add(entry);
        } else {
          files.add(entry);
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      vanished++;
    } catch (IOException | DirectoryIteratorException e) {
      listener.problem(directory + " cannot be listed: " + e);
    }
    return false;
  }

  /** What a link within the roots leads to is looked at where it is. */
  private void link(Path link) {
    try {
      Path target = link.toRealPath();
      if (roots.stream().noneMatch(target::startsWith)) {
        listener.problem(
            link + " is a link to " + target + ", which is not looked at: give it by --path");
      }
    } catch (IOException e) {
      listener.problem(link + " is a link that leads nowhere");
    }
  }

  /** True: files went meanwhile. */
  private boolean files(List<Path> all, Set<Path> seen) {
    SortedMap<String, List<Path>> units = new TreeMap<>();
    for (Path file : all) {
      SSTableName name = SSTableName.of(file);
      String unit = name == null ? String.valueOf(file.getFileName()) : name.sstable();
      units.computeIfAbsent(unit, none -> new ArrayList<>()).add(file);
    }
    boolean changes = false;
    for (List<Path> unit : units.values()) {
      if (!seen.containsAll(unit)) {
        changes |= !unit(unit.stream().sorted().toList(), seen);
      }
    }
    return changes;
  }

  /** Files of one SSTable, or one other file; false: one went meanwhile. */
  private boolean unit(List<Path> files, Set<Path> seen) {
    try {
      SSTableName name = SSTableName.of(files.get(0));
      List<Finding> findings =
          name == null ? List.of(other(files.get(0))) : sstable(name.format(), files);
      seen.addAll(files);
      listener.found(findings);
      return true;
    } catch (NoSuchFileException e) {
      vanished++;
      return false;
    } catch (IOException e) {
      seen.addAll(files);
      listener.problem(files.get(0) + ": " + e);
      return true;
    }
  }

  private List<Finding> sstable(String format, List<Path> files) throws IOException {
    Map<Path, Look> looks = sstables.look(format, files);
    List<Finding> findings = new ArrayList<>();
    for (Map.Entry<Path, Look> look : looks.entrySet()) {
      Path file = look.getKey();
      findings.add(finding(file, look.getValue(), Place.ofSSTable(file), TablePath.of(file)));
    }
    return findings;
  }

  private Finding other(Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      Look look = Look.noContent("pipe, socket or device: holds nothing");
      return finding(file, look, Place.OTHER, TablePath.of(file));
    }
    OtherFiles.Placed placed = others.look(file);
    return finding(file, placed.look(), placed.place(), placed.table());
  }

  private static Finding finding(Path file, Look look, Place place, TablePath table)
      throws IOException {
    return new Finding(
        file,
        Files.size(file),
        place,
        table,
        look.state(),
        look.kind(),
        look.keys(),
        look.reason(),
        look.faults());
  }
}
