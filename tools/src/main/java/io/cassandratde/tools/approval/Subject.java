package io.cassandratde.tools.approval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Exactly what shall be done. Who carries it out makes this from what he finds, and an approval
 * must be of an equal one.
 *
 * @param cluster as its nodes call it; empty: no node is asked
 * @param keyspace empty: the act is of a key alone
 * @param keys sorted
 * @param tableIds sorted; a table that was created again has another one, so that an approval is
 *     not good for it
 */
public record Subject(
    Act act, String cluster, String keyspace, List<SubjectKey> keys, List<String> tableIds) {

  public Subject {
    keys = keys.stream().sorted().distinct().toList();
    tableIds = tableIds.stream().sorted().distinct().toList();
  }

  /** A key, when it is proved that no node of this cluster needs it. */
  public static Subject destroy(String cluster, SubjectKey key) {
    return new Subject(Act.DESTROY, cluster, "", List.of(key), List.of());
  }

  /** A key on its key server, whichever clusters need it. */
  public static Subject destroyByForce(SubjectKey key) {
    return new Subject(Act.DESTROY_FORCE, "", "", List.of(key), List.of());
  }

  /** All of a keyspace. */
  public static Subject shred(
      String cluster, String keyspace, Collection<SubjectKey> keys, Collection<String> tableIds) {
    return new Subject(Act.SHRED, cluster, keyspace, List.copyOf(keys), List.copyOf(tableIds));
  }

  /** What a person types to show that he has read it. */
  public String toType() {
    return keyspace.isEmpty() ? keys.get(0).id() : keyspace;
  }

  /** How the approved one differs from this one; empty: not at all. */
  List<String> differences(Subject approved) {
    List<String> differences = new ArrayList<>();
    add(differences, "operation", approved.act.word(), act.word());
    add(differences, "cluster", quoted(approved.cluster), quoted(cluster));
    add(differences, "keyspace", quoted(approved.keyspace), quoted(keyspace));
    add(differences, "keys", approved.keys, keys);
    add(differences, "table ids", approved.tableIds, tableIds);
    return differences;
  }

  private static String quoted(String text) {
    return text.isEmpty() ? "none" : "'" + text + "'";
  }

  /** Compares the things, not their texts: those of two lists may be the same. */
  private static void add(List<String> all, String what, Object approved, Object asked) {
    if (!approved.equals(asked)) {
      all.add("%s: approved is %s, and this is %s".formatted(what, approved, asked));
    }
  }
}
