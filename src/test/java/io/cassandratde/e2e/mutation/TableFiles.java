package io.cassandratde.e2e.mutation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The SSTables of one table in memory: of each, its components by name. */
public final class TableFiles {

  private static final byte[] PAGE_FILE = "TDEPAGE".getBytes(UTF_8);
  private final NavigableMap<String, NavigableMap<String, byte[]>> sstables;

  private TableFiles(NavigableMap<String, NavigableMap<String, byte[]>> sstables) {
    this.sstables = sstables;
  }

  /** Reads what stands in a table's folder. */
  public static TableFiles read(Path folder) {
    NavigableMap<String, NavigableMap<String, byte[]>> sstables = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        int end = name.indexOf("-ebti-") + "-ebti-".length();
        sstables
            .computeIfAbsent(name.substring(0, end), prefix -> new TreeMap<>())
            .put(name.substring(end), Files.readAllBytes(file));
      }
      return new TableFiles(sstables);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy that can be changed without this one noticing. */
  public TableFiles copy() {
    NavigableMap<String, NavigableMap<String, byte[]>> copy = new TreeMap<>();
    sstables.forEach((prefix, components) -> copy.put(prefix, new TreeMap<>(components)));
    return new TableFiles(copy);
  }

  /** Puts the files into a folder that has none. */
  public void write(Path folder) {
    try {
      for (var sstable : sstables.entrySet()) {
        for (var component : sstable.getValue().entrySet()) {
          Files.write(folder.resolve(sstable.getKey() + component.getKey()), component.getValue());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int count() {
    return sstables.size();
  }

  /** What the names of an SSTable's files begin with. */
  String prefix(int sstable) {
    return List.copyOf(sstables.keySet()).get(sstable);
  }

  NavigableMap<String, byte[]> components(int sstable) {
    return List.copyOf(sstables.values()).get(sstable);
  }

  byte[] get(int sstable, String component) {
    byte[] bytes = components(sstable).get(component);
    if (bytes == null) {
      throw new IllegalStateException("no " + component + " in " + components(sstable).keySet());
    }
    return bytes;
  }

  void put(int sstable, String component, byte[] bytes) {
    components(sstable).put(component, bytes);
  }

  /** Components that are not empty, as SAI's sign that an index is complete is. */
  List<String> withContent(int sstable) {
    return components(sstable).entrySet().stream()
        .filter(component -> component.getValue().length > 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Components in pages that have this many at least. */
  List<String> paged(int sstable, int pages) {
    List<String> found = new ArrayList<>();
    components(sstable)
        .forEach(
            (name, bytes) -> {
              if (startsWith(bytes, PAGE_FILE) && Pages.count(bytes) >= pages) {
                found.add(name);
              }
            });
    return found;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
