package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.sstable.inventory.Needs;
import io.cassandratde.sstable.inventory.SSTableNeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Which keys an SSTable on disk needs, from the headers of its files. */
final class NeededKeys {

  private NeededKeys() {}

  /**
   * All of them: reads carrier and Statistics.db, or the headers of all chunks.
   *
   * @param data its Data.db
   * @throws IOException a file is gone or damaged, or does not name its keys
   */
  static Set<KeyReference> of(Path data) throws IOException {
    boolean carrier = Files.exists(SSTableNeeds.sibling(data, EncryptedDescriptor.CARRIER));
    Needs needs = SSTableNeeds.read(data, carrier ? Depth.EDGES : Depth.HEADERS);
    if (!needs.problems().isEmpty()) {
      throw new IOException(data + " does not name all its keys: " + needs.problems());
    }
    return needs.keys().keySet();
  }
}
