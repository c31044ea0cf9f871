package io.cassandratde.keys.cache;

import io.cassandratde.keys.KeyFencedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Keys that are about to be destroyed: nothing begins to use one here, while whoever used it before
 * goes on until it ends (docs/RULES.md R25). In memory only, so that a restart ends every fence.
 */
public final class Fences {

  /** What names a key to a person; its check value may not be known. */
  public record Key(int groupTag, String keyId) {
    static Key of(KeyReference reference) {
      return new Key(reference.groupTag(), reference.keyId());
    }
  }

  /**
   * One fence.
   *
   * @param number among all that were put up, from 1
   */
  public record Fence(Key key, Instant since, long number) {}

  private final ConcurrentHashMap<Key, Fence> fences = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();
  private final InstantSource clock;

  private final Supplier<Map<KeySpec, KeyReference>> sealing;

  /**
   * Without any fence.
   *
   * @param sealing the keys that seal at the moment
   */
  Fences(InstantSource clock, Supplier<Map<KeySpec, KeyReference>> sealing) {
    this.clock = clock;
    this.sealing = sealing;
  }

  /**
   * From now on the key is brought neither to seal nor to open. A fence that is there stays as it
   * is.
   *
   * @throws IllegalStateException it is the current key of a spec: revoke it first
   */
  public Fence put(Key key) {
    // First, so that no look at a server can make it current behind the check.
    Fence fence =
        fences.computeIfAbsent(key, k -> new Fence(k, clock.instant(), count.incrementAndGet()));
    sealing
        .get()
        .forEach(
            (spec, reference) -> {
              if (Key.of(reference).equals(key)) {
                fences.remove(key);
                throw new IllegalStateException(
                    reference
                        + " is the current key of "
                        + spec
                        + " on this node and cannot be fenced: revoke it, and wait until the node"
                        + " has another (key_cache_millis, or refreshKeys of"
                        + " io.cassandratde:type=Keys)");
              }
            });
    return fence;
  }

  /** Ends a fence; false: there was none. */
  public boolean end(Key key) {
    return fences.remove(key) != null;
  }

  public Collection<Fence> all() {
    return List.copyOf(fences.values());
  }

  public boolean isFenced(KeyReference reference) {
    return fences.containsKey(Key.of(reference));
  }

  /** Whether {@link #require} may refuse anything to whoever remembers this number; cheap. */
  public boolean mayRefuse(long before) {
    return before > 0 && !fences.isEmpty();
  }

  /** How many were put up so far: a later one does not stop whoever remembers this number. */
  public long count() {
    return count.get();
  }

  /**
   * Refuses a fenced key.
   *
   * @param before {@link #count} when whoever asks began to use the SSTable; later fences are not
   *     for him
   * @throws KeyFencedException naming the remedy
   */
  public void require(KeyReference reference, long before) {
    Fence fence = fences.isEmpty() ? null : fences.get(Key.of(reference));
    if (fence != null && fence.number() <= before) {
      throw new KeyFencedException(
          reference
              + " is fenced on this node since "
              + fence.since()
              + ", because it is to be destroyed: nothing new may be sealed or opened under it. The"
              + " data is not damaged. Bring it under another key on the node that it comes from"
              + " (rewrap or rewrite), or end the fence (operation unfence of"
              + " io.cassandratde:type=KeyOperations)");
    }
  }
}
