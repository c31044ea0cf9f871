package io.cassandratde.tools.backup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Snapshots of one name in all tables of a node: {@code
 * <data>/<keyspace>/<table>-<id>/snapshots/<name>}; those of secondary indexes lie within.
 */
public final class SnapshotDirectories {

  private SnapshotDirectories() {}

  /**
   * In the order of their paths.
   *
   * @throws IOException a directory that may hold one cannot be listed
   */
  public static List<Path> named(String snapshot, List<Path> dataDirectories) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path data : dataDirectories) {
      for (Path keyspace : below(data)) {
        for (Path table : below(keyspace)) {
          Path directory = table.resolve("snapshots").resolve(snapshot);
          if (Files.isDirectory(directory)) {
            found.add(directory);
          }
        }
      }
    }
    return found;
  }

  private static List<Path> below(Path directory) throws IOException {
    List<Path> directories = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
      entries.forEach(directories::add);
    } catch (NotDirectoryException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    directories.sort(null);
    return directories;
  }
}
