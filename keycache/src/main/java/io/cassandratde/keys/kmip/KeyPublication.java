package io.cassandratde.keys.kmip;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.util.Set;

/**
 * The port through which the nodes of a cluster see to it that each of them has a new key before it
 * is Active (docs/RULES.md R14, R15). What cannot be shared stops nobody: the key servers alone
 * decide then, as for a single node.
 */
public interface KeyPublication {

  /** A process that shares nothing with others. */
  KeyPublication NONE =
      new KeyPublication() {
        @Override
        public boolean isNeeded() {
          return false;
        }

        @Override
        public Outcome publish(Candidate candidate) {
          return new Outcome(Verdict.NOT_SHARED, "nothing is shared");
        }
      };

  /** Whether there is anybody to tell. No I/O. */
  boolean isNeeded();

  /**
   * Proposes the key to all nodes, and waits within a limit of its own until each that is alive has
   * fetched it. Never throws for what cannot be shared.
   */
  Outcome publish(Candidate candidate) throws InterruptedException;

  /**
   * The key that an election has found.
   *
   * @param key Pre-Active; as this node got it
   * @param contenders ids of all keys that could be meant, this one included: what was proposed and
   *     is not among them is over
   */
  record Candidate(KeySpec spec, KeyReference key, Set<String> contenders) {}

  /**
   * What came of it.
   *
   * @param detail which other key; who did not report, or what; for the log
   */
  record Outcome(Verdict verdict, String detail) {}

  /** What the nodes say. */
  enum Verdict {
    /** Every live node has fetched this very key. */
    PUBLISHED,
    /** Another contender was proposed first; {@code detail} is its id. */
    OTHER,
    /** Nodes cannot tell each other now. */
    NOT_SHARED,
    /** A live node has not fetched it within the limit. */
    INCOMPLETE,
    /** Nodes got different keys under this id. */
    DIFFERENT
  }
}
