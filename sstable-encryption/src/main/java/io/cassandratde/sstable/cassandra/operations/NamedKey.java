package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.keys.config.TdeConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A key as operators name it. Whatever its check value is: that is not known before the key is.
 *
 * @param tags of the group by all names that it has or had
 */
record NamedKey(KeyGroup keyGroup, String keyId, Set<Integer> tags) {

  /**
   * A key of a configured group, of key files, of the data keys under any master key, or of a
   * token.
   *
   * @param group {@link KeyGroup#toString()}
   * @throws IllegalArgumentException the configuration has no such group
   */
  static NamedKey of(TdeConfig config, String group, String keyId) {
    if (keyId.isBlank()) {
      throw new IllegalArgumentException("name the key by its id");
    }
    boolean isKmip =
        config.kmipGroups().containsKey(group) || config.groupAliases().containsKey(group);
    KeyGroup named = KeyGroup.parse(group, isKmip);
    return switch (named.provider()) {
      case KMIP -> ofKmip(config, group, keyId);
      case PKCS11 -> {
        if (!config.tokens().containsKey(named.name())) {
          throw new IllegalArgumentException(
              "pkcs11 has no token " + named.name() + "; there are " + config.tokens().keySet());
        }
        yield new NamedKey(named, keyId, Set.of(named.tag()));
      }
      // Any name may be that of a master key in a key file.
      case LOCAL, REPLICATED -> new NamedKey(named, keyId, Set.of(named.tag()));
    };
  }

  private static NamedKey ofKmip(TdeConfig config, String group, String keyId) {
    String now =
        config.kmipGroups().containsKey(group)
            ? group
            : config.groupAliases().getOrDefault(group, group);
    if (!config.kmipGroups().containsKey(now)) {
      throw new IllegalArgumentException(
          "kmip_hosts has no group "
              + group
              + "; there are "
              + config.kmipGroups().keySet()
              + " (replicated keys are of the group replicated:<master key>, a token's of"
              + " pkcs11:<token>)");
    }
    Set<Integer> tags = new HashSet<>(Set.of(KeyGroup.kmip(now).tag()));
    config.formerNames(now).forEach(former -> tags.add(KeyGroup.kmip(former).tag()));
    return new NamedKey(KeyGroup.kmip(now), keyId, Set.copyOf(tags));
  }

  String group() {
    return keyGroup.toString();
  }

  boolean matches(KeyReference reference) {
    return reference.keyId().equals(keyId) && tags.contains(reference.groupTag());
  }

  List<Fences.Key> fenced() {
    return tags.stream().map(tag -> new Fences.Key(tag, keyId)).toList();
  }

  /** Where it is asked for: the group tag tells the rest. */
  KeySpec hint() {
    ProviderKind provider = keyGroup.provider();
    return new KeySpec(
        provider == ProviderKind.LOCAL ? ProviderKind.KMIP : provider,
        keyGroup.name(),
        null,
        CipherSpec.AES_256,
        null,
        null);
  }

  /** By the name that its group has now, whatever its check value. */
  KeyReference reference() {
    return new KeyReference(keyGroup.tag(), keyId, 0);
  }

  @Override
  public String toString() {
    return "key " + keyId + " of group " + keyGroup;
  }
}
