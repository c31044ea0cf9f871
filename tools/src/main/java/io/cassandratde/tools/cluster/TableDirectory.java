package io.cassandratde.tools.cluster;

/**
 * A directory of one table on one node, of one that was dropped too.
 *
 * @param files in it and below: of any kind
 */
public record TableDirectory(String path, long files, long bytes) {

  static TableDirectory of(Fields fields) {
    return new TableDirectory(fields.text("path"), fields.number("files"), fields.number("bytes"));
  }
}
