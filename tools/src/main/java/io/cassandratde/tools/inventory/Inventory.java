package io.cassandratde.tools.inventory;

import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.Needs;
import io.cassandratde.sstable.inventory.Problem;
import io.cassandratde.sstable.inventory.SSTableNeeds;
import io.cassandratde.sstable.inventory.TablePath;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All SSTables under some paths. A running node replaces files while they are read: then everything
 * is read again, since what replaced a file may have been passed already.
 */
public final class Inventory {
  private static final String DATA = "-Data.db";
  private static final int PASSES = 3;

  private final GroupNames groups;
  private final Depth depth;

  public Inventory(GroupNames groups, Depth depth) {
    this.groups = groups;
    this.depth = depth;
  }

  /**
   * What was found.
   *
   * @param problems of directories; those of SSTables stand with them
   */
  public record Result(List<SSTableKeys> sstables, List<String> problems) {
    public boolean complete() {
      return problems.isEmpty() && sstables.stream().allMatch(s -> s.problems().isEmpty());
    }
  }

  public Result read(List<Path> roots) throws IOException {
    for (int pass = 1; ; pass++) {
      List<String> problems = new ArrayList<>();
      List<SSTableKeys> sstables = new ArrayList<>();
      List<Path> vanished = new ArrayList<>();
      for (Path file : find(roots, problems)) {
        try {
          sstables.add(scan(file));
        } catch (NoSuchFileException e) {
          vanished.add(file);
        }
      }
      if (vanished.isEmpty() || pass == PASSES) {
        vanished.forEach(f -> problems.add(f + " was removed while it was read; run again"));
        return new Result(sstables, problems);
      }
    }
  }

  private SSTableKeys scan(Path file) throws NoSuchFileException {
    Needs needs = SSTableNeeds.read(file, depth);
    List<SSTableKeys.Key> keys = new ArrayList<>();
    needs
        .keys()
        .forEach(
            (key, chunks) ->
                keys.add(
                    new SSTableKeys.Key(
                        groups.name(key.groupTag(), needs.options()), key.keyId(), chunks)));
    List<String> problems = new ArrayList<>();
    for (Problem problem : needs.problems()) {
      problems.add(
          problem.component().equals(SSTableNeeds.DATA)
              ? problem.what()
              : problem.component() + ' ' + problem.what());
    }
    return new SSTableKeys(
        file, TablePath.of(file), keys, needs.form() == Needs.Form.PLAIN, problems);
  }

  private static SortedSet<Path> find(List<Path> roots, List<String> problems) throws IOException {
    SortedSet<Path> found = new TreeSet<>();
    for (Path root : roots) {
      Files.walkFileTree(
          root.toAbsolutePath().normalize(),
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (String.valueOf(file.getFileName()).endsWith(DATA)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              // A running node removes files and snapshots under us: nothing is there to be read.
              if (!(e instanceof NoSuchFileException)) {
                problems.add("cannot be read: " + message(e));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return found;
  }

  private static String message(IOException e) {
    String text = String.valueOf(e.getMessage());
    return e.getClass() == IOException.class ? text : e.getClass().getSimpleName() + ": " + text;
  }
}
