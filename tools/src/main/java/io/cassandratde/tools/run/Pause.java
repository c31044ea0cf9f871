package io.cassandratde.tools.run;

import java.time.Duration;

/** Lets time pass; a test's lets none pass. */
public interface Pause {

  void pause(Duration length) throws InterruptedException;

  static Pause real() {
    return length -> Thread.sleep(length.toMillis());
  }
}
