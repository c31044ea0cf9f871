package io.cassandratde.kmip;

import org.jspecify.annotations.Nullable;

/** Hears of every request that changes something on a server, after its answer. Must not block. */
@FunctionalInterface
public interface ChangeListener {

  /**
   * One request.
   *
   * @param result null: there is none
   * @param failure null: it was carried out
   */
  void asked(Operation<?> request, @Nullable Object result, @Nullable KmipException failure);
}
