package io.cassandratde.sstable.format.page;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Opened pages of finished extents, in a fixed amount of memory outside the heap. Reading takes no
 * lock and makes no object: a page is copied while its slot's stamp (odd: being written) stays the
 * same, and else not found.
 *
 * <p>An extent's number is never given twice, so nothing stale can be found: pages of a file that
 * is written again, or of another at the same path, have other numbers. Pages of a growing extent
 * are not kept.
 */
public final class PageCache {

  /** Places that a page may lie in; of these the coldest gives way. */
  private static final int WAYS = 8;

  private static final int SLOT_BYTES = 1 << ExtentHeader.DEFAULT_SHIFT;
  private static final int MOST_SETS = 1 << 22;
  private static final int SLAB_SHIFT = 14;
  private static final int SLAB_SLOTS = 1 << SLAB_SHIFT;

  /** Of a page that was found again; a new one is colder, so that a scan does not drive it out. */
  private static final byte HOT = 3;

  private static final byte NEW = 1;

  private static final byte[] ZEROS = new byte[SLOT_BYTES];

  private final int sets;
  private final ByteBuffer[] slabs;
  private final AtomicLongArray stamps;

  /** Per slot, under its stamp: whose page, which one, and how long; 0: nobody's. */
  private final long[] extents;

  private final long[] pages;
  private final int[] lengths;

  /** A hint only, so it is written without care. */
  private final byte[] heat;

  private final AtomicLong numbers = new AtomicLong();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder evictions = new LongAdder();
  private final LongAdder held = new LongAdder();

  /**
   * Takes its memory at once.
   *
   * @param bytes at most; of less than 32 KiB nothing is kept
   */
  public PageCache(long bytes) {
    this.sets = (int) Math.min(bytes / SLOT_BYTES / WAYS, MOST_SETS);
    int slots = sets * WAYS;
    this.slabs = new ByteBuffer[(slots + SLAB_SLOTS - 1) >> SLAB_SHIFT];
    for (int i = 0; i < slabs.length; i++) {
      int rest = slots - (i << SLAB_SHIFT);
      slabs[i] = ByteBuffer.allocateDirect(Math.min(SLAB_SLOTS, rest) * SLOT_BYTES);
    }
    this.stamps = new AtomicLongArray(slots);
    this.extents = new long[slots];
    this.pages = new long[slots];
    this.lengths = new int[slots];
    this.heat = new byte[slots];
  }

  /** A number for an extent that is opened. */
  long number() {
    return numbers.incrementAndGet();
  }

  /**
   * Copies from a page, as far as it goes.
   *
   * @param offset in the page
   * @param most bytes to copy at most; {@code to} has room for them
   * @return the bytes copied; 0: the page is not here
   */
  int read(long extent, long page, int offset, ByteBuffer to, int most) {
    if (sets == 0) {
      return 0;
    }
    int first = set(extent, page) * WAYS;
    for (int slot = first; slot < first + WAYS; slot++) {
      long stamp = stamps.getAcquire(slot);
      if (extents[slot] != extent || pages[slot] != page || (stamp & 1) != 0) {
        continue;
      }
      int part = Math.min(lengths[slot] - offset, most);
      if (part <= 0) {
        break;
      }
      to.put(to.position(), slabs[slot >> SLAB_SHIFT], at(slot) + offset, part);
      VarHandle.acquireFence();
      if (stamps.getOpaque(slot) != stamp) {
        break; // it gave way meanwhile
      }
      to.position(to.position() + part);
      if (heat[slot] != HOT) {
        heat[slot] = HOT;
      }
      hits.increment();
      return part;
    }
    misses.increment();
    return 0;
  }

  /** Keeps {@code plain[0..length)}, unless another thread is at that place. */
  void keep(long extent, long page, byte[] plain, int length) {
    if (sets == 0 || length > SLOT_BYTES) {
      return;
    }
    int slot = place(set(extent, page) * WAYS);
    long stamp = stamps.get(slot);
    if ((stamp & 1) != 0 || !stamps.compareAndSet(slot, stamp, stamp + 1)) {
      return;
    }
    VarHandle.storeStoreFence();
    (extents[slot] == 0 ? held : evictions).increment();
    extents[slot] = extent;
    pages[slot] = page;
    lengths[slot] = length;
    heat[slot] = NEW;
    slabs[slot >> SLAB_SHIFT].put(at(slot), plain, 0, length);
    stamps.setRelease(slot, stamp + 2);
  }

  /** A free slot of the set, else the coldest, which all others get closer to. */
  private int place(int first) {
    int coldest = first;
    for (int slot = first; slot < first + WAYS; slot++) {
      if (extents[slot] == 0) {
        return slot;
      }
      if (heat[slot] < heat[coldest]) {
        coldest = slot;
      }
    }
    byte by = heat[coldest];
    for (int slot = first; by > 0 && slot < first + WAYS; slot++) {
      heat[slot] = (byte) Math.max(0, heat[slot] - by);
    }
    return coldest;
  }

  /** Wipes the pages of an extent that was closed. */
  void forget(long extent) {
    for (int slot = 0; slot < extents.length; slot++) {
      if (extents[slot] == extent) {
        wipe(slot, extent);
      }
    }
  }

  private void wipe(int slot, long extent) {
    long stamp = stamps.get(slot);
    if ((stamp & 1) != 0 || !stamps.compareAndSet(slot, stamp, stamp + 1)) {
      return; // another page is being put in its place
    }
    VarHandle.storeStoreFence();
    if (extents[slot] == extent) {
      extents[slot] = 0;
      heat[slot] = 0;
      slabs[slot >> SLAB_SHIFT].put(at(slot), ZEROS);
      held.decrement();
    }
    stamps.setRelease(slot, stamp + 2);
  }

  private static int at(int slot) {
    return (slot & (SLAB_SLOTS - 1)) * SLOT_BYTES;
  }

  private int set(long extent, long page) {
    long mixed = (extent * 0x9E3779B97F4A7C15L + page) * 0xBF58476D1CE4E5B9L;
    return (int) (((mixed >>> 32) * sets) >>> 32);
  }

  /** Memory taken. */
  public long capacity() {
    return (long) extents.length * SLOT_BYTES;
  }

  /** Memory that holds pages. */
  public long used() {
    return held.sum() * SLOT_BYTES;
  }

  public long hits() {
    return hits.sum();
  }

  public long misses() {
    return misses.sum();
  }

  /** Pages that gave way to others. */
  public long evictions() {
    return evictions.sum();
  }
}
