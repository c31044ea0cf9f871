package io.cassandratde.tools.cluster;

/** A file of a node that may need keys besides those that were found. */
public record OpenItem(String kind, String path, String what) {

  static OpenItem of(Fields fields) {
    return new OpenItem(fields.text("kind"), fields.text("path"), fields.text("what"));
  }
}
