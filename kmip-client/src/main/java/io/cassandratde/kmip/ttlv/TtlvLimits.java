package io.cassandratde.kmip.ttlv;

/**
 * What a peer may make us hold: message bytes, nesting and items. A KMIP client needs a fraction of
 * the defaults; the largest answer in use is a Locate with some ten thousand identifiers.
 */
public record TtlvLimits(int maxMessageBytes, int maxDepth, int maxItems) {
  public static final TtlvLimits DEFAULT = new TtlvLimits(2 * 1024 * 1024, 32, 100_000);

  public TtlvLimits {
    if (maxMessageBytes < 8 || maxDepth < 1 || maxItems < 1) {
      throw new IllegalArgumentException("limits must allow at least one item");
    }
  }
}
