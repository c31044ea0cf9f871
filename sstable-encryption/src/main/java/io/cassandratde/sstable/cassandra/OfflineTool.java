package io.cassandratde.sstable.cassandra;

import java.util.List;

/**
 * Whether this process is one of Cassandra's own programs on SSTables (sstablescrub,
 * sstableloader…). They take any exception for damage ("Corrupted", "Unknown keyspace"), go on
 * without the SSTable, and many end with exit code 0; so a key that cannot be had ends them with
 * its message instead. Other programs that use Cassandra as a library get the exception.
 */
public final class OfflineTool {

  private static final String PROGRAMS = "org.apache.cassandra.tools.";

  /** What the JVM's launcher was told to run: the main class first. */
  private static final String COMMAND = "sun.java.command";

  private OfflineTool() {}

  static boolean isRunning() {
    return command().startsWith(PROGRAMS);
  }

  /** Ends the process if it is such a program; returns otherwise. */
  public static void endIfRunning(String message) {
    if (isRunning()) {
      String program = List.of(command().split(" ", 2)).get(0).substring(PROGRAMS.length());
      // The logging of tools is the operator's, and may be off.
      System.err.println(program + " stopped: " + message);
      System.exit(1);
    }
  }

  private static String command() {
    return System.getProperty(COMMAND, "");
  }
}
