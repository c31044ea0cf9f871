package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.OpenItem;
import java.util.Locale;

/** A file that may need keys besides those that were found. */
public final class OpenItemStatus {

  private final OpenItem item;

  OpenItemStatus(OpenItem item) {
    this.item = item;
  }

  /**
   * {@code unreadable}; {@code later_release}: a later release of this project wrote it; {@code
   * unfinished}: being written, left behind by a crash, or not read as a whole.
   */
  public String getKind() {
    return item.kind().name().toLowerCase(Locale.ROOT);
  }

  public String getPath() {
    return item.path().toString();
  }

  public String getWhat() {
    return item.what();
  }
}
