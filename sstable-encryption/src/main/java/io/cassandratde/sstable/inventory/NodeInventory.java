package io.cassandratde.sstable.inventory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which keys the files of a node need.
 *
 * @param at when the reading began: what came to the disk later is not in it
 * @param took how long it took
 * @param needs by key, place and table; those without a key are in clear
 * @param live SSTables one by one
 * @param others what is no SSTable, one by one
 * @param open what could not be read
 */
public record NodeInventory(
    Instant at,
    Duration took,
    List<KeyNeed> needs,
    List<LiveSSTable> live,
    List<OtherFile> others,
    List<OpenItem> open) {

  public NodeInventory {
    needs = List.copyOf(needs);
    live = List.copyOf(live);
    others = List.copyOf(others);
    open = List.copyOf(open);
  }

  /** This without some of its open items. */
  public NodeInventory without(Predicate<OpenItem> settled) {
    return new NodeInventory(
        at, took, needs, live, others, open.stream().filter(settled.negate()).toList());
  }

  /** Whether everything was read: what a proof about keys may be built on. */
  public boolean complete() {
    return open.isEmpty();
  }
}
