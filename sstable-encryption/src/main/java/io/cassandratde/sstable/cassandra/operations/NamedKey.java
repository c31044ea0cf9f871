package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.GroupTag;
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
record NamedKey(String group, String keyId, Set<Integer> tags) {

  /**
   * A key of a configured group.
   *
   * @throws IllegalArgumentException the configuration has no such group
   */
  static NamedKey of(TdeConfig config, String group, String keyId) {
    if (keyId.isBlank()) {
      throw new IllegalArgumentException("name the key by its id");
    }
    if (group.equals(KeySpec.LOCAL_GROUP) && !config.kmipGroups().containsKey(group)) {
      return new NamedKey(group, keyId, Set.of(GroupTag.of(ProviderKind.LOCAL, group)));
    }
    String now =
        config.kmipGroups().containsKey(group)
            ? group
            : config.groupAliases().getOrDefault(group, group);
    if (!config.kmipGroups().containsKey(now)) {
      throw new IllegalArgumentException(
          "kmip_hosts has no group " + group + "; there are " + config.kmipGroups().keySet());
    }
    Set<Integer> tags = new HashSet<>(Set.of(GroupTag.of(ProviderKind.KMIP, now)));
    config
        .groupAliases()
        .forEach(
            (former, name) -> {
              if (name.equals(now)) {
                tags.add(GroupTag.of(ProviderKind.KMIP, former));
              }
            });
    return new NamedKey(now, keyId, Set.copyOf(tags));
  }

  boolean matches(KeyReference reference) {
    return reference.keyId().equals(keyId) && tags.contains(reference.groupTag());
  }

  List<Fences.Key> fenced() {
    return tags.stream().map(tag -> new Fences.Key(tag, keyId)).toList();
  }

  /** Where it is asked for. */
  KeySpec hint() {
    return KeySpec.kmip(group, null, CipherSpec.AES_256);
  }

  /** By the name that its group has now, whatever its check value. */
  KeyReference reference() {
    ProviderKind kind =
        tags.contains(GroupTag.of(ProviderKind.LOCAL, group))
            ? ProviderKind.LOCAL
            : ProviderKind.KMIP;
    return new KeyReference(GroupTag.of(kind, group), keyId, 0);
  }

  @Override
  public String toString() {
    return "key " + keyId + " of group " + group;
  }
}
