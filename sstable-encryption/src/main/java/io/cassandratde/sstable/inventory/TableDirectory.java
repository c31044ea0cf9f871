package io.cassandratde.sstable.inventory;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of one table, of one that was dropped too: Cassandra leaves it.
 *
 * @param files in it and below: of any kind
 */
public record TableDirectory(Path path, long files, long bytes) {

  /**
   * Those of a keyspace.
   *
   * @param roots the data directories
   */
  public static List<TableDirectory> of(List<Path> roots, String keyspace) throws IOException {
    if (!keyspace.matches("\\w+")) {
      throw new IllegalArgumentException("'" + keyspace + "' is no name of a keyspace");
    }
    List<TableDirectory> all = new ArrayList<>();
    for (Path root : roots) {
      Path of = root.resolve(keyspace);
      if (Files.isDirectory(of)) {
        try (Stream<Path> tables = Files.list(of)) {
          for (Path table : tables.sorted().toList()) {
            all.add(of(table));
          }
        }
      }
    }
    return all;
  }

  private static TableDirectory of(Path directory) throws IOException {
    long[] sum = new long[2];
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0]++;
            sum[1] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // deleted meanwhile
            }
            throw e;
          }
        });
    return new TableDirectory(directory, sum[0], sum[1]);
  }
}
