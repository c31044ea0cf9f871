package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.security.MessageDigest;

/** A wrap that was opened again: what leaves a node, or is all that a node has, is none untried. */
final class ProvenWrap {

  private ProvenWrap() {}

  /**
   * Wraps a key.
   *
   * @param material stays the caller's
   * @throws IllegalStateException it does not open to what was wrapped
   */
  static WrappedKey of(MasterKeys masters, KeyReference by, KeyBinding binding, byte[] material) {
    WrappedKey wrapped = masters.wrap(by, material, binding);
    boolean same;
    try {
      same = masters.<Boolean>unwrap(wrapped, binding, it -> MessageDigest.isEqual(it, material));
    } catch (DamagedWrapException e) {
      throw new IllegalStateException(
          "%s, wrapped under %s just now, does not open: %s"
              .formatted(binding, by, e.getMessage()));
    }
    if (!same) {
      throw new IllegalStateException(
          "%s, wrapped under %s, does not open to what was wrapped".formatted(binding, by));
    }
    return wrapped;
  }
}
