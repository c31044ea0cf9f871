package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A chunk names its key's group by a 4-byte tag (docs/RULES.md R2). The name is believed only when
 * its tag is that one, whoever claims it.
 */
public final class GroupNames {
  private final Map<Integer, String> known = new HashMap<>();

  public GroupNames(Collection<String> configured) {
    known.put(GroupTag.of(ProviderKind.LOCAL, "local"), "local");
    configured.forEach(group -> known.put(GroupTag.of(ProviderKind.KMIP, group), group));
  }

  /**
   * The group's name, or its tag in hexadecimal.
   *
   * @param options the options in the SSTable's own CompressionInfo.db
   */
  public String name(int tag, Map<String, String> options) {
    String claimed = options.get("kmip_host");
    if (claimed != null && GroupTag.of(ProviderKind.KMIP, claimed) == tag) {
      return claimed;
    }
    String configured = known.get(tag);
    return configured != null ? configured : String.format(Locale.ROOT, "tag:%08x", tag);
  }
}
