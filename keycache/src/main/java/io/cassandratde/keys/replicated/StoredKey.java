package io.cassandratde.keys.replicated;

import java.util.List;

/**
 * A data key with all that opens it. Of more wraps than a copy holds, the newest: each may cost a
 * look-up at a key server, and whoever may write to the table may write any number.
 *
 * @param wraps newest first; at least one, but for a key that was interrupted in the making
 */
public record StoredKey(DataKeyRow row, List<KeyWrap> wraps) {
  public StoredKey {
    wraps = List.copyOf(wraps.subList(0, Math.min(wraps.size(), CopyFormat.MAX_WRAPS)));
  }
}
