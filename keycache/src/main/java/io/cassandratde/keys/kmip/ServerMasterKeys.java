package io.cassandratde.keys.kmip;

import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;

/** Master keys that wrap and unwrap on the servers of a KMIP group, and never leave them. */
final class ServerMasterKeys implements MasterKeys {

  private final KmipKeyProvider servers;
  private final KeySpec spec;

  ServerMasterKeys(KmipKeyProvider servers, KeySpec spec) {
    this.servers = servers;
    this.spec = spec;
  }

  @Override
  public KeyReference current() {
    return servers.held(spec.group(), held -> held.current(spec));
  }

  @Override
  public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    return servers.held(spec.group(), held -> held.wrap(by, material, binding));
  }

  @Override
  public <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use)
      throws DamagedWrapException {
    KeyReference master = wrapped.masterKey();
    if (wrapped.method() != WrappedKey.Method.SERVER) {
      throw new KeyNotFoundException(
          "%s is under %s as it was given out, and %s wraps at the server: name it under former, without wrap_at"
              .formatted(binding, master, spec));
    }
    byte[] material =
        servers
            .held(spec.group(), held -> opened(held, wrapped, binding))
            .orElseThrow(
                () ->
                    new DamagedWrapException(
                        "%s does not unwrap under %s: it was changed, or is another's"
                            .formatted(binding, master)));
    try {
      return use.apply(material);
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  private static Optional<byte[]> opened(HeldGroup held, WrappedKey wrapped, KeyBinding binding) {
    try {
      return Optional.of(held.open(wrapped, binding));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {}
}
