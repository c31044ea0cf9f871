package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.cassandra.config.DatabaseDescriptor;

/** Where this node keeps files, by cassandra.yaml. */
public final class NodeDirectories {

  private NodeDirectories() {}

  /** All of them, as {@link io.cassandratde.sstable.inventory.DiskInventory} asks for them. */
  public static Map<Place, List<Path>> all() {
    Map<Place, List<Path>> all = new EnumMap<>(Place.class);
    all.put(
        Place.LIVE, Stream.of(DatabaseDescriptor.getAllDataFileLocations()).map(Path::of).toList());
    all.put(Place.COMMITLOG, List.of(Path.of(DatabaseDescriptor.getCommitLogLocation())));
    all.put(Place.HINTS, List.of(DatabaseDescriptor.getHintsDirectory().toPath()));
    // Segments may be left of a time when changes were captured.
    String changes = DatabaseDescriptor.getCDCLogLocation();
    if (changes != null
        && (DatabaseDescriptor.isCDCEnabled() || Files.isDirectory(Path.of(changes)))) {
      all.put(Place.CDC, List.of(Path.of(changes)));
    }
    String caches = DatabaseDescriptor.getSavedCachesLocation();
    if (caches != null) {
      all.put(Place.SAVED_CACHE, List.of(Path.of(caches)));
    }
    return all;
  }
}
