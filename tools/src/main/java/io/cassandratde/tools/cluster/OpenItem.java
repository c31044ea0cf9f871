package io.cassandratde.tools.cluster;

/** A file of a node that may need keys besides those that were found. */
public record OpenItem(String kind, String path, String what) {

  /** As the node calls a file that is being written. */
  private static final String UNFINISHED = "unfinished";

  static OpenItem of(Fields fields) {
    return new OpenItem(fields.text("kind"), fields.text("path"), fields.text("what"));
  }

  /** Whether the file is done soon, unless a crash left it behind. */
  public boolean isBeingWritten() {
    return kind.equals(UNFINISHED);
  }
}
