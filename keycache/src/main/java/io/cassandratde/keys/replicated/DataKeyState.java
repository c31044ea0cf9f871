package io.cassandratde.keys.replicated;

/** What a data key of the cluster's table is for. */
public enum DataKeyState {
  /** Written, and not yet shown to open everywhere: seals nothing. */
  PENDING,
  /** The newest of these seals, from its time on. */
  ACTIVE,
  /** Another one seals. */
  INACTIVE,
  /** Another one seals, and what this one protects is being rewritten. */
  REKEYING,
  /** Nothing was found that needs it; it goes when its retention is over. */
  DEPRECATED,
  /** It never came to be: it never was active, and nothing was sealed by it. */
  RETIRED,
  /**
   * It was taken away for good. Its row stays, without wraps, as a node that was down meanwhile
   * would take it for one that the table lost, and bring it back from its local copy.
   */
  REMOVED;

  /** Whether data may need a key in this state. */
  public boolean opens() {
    return switch (this) {
      case ACTIVE, INACTIVE, REKEYING, DEPRECATED -> true;
      case PENDING, RETIRED, REMOVED -> false;
    };
  }
}
