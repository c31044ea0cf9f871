package io.cassandratde.tools.scan;

import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.output.TextTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A scan as text: a line per file as it is found, then tables. */
public final class ScanReport {

  private final PrintStream out;

  /**
   * @param out of results
   */
  public ScanReport(PrintStream out) {
    this.out = out;
  }

  /** One line. */
  public void file(Finding finding) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT, "%-11s  %s  (%s", finding.state(), finding.file(), finding.kind()));
    if (!finding.reason().isEmpty()) {
      line.append(": ").append(finding.reason());
    }
    finding.keys().stream().sorted().forEach(key -> line.append("; key ").append(key));
    out.println(Printable.of(line.append(')').toString()));
  }

  /** By table and by key. */
  public void summary(Summary summary) {
    TextTable tables =
        new TextTable(
            List.of(
                "Keyspace",
                "Table",
                "Protected",
                "State",
                "SSTables",
                "Snapshots",
                "Backups",
                "Encrypted",
                "In clear by codec",
                "Plaintext",
                "Unknown"));
    for (Summary.Table table : summary.tables()) {
      String why = summary.protection(table);
      tables.row(
          List.of(
              table.keyspace(),
              table.name(),
              why == null ? "no" : why,
              table.word(),
              String.valueOf(table.sstables(Place.LIVE)),
              String.valueOf(table.sstables(Place.SNAPSHOT)),
              String.valueOf(table.sstables(Place.BACKUP)),
              String.valueOf(table.count(State.ENCRYPTED)),
              String.valueOf(table.count(State.CODEC_CLEAR)),
              String.valueOf(table.count(State.PLAINTEXT)),
              String.valueOf(table.count(State.UNKNOWN))));
    }
    Summary.Table shared = summary.shared();
    tables.row(
        List.of(
            "(other files)",
            "-",
            summary.protection(shared) == null ? "no" : "yes",
            shared.word(),
            "-",
            "-",
            "-",
            String.valueOf(shared.count(State.ENCRYPTED)),
            "-",
            String.valueOf(shared.count(State.PLAINTEXT)),
            String.valueOf(shared.count(State.UNKNOWN))));
    print(tables);
    keys(summary);
  }

  private void keys(Summary summary) {
    List<String> header = new ArrayList<>(List.of("Group", "Key ID"));
    for (Place place : Place.values()) {
      header.add("In " + place.text());
      header.add("Bytes");
    }
    TextTable keys = new TextTable(header);
    for (Summary.Key key : summary.keys()) {
      List<String> row = new ArrayList<>(List.of(key.key().group(), key.key().id()));
      for (Place place : Place.values()) {
        row.add(String.valueOf(key.units(place)));
        row.add(Bytes.print(key.bytes(place)));
      }
      keys.row(row);
    }
    if (!summary.keys().isEmpty()) {
      print(keys);
    }
  }

  private void print(TextTable table) {
    out.println();
    table.lines().forEach(out::println);
  }
}
