package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Subkeys of chunks opened before, so that opening another chunk of the same session derives
 * nothing.
 *
 * <p>A set-associative table: found by the salt, which is random, and compared over key reference
 * and salt, straight from the chunk's bytes. Lookups take no lock and allocate nothing. A full set
 * loses one of its entries at random. Only keys that opened a chunk get in, so damaged headers
 * cannot flush it.
 */
public final class SubkeyCache {

  private static final int WAYS = 4;

  private final AtomicReferenceArray<@Nullable ChunkKey> table;
  private final int sets;

  /**
   * @param entries the most subkeys held, rounded up to a power of two
   */
  public SubkeyCache(int entries) {
    this.sets = Integer.highestOneBit(Math.max(1, (entries - 1) / WAYS)) * (entries > WAYS ? 2 : 1);
    this.table = new AtomicReferenceArray<>(sets * WAYS);
  }

  /** The subkey for this header, acquired; null when it is not here. The caller releases it. */
  @Nullable ChunkKey acquire(byte[] header, int saltAt) {
    int first = firstOf(header, saltAt);
    for (int way = 0; way < WAYS; way++) {
      ChunkKey key = table.get(first + way);
      if (key != null && key.isBoundTo(header, saltAt) && key.acquire()) {
        return key;
      }
    }
    return null;
  }

  /** Takes the key over: it is wiped when it falls out and nobody uses it. */
  void add(ChunkKey key, byte[] header, int saltAt) {
    int first = firstOf(header, saltAt);
    for (int way = 0; way < WAYS; way++) {
      if (table.get(first + way) == null && table.compareAndSet(first + way, null, key)) {
        return;
      }
    }
    ChunkKey evicted = table.getAndSet(first + ThreadLocalRandom.current().nextInt(WAYS), key);
    if (evicted != null) {
      evicted.retire();
    }
  }

  public int capacity() {
    return table.length();
  }

  public int size() {
    int count = 0;
    for (int i = 0; i < table.length(); i++) {
      count += table.get(i) == null ? 0 : 1;
    }
    return count;
  }

  /** Drops every subkey; chunks being opened right now still finish. */
  public void clear() {
    for (int i = 0; i < table.length(); i++) {
      ChunkKey key = table.getAndSet(i, null);
      if (key != null) {
        key.retire();
      }
    }
  }

  /**
   * Drops the subkeys of an evicted key. A chunk that is being opened right now may add one after
   * this; {@link ChunkOpener} sees to that.
   */
  public void drop(KeyReference reference) {
    byte[] name = KeyName.encode(reference);
    for (int i = 0; i < table.length(); i++) {
      ChunkKey key = table.get(i);
      if (key != null && key.isDerivedFrom(name) && table.compareAndSet(i, key, null)) {
        key.retire();
      }
    }
  }

  private int firstOf(byte[] header, int saltAt) {
    long hash = ChunkFormat.getLong(header, saltAt) * 0x9E3779B97F4A7C15L;
    return (int) ((hash >>> 32) & (sets - 1)) * WAYS;
  }
}
