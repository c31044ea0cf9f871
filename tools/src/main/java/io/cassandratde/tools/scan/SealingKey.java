package io.cassandratde.tools.scan;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.inventory.GroupNames;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A key that a file names.
 *
 * @param group its name, or its tag where no name is known
 * @param reference as the file has it; the id alone is no identity (docs/RULES.md R2)
 */
public record SealingKey(String group, KeyReference reference) implements Comparable<SealingKey> {

  private static final Comparator<SealingKey> ORDER =
      Comparator.comparing(SealingKey::group)
          .thenComparing(SealingKey::id)
          .thenComparingInt(key -> key.reference().groupTag())
          .thenComparingInt(key -> key.reference().checkValue());

  static SortedSet<SealingKey> of(
      Collection<KeyReference> references, GroupNames groups, Map<String, String> options) {
    SortedSet<SealingKey> keys = new TreeSet<>();
    references.forEach(key -> keys.add(new SealingKey(groups.name(key.groupTag(), options), key)));
    return keys;
  }

  public String id() {
    return reference.keyId();
  }

  @Override
  public int compareTo(SealingKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return group + '/' + id();
  }
}
