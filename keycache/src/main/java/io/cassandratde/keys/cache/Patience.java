package io.cassandratde.keys.cache;

/** What a caller wants when there is no key to seal with. */
public enum Patience {
  /**
   * Flush, compaction, commit log: wait for ever, loudly; a flush that throws stays stuck until
   * restart (docs/RULES.md R20).
   */
  WAIT,
  /**
   * Client threads: wait up to the configured bound, then fail; also fail at once where {@code
   * on_stale: refuse} says so.
   */
  FAIL
}
