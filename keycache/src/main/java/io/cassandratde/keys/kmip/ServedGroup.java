package io.cassandratde.keys.kmip;

import io.cassandratde.keys.config.KmipGroupConfig;
import java.util.function.Function;

/**
 * A group that may be replaced while it is asked: its connections are closed when the last question
 * has ended.
 */
final class ServedGroup {

  private final KmipGroupConfig config;
  private final KmipGroup group;
  private final HeldGroup held;
  private int questions;
  private boolean retired;

  /**
   * @param held the same servers, by the same connections
   */
  ServedGroup(KmipGroupConfig config, KmipGroup group, HeldGroup held) {
    this.config = config;
    this.group = group;
    this.held = held;
  }

  KmipGroupConfig config() {
    return config;
  }

  /** Outside of a question: for what needs no connection. */
  KmipGroup group() {
    return group;
  }

  HeldGroup held() {
    return held;
  }

  /** Begins a question; false: the group was replaced, look for the one that took its place. */
  synchronized boolean begin() {
    if (!retired) {
      questions++;
    }
    return !retired;
  }

  private void end() {
    boolean last;
    synchronized (this) {
      last = --questions == 0 && retired;
    }
    if (last) {
      group.close();
    }
  }

  /** Asks what {@link #begin} began. */
  <R> R ask(Function<ServedGroup, R> question) {
    try {
      return question.apply(this);
    } finally {
      end();
    }
  }

  void retire() {
    boolean unused;
    synchronized (this) {
      unused = !retired && questions == 0;
      retired = true;
    }
    if (unused) {
      group.close();
    }
  }
}
