package io.cassandratde.tools.cluster;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A key, and which files count as needing it. Ids repeat across groups and restored servers, and
 * two groups may name one server (docs/RULES.md R2): a file that names the key by its own group and
 * id needs it, whatever its check value, for a host of the group that was restored may hold another
 * key of this id than the one that was asked. A file that names another group needs it where the
 * check value is the same, or where no node could tell the check value.
 */
public final class SoughtKey {

  /** How nodes call a group that their configuration does not name. */
  private static final String UNNAMED = "tag:";

  private final String group;
  private final Set<String> formerNames;
  private final String keyId;
  private final Set<String> checkValues = ConcurrentHashMap.newKeySet();

  /**
   * @param formerNames of the group: {@code group_aliases}
   */
  public SoughtKey(String group, Set<String> formerNames, String keyId) {
    this.group = group;
    this.formerNames = Set.copyOf(formerNames);
    this.keyId = keyId;
  }

  public String group() {
    return group;
  }

  public String keyId() {
    return keyId;
  }

  /** Somebody fetched the key; hosts that hold different ones make several. */
  public void learn(CheckedKey fetched) {
    var unused = learn(fetched.checkValue());
  }

  /** The same from a file that the key is known by; empty: nothing is learnt. */
  public SoughtKey learn(String checkValue) {
    if (!checkValue.isEmpty()) {
      checkValues.add(checkValue);
    }
    return this;
  }

  public boolean isNeededBy(KeyUse use) {
    return is(use.group(), use.keyId(), use.checkValue());
  }

  /** Whether the backup needs it; until when it is held is the caller's to look at. */
  public boolean isNeededBy(BackupHold hold) {
    return is(hold.group(), hold.keyId(), hold.checkValue());
  }

  public boolean isFencedBy(FencedKey fence) {
    return fence.group().equals(group) && fence.keyId().equals(keyId);
  }

  private boolean is(String ofGroup, String id, String checkValue) {
    return id.equals(keyId)
        && (isOwn(ofGroup)
            || checkValues.isEmpty()
            || checkValue.isEmpty()
            || checkValues.contains(checkValue));
  }

  private boolean isOwn(String name) {
    return name.equals(group) || formerNames.contains(name) || name.startsWith(UNNAMED);
  }

  /** For the operator, where a file calls the group by another name; else empty. */
  public String otherName(KeyUse use) {
    return use.group().equals(group) ? "" : ", which name it a key of group " + use.group();
  }

  @Override
  public String toString() {
    return "key " + keyId + " of group " + group;
  }
}
