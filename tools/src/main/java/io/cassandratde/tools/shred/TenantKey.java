package io.cassandratde.tools.shred;

import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.SoughtKey;
import java.util.Set;

/** A key that files of the keyspace need; the check value is theirs (docs/RULES.md R2). */
public record TenantKey(String group, String keyId, String checkValue)
    implements Comparable<TenantKey> {

  boolean isNeededBy(KeyUse use) {
    return sought().isNeededBy(use);
  }

  boolean isNeededBy(BackupHold hold) {
    return sought().isNeededBy(hold);
  }

  /** By this name of its group: a file of another name has the same check value. */
  private SoughtKey sought() {
    return new SoughtKey(group, Set.of(), keyId).learn(checkValue);
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
