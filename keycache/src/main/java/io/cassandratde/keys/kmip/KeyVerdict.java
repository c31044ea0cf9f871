package io.cassandratde.keys.kmip;

import io.cassandratde.kmip.KeyState;
import org.jspecify.annotations.Nullable;

/**
 * What a group's servers say now about one key that a node keeps.
 *
 * @param state where the server tells one; null with every answer but {@link Answer#THERE}, and
 *     there where the server keeps no states
 */
public record KeyVerdict(Answer answer, @Nullable KeyState state) {

  static final KeyVerdict GONE = new KeyVerdict(Answer.GONE, null);
  static final KeyVerdict DENIED = new KeyVerdict(Answer.DENIED, null);
  static final KeyVerdict OPEN = new KeyVerdict(Answer.OPEN, null);

  /** Sorted by what a copy of the key has to follow. */
  public enum Answer {
    /** A server has it, in a state that opens data. */
    THERE,
    /** A server says that it was destroyed, or every host of the group answers without it. */
    GONE,
    /** A server has it and refuses it to this node. */
    DENIED,
    /** No host that answered has it, and another did not answer. */
    OPEN
  }

  static KeyVerdict of(@Nullable KeyState state) {
    return state == null || state.canOpen() ? new KeyVerdict(Answer.THERE, state) : GONE;
  }
}
