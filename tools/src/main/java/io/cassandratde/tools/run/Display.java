package io.cassandratde.tools.run;

import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Printable;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What an operator sees: the stage, what happens, and a bar on a terminal or lines in a pipe. */
public final class Display {

  private static final int BAR = 24;
  private static final int WIDTH = 118;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final PrintStream out;
  private final boolean bar;
  private final InstantSource clock;
  private final Map<String, Work> works = new TreeMap<>();
  private Instant lastLine;
  private String lastState = "";
  private int drawn;

  /**
   * Work of one node.
   *
   * @param text what it is, such as {@code 3 of 12 SSTables}
   */
  private record Work(String text, long done, long total) {}

  public Display(PrintStream out, boolean bar, InstantSource clock) {
    this.out = out;
    this.bar = bar;
    this.clock = clock;
    this.lastLine = clock.instant();
  }

  public synchronized void stage(int number, int of, String name, String what) {
    line("[%d/%d] %s: %s".formatted(number, of, name, what));
  }

  public synchronized void line(String text) {
    erase();
    out.println(Printable.of(text));
    out.flush();
  }

  /** Something is waited for; shown once, and again while it takes long. */
  public synchronized void waiting(String state) {
    state(state, !state.equals(lastState));
  }

  /** How far a node is. */
  public synchronized void progress(String node, String text, long done, long total) {
    works.put(node, new Work(text, done, total));
    long all = works.values().stream().mapToLong(Work::total).sum();
    long ready = Math.min(all, works.values().stream().mapToLong(Work::done).sum());
    int filled = all == 0 ? BAR : (int) (BAR * ready / all);
    StringBuilder state = new StringBuilder();
    if (bar) {
      state.append('[').append("#".repeat(filled)).append(".".repeat(BAR - filled)).append("] ");
    }
    state.append(
        String.format(
            Locale.ROOT,
            "%d%%, %s of %s",
            all == 0 ? 100 : 100 * ready / all,
            Bytes.print(ready),
            Bytes.print(all)));
    works.forEach((name, work) -> state.append("; ").append(name).append(' ').append(work.text()));
    state(state.toString(), false);
  }

  /** How far something is that is counted, and not measured in bytes. */
  public synchronized void count(int done, int of, String what) {
    int filled = of == 0 ? BAR : BAR * done / of;
    String state = "%d of %d %s".formatted(done, of, what);
    state(
        bar ? "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + state : state,
        done == of);
  }

  /** A node does no more. */
  public synchronized void idle(String node) {
    works.remove(node);
    erase();
  }

  private void state(String state, boolean always) {
    lastState = state;
    if (bar) {
      String line = Printable.of(state.length() > WIDTH ? state.substring(0, WIDTH) : state);
      out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
      out.flush();
      drawn = line.length();
    } else if (always || !clock.instant().isBefore(lastLine.plus(BETWEEN_LINES))) {
      lastLine = clock.instant();
      line("  " + state);
    }
  }

  synchronized void erase() {
    if (drawn > 0) {
      out.print("\r" + " ".repeat(drawn) + "\r");
      out.flush();
      drawn = 0;
    }
  }
}
