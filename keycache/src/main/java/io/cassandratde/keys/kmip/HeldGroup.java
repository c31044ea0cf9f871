package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.SealCount;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import java.time.Duration;
import java.time.InstantSource;
import javax.crypto.AEADBadTagException;

/**
 * The keys of a KMIP group that stay on its servers. Which one is current is found as for others,
 * and no key is published before it is Active: only then do servers use it, and the nodes agree on
 * a master key in their own way.
 */
final class HeldGroup {

  private final KmipGroup group;
  private final HeldKeys keys;

  private HeldGroup(KmipGroup group, HeldKeys keys) {
    this.group = group;
    this.keys = keys;
  }

  static HeldGroup of(
      KmipClient client, Duration lead, InstantSource clock, Pause pause, SealCount seals) {
    HeldKeys keys = new HeldKeys(client, seals);
    KmipGroup group =
        new KmipGroup(
            client,
            keys,
            new KeyFactory(client, true),
            GroupRotation.NONE,
            lead,
            clock,
            () -> KeyPublication.NONE,
            pause);
    return new HeldGroup(group, keys);
  }

  KeyReference current(KeySpec spec) {
    requireCapable();
    DataKey key = group.current(spec, null).key();
    key.retire();
    return key.reference();
  }

  WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    return keys.wrap(by, material, binding);
  }

  byte[] open(WrappedKey wrapped, KeyBinding binding) throws AEADBadTagException {
    return keys.open(wrapped, binding);
  }

  void requireCapable() {
    try {
      keys.requireCapable(null);
    } catch (KmipException e) {
      throw KmipFailures.translate("the servers do not tell whether keys can wrap there", e);
    }
  }
}
