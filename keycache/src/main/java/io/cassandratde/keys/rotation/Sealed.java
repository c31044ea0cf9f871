package io.cassandratde.keys.rotation;

/** What this node has sealed by a key. */
public record Sealed(long bytes, long chunks) {
  public static final Sealed NOTHING = new Sealed(0, 0);
}
