package io.cassandratde.tools.shred;

import io.cassandratde.tools.cluster.KeyUse;

/** A key that files of the keyspace need; the check value is theirs (docs/RULES.md R2). */
public record TenantKey(String group, String keyId, String checkValue)
    implements Comparable<TenantKey> {

  /**
   * Whether the files need this very key. Two groups may name one server, and a group that a node
   * has no name for may be this one.
   */
  boolean isNeededBy(KeyUse use) {
    return use.keyId().equals(keyId)
        && (use.group().equals(group)
            || use.group().startsWith("tag:")
            || use.checkValue().equals(checkValue));
  }

  @Override
  public int compareTo(TenantKey other) {
    int byGroup = group.compareTo(other.group);
    return byGroup != 0 ? byGroup : keyId.compareTo(other.keyId);
  }

  @Override
  public String toString() {
    return "key " + keyId + " of group " + group;
  }
}
