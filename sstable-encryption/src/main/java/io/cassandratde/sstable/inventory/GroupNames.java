package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.config.EncryptionOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A chunk names its key's group by a 4-byte tag (docs/RULES.md R2). The name is believed only when
 * its tag is that one, whoever claims it.
 */
public final class GroupNames {
  private final Map<Integer, KeyGroup> known = new HashMap<>();

  public GroupNames(Collection<KeyGroup> configured) {
    known.put(KeyGroup.LOCAL.tag(), KeyGroup.LOCAL);
    configured.forEach(group -> known.put(group.tag(), group));
  }

  /**
   * The group's name as commands take it, or its tag in hexadecimal.
   *
   * @param options the options in the SSTable's own CompressionInfo.db
   */
  public String name(int tag, Map<String, String> options) {
    for (KeyGroup claimed : claimed(options)) {
      if (claimed.tag() == tag) {
        return claimed.toString();
      }
    }
    KeyGroup configured = known.get(tag);
    return configured != null ? configured.toString() : String.format(Locale.ROOT, "tag:%08x", tag);
  }

  /** Whatever the options may mean: the tag tells which it is. */
  private static List<KeyGroup> claimed(Map<String, String> options) {
    List<KeyGroup> claimed = new ArrayList<>();
    String group = options.get("kmip_host");
    if (group != null) {
      claimed.add(KeyGroup.kmip(group));
    }
    String token = options.get("pkcs11");
    if (token != null) {
      claimed.add(KeyGroup.token(token));
    }
    claimed.add(
        KeyGroup.replicated(
            options.getOrDefault("system_key_file", EncryptionOptions.DEFAULT_MASTER)));
    return claimed;
  }
}
