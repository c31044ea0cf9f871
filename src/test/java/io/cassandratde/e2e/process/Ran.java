package io.cassandratde.e2e.process;

import java.util.List;

/** A program that has ended: what was typed, its exit code and what it printed. */
public record Ran(List<String> command, int exit, String out, String err) {

  public String all() {
    return out + err;
  }

  /** For the steps of a scenario that must work before the claim can be looked at. */
  public Ran orFail() {
    if (exit != 0) {
      throw new AssertionError(toString());
    }
    return this;
  }

  @Override
  public String toString() {
    // A JVM's class path would bury the message.
    String typed = String.join(" ", command);
    return (typed.length() > 300 ? "… " + typed.substring(typed.length() - 200) : typed)
        + "\nexit code "
        + exit
        + "\n"
        + out
        + err;
  }
}
