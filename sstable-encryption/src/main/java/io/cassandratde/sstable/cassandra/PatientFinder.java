package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.sstable.format.KeyFinder;
import java.util.function.Function;

/** See {@link CodecRuntime#keyFinder(KeySpec, long)}. */
final class PatientFinder implements KeyFinder {

  private final CodecRuntime codec;
  private final KeySpec hint;
  private final Fences all;
  private final long fences;

  PatientFinder(CodecRuntime codec, KeySpec hint, long fences) {
    this.codec = codec;
    this.hint = hint;
    this.all = codec.runtime().keys().fences();
    this.fences = fences;
  }

  @Override
  public DataKey find(KeyReference reference) {
    all.require(reference, fences);
    try {
      return codec.runtime().keys().openingKey(hint, reference);
    } catch (KeyException missing) {
      return await(reference, missing);
    }
  }

  private DataKey await(KeyReference reference, KeyException missing) {
    FragileReader reader = readerOfCaller(missing);
    try {
      reader.await(codec, hint, reference);
      return codec.runtime().keys().openingKey(hint, reference);
    } catch (KeyException stillMissing) {
      throw reader.giveUp(stillMissing);
    }
  }

  @Override
  public <T> T use(KeyReference named, String what, Function<DataKey, T> use) {
    return KeyFinder.super.use(named, what, key -> whileHeld(key, use));
  }

  /** A key that is held elsewhere was found, and yet whoever holds it may be away when it works. */
  private <T> T whileHeld(DataKey key, Function<DataKey, T> use) {
    if (!(key instanceof HeldKey)) {
      return use.apply(key);
    }
    try {
      return use.apply(key);
    } catch (KeyException away) {
      FragileReader reader = readerOfCaller(away);
      try {
        return HeldKeyWait.opening(() -> use.apply(key), codec.runtime().config().startupKeyWait());
      } catch (KeyException stillAway) {
        throw reader.giveUp(stillAway);
      }
    }
  }

  /** Who has to wait; all others hear at once what is missing. */
  private static FragileReader readerOfCaller(KeyException missing) {
    FragileReader reader = FragileReader.ofCaller();
    if (reader == FragileReader.NONE) {
      OfflineTool.endIfRunning(String.valueOf(missing.getMessage()));
      throw missing;
    }
    if (OfflineTool.isRunning()) {
      throw reader.giveUp(missing); // of a scrub, so that it takes back what it has begun
    }
    return reader;
  }

  @Override
  public void require(KeyReference reference) {
    all.require(reference, fences);
  }

  @Override
  public boolean isGuarded() {
    return all.mayRefuse(fences);
  }
}
