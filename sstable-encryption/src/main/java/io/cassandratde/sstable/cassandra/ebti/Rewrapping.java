package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.sstable.cassandra.CodecRuntime;
import java.io.IOException;
import java.util.Set;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.utils.concurrent.Ref;

/**
 * Replaces the keys that wrap data keys of live SSTables, without touching their data
 * (docs/RULES.md R13).
 */
public final class Rewrapping {

  private Rewrapping() {}

  /** Whether the SSTable has a carrier, so that its keys can be replaced alone. */
  public static boolean isPossible(SSTableReader sstable) {
    return sstable.descriptor instanceof EncryptedDescriptor;
  }

  /**
   * Wraps under the current key of the SSTable's table what these keys wrap. The SSTable may be
   * read and compacted meanwhile.
   *
   * @return false: it is gone, or needs none of them
   * @throws IOException a file is damaged, or was not read back as it was written
   * @throws io.cassandratde.keys.KeyException a key cannot be had, old or current; nothing is
   *     waited for
   * @throws IllegalStateException one of them is the current key
   */
  public static boolean replaceKeys(SSTableReader sstable, Set<KeyReference> old)
      throws IOException {
    // While it is held its files stay, whatever a compaction makes of it meanwhile.
    Ref<SSTableReader> held = sstable.tryRef();
    if (held == null) {
      return false;
    }
    try {
      return replaceKeys(sstable, ((EncryptedDescriptor) sstable.descriptor).keys(), old);
    } finally {
      held.release();
    }
  }

  private static boolean replaceKeys(
      SSTableReader sstable, ComponentKeys keys, Set<KeyReference> old) throws IOException {
    CodecRuntime codec = EbtiRuntime.get().codec();
    KeySpec spec = codec.runtime().config().withGroupNow(keys.sealingSpec());
    try (DataKey.Lease current = codec.runtime().keys().current(spec).lease(Patience.FAIL)) {
      KeyReference by = current.key().reference();
      if (old.contains(by)) {
        throw new IllegalStateException(
            by
                + " is the current key of "
                + spec
                + ", so it cannot be replaced by it: revoke it, or make another key, and wait until"
                + " the node has that (refreshKeys of io.cassandratde:type=Keys)");
      }
      // Whatever has to be fetched is, before anybody has to wait for the lock.
      for (KeyReference reference : old) {
        var unused = codec.keyFinder(spec, keys.fences()).find(reference);
      }
      return sstable.runWithLock(
          descriptor -> keys.replaceKeys(old::contains, current.key(), spec));
    }
  }
}
