package io.cassandratde.tools.approval;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What may be approved. One approval is good for one of these, never for another. */
public enum Act {
  /** With the proof that nothing needs the key. */
  DESTROY("destroy", "DESTROY A KEY for good, when it is proved that nothing needs it"),
  /** Without. */
  DESTROY_FORCE(
      "destroy-force",
      "DESTROY A KEY for good WITHOUT ANY PROOF (--force): everything that needs it is lost"),
  /** All that the keys of a keyspace open. */
  SHRED("shred", "SHRED A KEYSPACE: destroy its keys, and with them everything under them");

  private final String word;
  private final String what;

  Act(String word, String what) {
    this.word = word;
    this.what = what;
  }

  /** As files and records have it. */
  public String word() {
    return word;
  }

  /** In plain words, for who approves it. */
  public String what() {
    return what;
  }

  static @Nullable Act of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst().orElse(null);
  }
}
