package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.NodeInventory;
import java.util.List;

/**
 * One reading of a node's disk, as {@link KeyInventoryMXBean} shows it. A class with getters,
 * because MXBeans of Java 17 take no records.
 */
public final class KeyInventoryReport {

  private final NodeInventory disk;
  private final List<KeyUseStatus> uses;
  private final long inClear;

  KeyInventoryReport(ServerInventory.Reading reading) {
    this.disk = reading.disk();
    this.uses = reading.uses();
    this.inClear = reading.disk().live().stream().filter(ServerInventory::isInClear).count();
  }

  /** When the reading began, ISO 8601, UTC: what came to the disk later is not in it. */
  public String getReadAt() {
    return disk.at().toString();
  }

  public long getMillis() {
    return disk.took().toMillis();
  }

  /** Whether everything was read; else the open items may need keys besides. */
  public boolean isComplete() {
    return disk.complete();
  }

  /** Live SSTables, indexes included. */
  public int getSstables() {
    return disk.live().size();
  }

  /** Those of them that are in clear. */
  public long getSstablesInClear() {
    return inClear;
  }

  /** By key, place and table. */
  public List<KeyUseStatus> getUses() {
    return uses;
  }

  public List<OpenItemStatus> getOpenItems() {
    return disk.open().stream().map(OpenItemStatus::new).toList();
  }
}
