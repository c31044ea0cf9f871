package io.cassandratde.keys.replicated;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was said already, so that it is said once. Only so many lines: whoever may write to the
 * table can give any number of reasons, and must fill neither memory nor log.
 */
public final class ToldOnce {

  static final int MOST = 1000;

  private final Set<String> lines = ConcurrentHashMap.newKeySet();

  /** Whether it is to be said now. */
  public boolean isFirst(String line) {
    return lines.size() < MOST && lines.add(line);
  }
}
