package io.cassandratde.tools.scan;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import io.cassandratde.sstable.format.page.PageFileLayout;
import io.cassandratde.sstable.inventory.GroupNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Page files, held to a carrier. */
final class SealedPages {

  private static final String KIND = "page file";

  private SealedPages() {}

  /**
   * Looks at a file that must be a page file of this carrier.
   *
   * @param finished whether an empty file is a fault, or one that is being made
   */
  static Look look(Path file, Carrier carrier, GroupNames groups, boolean finished)
      throws IOException {
    PageFileLayout layout = PageFileLayout.read(file);
    if (layout == null && Files.size(file) == 0) {
      // Storage-attached indexes mark what is complete by files without a byte.
      return finished
          ? Look.noContent("empty: a mark")
          : Look.of(State.UNFINISHED, KIND, "empty as yet");
    }
    if (layout == null) {
      return Look.plaintext(
          "component in clear", "it does not begin as a page file, and its carrier has keys");
    }
    if (!layout.uid().equals(carrier.uid())) {
      return Look.unknown(KIND, "it belongs to another carrier");
    }
    Set<SealingKey> keys = new TreeSet<>();
    for (int row : layout.dataKeys()) {
      keys.add(key(carrier, row, groups));
    }
    return layout.finished()
        ? Look.encrypted(KIND, keys)
        : new Look(
            State.UNFINISHED,
            KIND,
            keys,
            "being written, cut off, or left behind by a crash",
            java.util.List.of());
  }

  /**
   * The key that wraps a data key.
   *
   * @throws IOException the carrier has no such row
   */
  static SealingKey key(Carrier carrier, int row, GroupNames groups) throws IOException {
    for (WrappedKey wrapped : carrier.rows()) {
      if (wrapped.id() == row) {
        KeyReference by = wrapped.wrappedBy();
        return new SealingKey(groups.name(by.groupTag(), Map.of()), by);
      }
    }
    throw new IOException("names data key " + row + ", which its carrier does not have");
  }
}
