package io.cassandratde.keys.replicated;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;

/**
 * Data keys that follow each other: the newest active one seals, the others only open. All tables
 * of a line share them.
 *
 * @param master name of the master key that wraps them
 * @param namespace empty: none
 */
public record KeyLine(String master, String namespace, CipherSpec cipher) {

  public static KeyLine of(KeySpec spec) {
    String namespace = spec.namespace();
    return new KeyLine(spec.group(), namespace == null ? "" : namespace, spec.cipher());
  }

  public KeySpec spec() {
    return KeySpec.replicated(master, namespace.isEmpty() ? null : namespace, cipher);
  }

  public int groupTag() {
    return GroupTag.of(ProviderKind.REPLICATED, master);
  }

  @Override
  public String toString() {
    return "data keys under master key "
        + master
        + (namespace.isEmpty() ? "" : ", namespace " + namespace)
        + ", "
        + cipher;
  }
}
