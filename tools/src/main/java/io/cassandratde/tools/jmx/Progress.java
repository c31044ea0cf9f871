package io.cassandratde.tools.jmx;

import io.cassandratde.tools.jmx.NodeConnection.TableSize;
import io.cassandratde.tools.output.Bytes;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Bytes and SSTables left on one node: a bar that redraws itself on a terminal, else lines. */
final class Progress {
  private static final int BAR = 24;

  /** In a pipe: a line this often while one table takes long. */
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final String node;
  private final PrintStream out;
  private final boolean bar;
  private final InstantSource clock;
  private final TableSize total;
  private TableSize finished = TableSize.EMPTY;
  private Instant lastLine;
  private int drawn;

  Progress(String node, PrintStream out, boolean bar, InstantSource clock, TableSize total) {
    this.node = node;
    this.out = out;
    this.bar = bar;
    this.clock = clock;
    this.total = total;
    this.lastLine = clock.instant();
  }

  /** While a table is rewritten: what of it is done so far. */
  void running(TableName table, long tableBytesDone, int tableSstablesDone) {
    long bytes = Math.min(total.bytes(), finished.bytes() + tableBytesDone);
    int left = Math.max(0, total.sstables() - finished.sstables() - tableSstablesDone);
    String state =
        Bytes.print(total.bytes() - bytes)
            + " and "
            + left
            + (left == 1 ? " SSTable left" : " SSTables left");
    if (bar) {
      int filled = total.bytes() == 0 ? BAR : (int) (BAR * bytes / total.bytes());
      draw(
          node
              + " ["
              + "#".repeat(filled)
              + ".".repeat(BAR - filled)
              + "] "
              + percent(bytes)
              + ", "
              + state
              + " ("
              + table
              + ")");
    } else if (!clock.instant().isBefore(lastLine.plus(BETWEEN_LINES))) {
      lastLine = clock.instant();
      line(table + ": " + percent(bytes) + ", " + state);
    }
  }

  /** A table is over; empty ones are not worth a line. */
  void tableDone(TableName table, TableSize size, Rewritten rewritten, Duration took) {
    finished = finished.plus(size);
    if (size.sstables() == 0) {
      return;
    }
    String sstables =
        String.format(
            Locale.ROOT,
            "%d SSTable%s (%s)",
            size.sstables(),
            size.sstables() == 1 ? "" : "s",
            Bytes.print(size.bytes()));
    String time = String.format(Locale.ROOT, " in %.1f s", took.toMillis() / 1000.0);
    line(
        table
            + switch (rewritten) {
              case ALL -> ": done, " + sstables + time;
              case SOME -> ": done, some or all of " + sstables + time;
              case NOTHING -> ": nothing to rewrite in " + sstables;
            });
  }

  void tableFailed(TableName table, TableSize size, String reason) {
    finished = finished.plus(size);
    line(table + ": FAILED: " + reason);
  }

  void line(String text) {
    erase();
    out.println(node + ": " + text);
    out.flush();
  }

  private String percent(long bytes) {
    return (total.bytes() == 0 ? 100 : 100 * bytes / total.bytes()) + "%";
  }

  private void draw(String text) {
    String line = text.length() > 118 ? text.substring(0, 118) : text;
    out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
    out.flush();
    drawn = line.length();
  }

  void erase() {
    if (drawn > 0) {
      out.print("\r" + " ".repeat(drawn) + "\r");
      drawn = 0;
    }
  }
}
