package io.cassandratde.tools.jmx;

/** How much of a table a rewrite that succeeded has written anew. */
enum Rewritten {
  ALL,
  /** What the request asked for, and that was something. */
  SOME,
  NOTHING
}
