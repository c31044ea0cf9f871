package io.cassandratde.tools.cluster;

import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.ProviderKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one node seals one key spec with.
 *
 * @param keyId null before the first
 * @param sealing false: flushes wait for a key
 * @param lastFailure of a look at the key servers; null after a success
 */
public record CurrentKey(
    String provider,
    String group,
    @Nullable String namespace,
    @Nullable String keyFile,
    String cipher,
    @Nullable String keyId,
    boolean sealing,
    boolean stale,
    @Nullable String lastFailure) {

  /** What the key is for, in one line. */
  public String spec() {
    return group
        + (namespace == null ? "" : " " + namespace)
        + (keyFile == null ? "" : " " + keyFile)
        + " "
        + cipher;
  }

  /** As files and operators have it: a master key's name may be that of a KMIP group too. */
  private static String group(String provider, String name) {
    return Arrays.stream(ProviderKind.values())
        .filter(kind -> kind.text().equals(provider))
        .map(kind -> new KeyGroup(kind, name).toString())
        .findFirst()
        .orElse(name);
  }

  static CurrentKey of(Fields fields) {
    return new CurrentKey(
        fields.text("provider"),
        group(fields.text("provider"), fields.text("group")),
        fields.optional("namespace"),
        fields.optional("keyFile"),
        fields.text("cipher"),
        fields.optional("currentKeyId"),
        fields.flag("sealing"),
        fields.flag("stale"),
        fields.optional("lastFailure"));
  }
}
