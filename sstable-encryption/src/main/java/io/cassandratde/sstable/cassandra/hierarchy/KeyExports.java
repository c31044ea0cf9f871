package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.replicated.DataKeys;
import io.cassandratde.keys.runtime.TdeRuntime;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What the configuration allows to leave this node of its data keys, in base64. */
record KeyExports(TdeRuntime runtime, DataKeys keys) {

  List<String> wrapped() {
    return base64(keys.export().wrapped());
  }

  List<String> under(String master) {
    Set<String> named = replicated().masterKeys().keySet();
    if (!named.contains(master)) {
      throw new KeyConfigException(
          "replicated_keys.master_keys of %s has no %s, but %s: name there where that master key is, and reload"
              .formatted(runtime.config().file(), master, named));
    }
    return base64(keys.export().under(master));
  }

  List<String> sealed(String publicKey) {
    if (!replicated().passphraseExport()) {
      throw new KeyConfigException(
          "this node gives no data keys out under a passphrase: %s has to say replicated_keys: {passphrase_export: true}; reload, and take it back afterwards"
              .formatted(runtime.config().file()));
    }
    return base64(keys.export().sealedTo(Base64.getDecoder().decode(publicKey)));
  }

  private static List<String> base64(List<byte[]> each) {
    return each.stream().map(Base64.getEncoder()::encodeToString).toList();
  }

  private ReplicatedKeysConfig replicated() {
    return Objects.requireNonNull(runtime.config().replicatedKeys());
  }
}
