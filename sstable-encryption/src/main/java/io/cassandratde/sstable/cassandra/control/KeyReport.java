package io.cassandratde.sstable.cassandra.control;

import java.util.UUID;

/**
 * What a node says of a key that was proposed.
 *
 * @param checkValue eight hexadecimal digits; empty: it did not get the key
 * @param failure why not; empty: it got it
 */
record KeyReport(UUID host, String checkValue, String failure) {

  private static final String NONE_NEEDED = "-";

  /** A node without the group can neither seal nor open under its keys: it is not waited for. */
  static KeyReport withoutGroup(UUID host, String group) {
    return new KeyReport(host, NONE_NEEDED, "group " + group + " is not in its kmip_hosts");
  }

  /** It has said all that it will say. */
  boolean isDone() {
    return !checkValue.isEmpty();
  }

  boolean has() {
    return isDone() && !checkValue.equals(NONE_NEEDED);
  }

  @Override
  public String toString() {
    return has() ? checkValue : failure;
  }
}
