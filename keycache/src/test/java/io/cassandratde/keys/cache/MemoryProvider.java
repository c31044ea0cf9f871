package io.cassandratde.keys.cache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keys in a map, for claims about the cache only. */
final class MemoryProvider implements KeyProvider {

  private final Map<String, byte[]> keys = new ConcurrentHashMap<>();
  private final Hkdf hkdf = new Hkdf();
  final AtomicInteger looks = new AtomicInteger();
  final AtomicInteger fetches = new AtomicInteger();
  volatile @Nullable String current;
  volatile @Nullable Instant sealUntil;
  volatile @Nullable KeyException outage;
  volatile @Nullable Error error;
  volatile @Nullable KeyException ended;
  volatile Runnable onFetch = () -> {};
  volatile Runnable onLook = () -> {};
  volatile boolean closed;
  volatile @Nullable KeptKey kept;
  volatile @Nullable RuntimeException keptFailure;
  final AtomicInteger keptAsked = new AtomicInteger();
  final AtomicInteger upkeeps = new AtomicInteger();

  /** Makes a key and makes it the current one. */
  KeyReference rotate(String id) {
    byte[] material = new byte[32];
    new Random(id.hashCode()).nextBytes(material);
    keys.put(id, material);
    current = id;
    sealUntil = null;
    return DataKey.of(KeyCacheTest.SPEC.groupTag(), id, material, hkdf).reference();
  }

  void replaceMaterial(String id) {
    keys.put(id, new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  }

  @Override
  public void check(KeySpec spec) {
    if (spec.group().equals("nowhere")) {
      throw new KeyConfigException("group nowhere is not in kmip_hosts");
    }
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    looks.incrementAndGet();
    onLook.run();
    Error broken = error;
    if (broken != null) {
      throw broken;
    }
    fail();
    KeyException noOther = ended;
    if (noOther != null) {
      throw new LastKeyEndedException(noOther);
    }
    String id = current;
    if (id == null) {
      throw new KeyNotFoundException("no key yet");
    }
    return new SealingKey(make(spec.groupTag(), id), sealUntil, "test");
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    fetches.incrementAndGet();
    onFetch.run();
    fail();
    return make(reference.groupTag(), reference.keyId());
  }

  SealingKey sealing(KeySpec spec, String id, @Nullable Instant end) {
    return new SealingKey(make(spec.groupTag(), id), end, "test");
  }

  @Override
  public @Nullable KeptKey kept(KeySpec spec) {
    keptAsked.incrementAndGet();
    RuntimeException broken = keptFailure;
    if (broken != null) {
      throw broken;
    }
    return kept;
  }

  @Override
  public void upkeep() {
    upkeeps.incrementAndGet();
  }

  private void fail() {
    KeyException failure = outage;
    if (failure != null) {
      throw failure.again();
    }
  }

  private DataKey make(int tag, String id) {
    byte[] material = keys.get(id);
    if (material == null) {
      throw new KeyNotFoundException("key " + id + " is not there");
    }
    return DataKey.of(tag, id, material, hkdf);
  }

  @Override
  public void close() {
    closed = true;
  }
}
