package io.cassandratde.tools.scan;

import java.nio.file.Path;

/** Where a file stands in a node's life; keys are counted for each apart. */
public enum Place {
  LIVE("live"),
  SNAPSHOT("snapshots"),
  BACKUP("backups"),
  COMMIT_LOG("commit log"),
  HINTS("hints"),
  OTHER("other");

  private final String text;

  Place(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /** Of an SSTable, by Cassandra's directories below a table's. */
  static Place ofSSTable(Path file) {
    Place place = LIVE;
    for (Path part : file) {
      String name = part.toString();
      if (name.equals("snapshots")) {
        place = SNAPSHOT;
      } else if (name.equals("backups")) {
        place = BACKUP;
      }
    }
    return place;
  }
}
