package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.DataFileReport;
import io.cassandratde.sstable.format.DataFileScanner;
import io.cassandratde.sstable.format.DataFileScanner.Depth;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Which keys an SSTable on disk needs, from the headers of its files. */
@FunctionalInterface
interface NeededKeys {

  /**
   * All of them.
   *
   * @param data its Data.db
   * @throws IOException a file is gone or damaged, or does not name its keys
   */
  Set<KeyReference> of(Path data) throws IOException;

  /** Reads carrier and Statistics.db, or the headers of all chunks. */
  static Set<KeyReference> read(Path data) throws IOException {
    Path carrier = sibling(data, "Encryption.db");
    Set<KeyReference> keys = new HashSet<>();
    if (Files.exists(carrier)) {
      CarrierFile.read(carrier).rows().forEach(row -> keys.add(row.wrappedBy()));
      for (StatisticsFile.Part part : StatisticsFile.read(sibling(data, "Statistics.db"))) {
        if (part.isSealed()) {
          keys.add(part.sealed().wrappedBy());
        }
      }
      return keys;
    }
    DataFileReport report = DataFileScanner.scan(data, Depth.HEADERS);
    if (report.badChunks() > 0) {
      throw new IOException(data + " does not name all its keys: " + report.problems());
    }
    keys.addAll(report.sealed().keySet());
    return keys;
  }

  private static Path sibling(Path data, String component) {
    String name = String.valueOf(data.getFileName());
    return data.resolveSibling(name.substring(0, name.lastIndexOf('-') + 1) + component);
  }
}
