package io.cassandratde.tools.scan;

/**
 * A key that a file needs.
 *
 * @param group its name, or its tag in hexadecimal
 */
public record SealingKey(String group, String id) implements Comparable<SealingKey> {

  @Override
  public int compareTo(SealingKey other) {
    int byGroup = group.compareTo(other.group);
    return byGroup != 0 ? byGroup : id.compareTo(other.id);
  }

  @Override
  public String toString() {
    return group + '/' + id;
  }
}
