package io.cassandratde.tools.destroy;

/** Files of a table that was dropped. */
public final class Directory {
  public String getPath() {
    return "/data/ks/t-1";
  }

  public long getFiles() {
    return 3;
  }

  public long getBytes() {
    return 2048;
  }
}
