package io.cassandratde.keys.replicated;

import java.util.List;

/**
 * A data key with all that opens it.
 *
 * @param wraps newest first; at least one, but for a key that was interrupted in the making
 */
public record StoredKey(DataKeyRow row, List<KeyWrap> wraps) {
  public StoredKey {
    wraps = List.copyOf(wraps);
  }
}
