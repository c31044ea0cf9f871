package io.cassandratde.keys.kmip;

import org.jspecify.annotations.Nullable;

/** Hears of what this process changes on key servers. Must not block. */
@FunctionalInterface
public interface KeyChanges {

  /**
   * One request.
   *
   * @param request such as {@code create}, {@code activate}
   * @param key its id; null: none is known
   * @param failure null: it was carried out
   */
  void asked(String group, String request, @Nullable String key, @Nullable String failure);
}
