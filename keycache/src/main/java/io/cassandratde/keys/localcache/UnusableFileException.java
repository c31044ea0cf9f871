package io.cassandratde.keys.localcache;

/** A file of the cache cannot be used, and why: it counts as not there. */
final class UnusableFileException extends Exception {

  private static final long serialVersionUID = 1L;

  UnusableFileException(String why) {
    super(why);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
