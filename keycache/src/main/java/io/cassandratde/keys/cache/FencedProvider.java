package io.cassandratde.keys.cache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyFencedException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings no key that is fenced, neither to seal nor to open. */
record FencedProvider(KeyProvider provider, Fences fences) implements KeyProvider {

  private static final long NOBODY_EXEMPT = Long.MAX_VALUE;

  @Override
  public void check(KeySpec spec) {
    provider.check(spec);
  }

  @Override
  public void checkKeyFile(KeySpec spec) {
    provider.checkKeyFile(spec);
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    SealingKey found = provider.current(spec, last);
    KeyReference key = found.key().reference();
    try {
      fences.require(key, NOBODY_EXEMPT);
      return found;
    } catch (KeyFencedException fenced) {
      found.key().retire();
      throw key.equals(last) ? new LastKeyEndedException(fenced) : fenced;
    }
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    fences.require(reference, NOBODY_EXEMPT);
    return provider.byId(hint, reference);
  }

  @Override
  public @Nullable KeptKey kept(KeySpec spec) {
    KeptKey kept = provider.kept(spec);
    if (kept != null && fences.isFenced(kept.sealing().key().reference())) {
      kept.sealing().key().retire();
      return null;
    }
    return kept;
  }

  @Override
  public void upkeep() {
    provider.upkeep();
  }

  @Override
  public KeptKeys keptKeys() {
    return provider.keptKeys();
  }

  @Override
  public List<HostStatus> hosts() {
    return provider.hosts();
  }

  @Override
  public void close() {
    provider.close();
  }
}
