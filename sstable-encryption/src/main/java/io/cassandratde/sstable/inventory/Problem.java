package io.cassandratde.sstable.inventory;

/**
 * Why the keys of an SSTable, or of another file, may be more than those that were found.
 *
 * @param component of the SSTable, {@code Data.db}; empty where the file is none of an SSTable
 * @param what in words, without the file's name
 */
public record Problem(Kind kind, String component, String what) {

  /** What is to be done about it differs. */
  public enum Kind {
    /** Damaged, or not to be read. */
    UNREADABLE,
    /** A later release of this project wrote it: no damage. */
    LATER_RELEASE,
    /** Being written, or left behind by a crash: look again. */
    UNFINISHED
  }
}
