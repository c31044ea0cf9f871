package io.cassandratde.tools.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;

/**
 * What is to be put back when a run ends early, such as by Ctrl-C: the last first. From another
 * thread than the run's, which from then on begins nothing more.
 */
public final class Undo {

  private final Deque<Entry> open = new ArrayDeque<>();
  private boolean ended;

  /** Something that was changed; closing it says that it is in order again. */
  public final class Entry implements AutoCloseable {
    private final Callable<String> back;

    private Entry(Callable<String> back) {
      this.back = back;
    }

    @Override
    public void close() {
      synchronized (Undo.this) {
        open.remove(this);
      }
    }
  }

  /**
   * Call before the change is made.
   *
   * @param back puts it back and says what it did
   * @throws InterruptedException the run is ending
   */
  public synchronized Entry add(Callable<String> back) throws InterruptedException {
    check();
    Entry entry = new Entry(back);
    open.push(entry);
    return entry;
  }

  /**
   * A place where the run can end.
   *
   * @throws InterruptedException it shall
   */
  public synchronized void check() throws InterruptedException {
    if (ended) {
      throw new InterruptedException("the run is ending");
    }
  }

  /** Puts everything back, as far as it can; what it did and could not do, by lines. */
  public void run(Display display) {
    Deque<Entry> entries;
    synchronized (this) {
      ended = true;
      entries = new ArrayDeque<>(open);
      open.clear();
    }
    for (Entry entry : entries) {
      try {
        display.line(entry.back.call());
      } catch (Exception e) {
        display.line("NOT PUT BACK: " + e.getMessage());
      }
    }
  }
}
