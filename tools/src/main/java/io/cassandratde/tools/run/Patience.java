package io.cassandratde.tools.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waiting for what is away or busy: up to the operator's limit, shown, and ended by Ctrl-C. */
public final class Patience {

  private static final Duration STEP = Duration.ofSeconds(1);

  private final Duration limit;
  private final InstantSource clock;
  private final Pause pause;
  private final Display display;
  private final Undo undo;

  /** Of work that leaves nothing to put back. */
  public Patience(Duration limit, InstantSource clock, Pause pause, Display display) {
    this(limit, clock, pause, display, new Undo());
  }

  public Patience(Duration limit, InstantSource clock, Pause pause, Display display, Undo undo) {
    this.limit = limit;
    this.clock = clock;
    this.pause = pause;
    this.display = display;
    this.undo = undo;
  }

  /** What is still missing; null: nothing. */
  public interface Missing {
    @Nullable String now() throws Exception;
  }

  /** Null when nothing is missing; what was, when time is up. */
  public @Nullable String until(Missing missing) throws Exception {
    Instant end = clock.instant().plus(limit);
    while (true) {
      undo.check();
      String left = missing.now();
      if (left == null || !clock.instant().isBefore(end)) {
        display.erase();
        return left;
      }
      display.waiting("waiting, until " + end + " at most: " + left);
      pause.pause(STEP);
    }
  }

  /** Asks again while the answer is a failure of this kind. */
  public <T> T untilReached(String who, Callable<T> question, Predicate<Exception> away)
      throws Exception {
    Instant end = clock.instant().plus(limit);
    while (true) {
      undo.check();
      try {
        return question.call();
      } catch (Exception e) {
        if (!away.test(e) || !clock.instant().isBefore(end)) {
          throw e;
        }
        display.waiting("waiting, until " + end + " at most: " + who + ": " + e.getMessage());
        pause.pause(STEP);
      }
    }
  }

  /**
   * A place where the run can end.
   *
   * @throws InterruptedException it shall
   */
  public void check() throws InterruptedException {
    undo.check();
  }

  public Duration limit() {
    return limit;
  }

  public Instant now() {
    return clock.instant();
  }

  public void step() throws InterruptedException {
    undo.check();
    pause.pause(STEP);
  }

  public void pause(Duration length) throws InterruptedException {
    undo.check();
    pause.pause(length);
  }
}
