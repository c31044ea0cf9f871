package io.cassandratde.kmip;

import java.util.List;

/** A version of the protocol; every request names one. */
public record ProtocolVersion(int major, int minor) implements Comparable<ProtocolVersion> {
  public static final ProtocolVersion V1_0 = new ProtocolVersion(1, 0);
  public static final ProtocolVersion V1_1 = new ProtocolVersion(1, 1);
  public static final ProtocolVersion V1_2 = new ProtocolVersion(1, 2);
  public static final ProtocolVersion V1_3 = new ProtocolVersion(1, 3);
  public static final ProtocolVersion V1_4 = new ProtocolVersion(1, 4);
  public static final ProtocolVersion V2_0 = new ProtocolVersion(2, 0);
  public static final ProtocolVersion V2_1 = new ProtocolVersion(2, 1);

  /** Every version this client speaks, highest first. */
  public static final List<ProtocolVersion> SUPPORTED =
      List.of(V2_1, V2_0, V1_4, V1_3, V1_2, V1_1, V1_0);

  /** Reads {@code 1.4}. */
  public static ProtocolVersion parse(String text) {
    for (ProtocolVersion version : SUPPORTED) {
      if (version.toString().equals(text.trim())) {
        return version;
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no KMIP version this client speaks; use one of " + SUPPORTED);
  }

  /** From 2.0 on attributes are items of their own tag, not name, index and value. */
  public boolean hasTypedAttributes() {
    return major >= 2;
  }

  public boolean isAtLeast(ProtocolVersion other) {
    return compareTo(other) >= 0;
  }

  @Override
  public int compareTo(ProtocolVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
