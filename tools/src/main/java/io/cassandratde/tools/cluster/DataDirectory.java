package io.cassandratde.tools.cluster;

/**
 * A data directory of a node.
 *
 * @param usableBytes -1: its disk does not tell
 * @param sstables live ones that need the key that was asked for
 * @param largestBytes of the largest of them
 */
public record DataDirectory(String path, long usableBytes, long sstables, long largestBytes) {

  static DataDirectory of(Fields fields) {
    return new DataDirectory(
        fields.text("path"),
        fields.number("usableBytes"),
        fields.number("SSTables"),
        fields.number("largestBytes"));
  }
}
