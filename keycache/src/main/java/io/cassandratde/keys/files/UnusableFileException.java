package io.cassandratde.keys.files;

/** A file cannot be used, and why: it counts as not there. */
public final class UnusableFileException extends Exception {

  private static final long serialVersionUID = 1L;

  public UnusableFileException(String why) {
    super(why);
  }

  public String why() {
    return String.valueOf(getMessage());
  }
}
