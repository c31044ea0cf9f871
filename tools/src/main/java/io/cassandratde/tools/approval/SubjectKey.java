package io.cassandratde.tools.approval;

import java.util.Comparator;

/**
 * A key that shall be destroyed.
 *
 * @param checkValue eight hexadecimal digits, which make it this key and no other of its id; empty:
 *     it cannot be fetched
 */
public record SubjectKey(String group, String id, String checkValue)
    implements Comparable<SubjectKey> {

  private static final Comparator<SubjectKey> ORDER =
      Comparator.comparing(SubjectKey::group)
          .thenComparing(SubjectKey::id)
          .thenComparing(SubjectKey::checkValue);

  @Override
  public int compareTo(SubjectKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "key %s of group %s (check value %s)"
        .formatted(id, group, checkValue.isEmpty() ? "not known" : checkValue);
  }
}
