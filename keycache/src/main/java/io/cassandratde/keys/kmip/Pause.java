package io.cassandratde.keys.kmip;

import java.time.Duration;

/**
 * How an election waits between two looks; injected, so that tests can move a server's clock
 * instead.
 */
@FunctionalInterface
interface Pause {
  void pause(Duration duration) throws InterruptedException;
}
