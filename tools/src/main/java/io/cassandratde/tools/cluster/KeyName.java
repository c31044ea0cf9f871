package io.cassandratde.tools.cluster;

import java.util.Comparator;

/** What operators call a key by. */
public record KeyName(String group, String keyId) implements Comparable<KeyName> {

  private static final Comparator<KeyName> ORDER =
      Comparator.comparing(KeyName::group).thenComparing(KeyName::keyId);

  @Override
  public int compareTo(KeyName other) {
    return ORDER.compare(this, other);
  }
}
