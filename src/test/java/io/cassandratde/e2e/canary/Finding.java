package io.cassandratde.e2e.canary;

/**
 * A value that can be read from a file.
 *
 * @param place where it was written by CQL
 * @param file relative to the node's directory
 * @param how {@code raw}, or by which decompression
 */
public record Finding(String place, String file, String how) {

  /** The component of an SSTable, such as {@code Data.db}; else the folder below the node's. */
  public String component() {
    String name = file.substring(file.lastIndexOf('/') + 1);
    int format = name.indexOf("ti-");
    if (format < 0) {
      String folder = file.substring(0, file.indexOf('/'));
      return name.endsWith(".paxos") ? ".paxos" : folder.equals("data") ? name : folder;
    }
    String component = name.substring(format + 3);
    int lastPart = component.lastIndexOf('+');
    if (lastPart >= 0) {
      return "SAI " + component.substring(lastPart + 1);
    }
    return component.startsWith("SI_") ? "SASI" : component;
  }

  @Override
  public String toString() {
    return place + " in " + file + " (" + how + ")";
  }
}
