package io.cassandratde.tools.backup;

import org.jspecify.annotations.Nullable;

/**
 * What became of a key that a backup needs.
 *
 * @param state as a server tells it; null: none told one
 * @param detail why, and what to do; empty where the key can be had
 */
public record KeyCheck(NeededKey key, Outcome outcome, @Nullable String state, String detail) {

  /** Sorted by what the operator does about it. */
  public enum Outcome {
    /** It was read, and its check value is that of the backup. */
    OPENS("opens"),
    /** An export has it under a passphrase; nothing tells whether somebody knows that still. */
    SEALED("under passphrase"),
    /** Whoever could have it says that it is not there, or destroyed. */
    LOST("LOST"),
    /** Another key has its id: a replaced or restored server. */
    WRONG_KEY("WRONG KEY"),
    /** A server has it and does not give it to this identity. */
    REFUSED("REFUSED"),
    /** The configuration names no group of its tag. */
    UNKNOWN_GROUP("UNKNOWN GROUP"),
    /** Nobody could be asked, or not everybody: an outage, which says nothing about the key. */
    NOT_ASKED("NOT ASKED");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  static KeyCheck opens(NeededKey key, @Nullable String state) {
    return new KeyCheck(key, Outcome.OPENS, state, "");
  }
}
