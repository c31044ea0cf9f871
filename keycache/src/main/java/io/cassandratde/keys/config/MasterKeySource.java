package io.cassandratde.keys.config;

import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.ProviderKind;
import org.jspecify.annotations.Nullable;

/**
 * Where a master key is.
 *
 * @param provider of a key file, a KMIP group or a token
 * @param name of the file, the group or the token
 * @param namespace of keys in the KMIP group; null: none
 * @param wrapsAtServer the KMIP group's servers wrap, and give no key out
 */
public record MasterKeySource(
    ProviderKind provider, String name, @Nullable String namespace, boolean wrapsAtServer) {

  /** Of keys that are given out, or of a token. */
  public MasterKeySource(ProviderKind provider, String name, @Nullable String namespace) {
    this(provider, name, namespace, false);
  }

  public static MasterKeySource keyFile(String name) {
    return new MasterKeySource(ProviderKind.LOCAL, name, null);
  }

  @Override
  public String toString() {
    return switch (provider) {
      case LOCAL -> "key file " + name;
      case KMIP ->
          "KMIP group "
              + name
              + (namespace == null ? "" : ", namespace " + namespace)
              + (wrapsAtServer ? ", wrapping at the server" : "");
      case PKCS11 -> "token " + name;
      case REPLICATED -> KeyGroup.replicated(name).toString();
    };
  }
}
