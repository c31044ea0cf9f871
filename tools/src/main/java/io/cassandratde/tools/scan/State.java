package io.cassandratde.tools.scan;

/** What a file is to someone who has the disk and no key. */
public enum State {
  /** Sealed: its structure says so in every place that can be looked at without a key. */
  ENCRYPTED(false),
  /** Holds what tables hold, readable. */
  PLAINTEXT(true),
  /** Readable, as codec mode leaves all files of an SSTable but Data.db. */
  CODEC_CLEAR(true),
  /** Holds no content of tables by what it is. */
  NO_CONTENT(false),
  /** Not recognised, or not of the form that it should have: taken for plaintext. */
  UNKNOWN(true),
  /**
   * Being written, or left behind by a crash: what there is of it has the form of a sealed file.
   */
  UNFINISHED(false),
  /** Could not be read, or was not followed. */
  UNREADABLE(false);

  private final boolean readable;

  State(boolean readable) {
    this.readable = readable;
  }

  /** Whether content stands there in clear, or may. */
  public boolean readable() {
    return readable;
  }

  /** Whether the scan could not say all there is to say. */
  public boolean incomplete() {
    return this == UNFINISHED || this == UNREADABLE;
  }
}
