package io.cassandratde.tools.scan;

import java.util.List;
import java.util.Set;

/** What a look at one file gave; {@link Finding} adds where it stands. */
record Look(State state, String kind, Set<SealingKey> keys, String reason, List<String> faults) {

  static Look of(State state, String kind, String reason) {
    return new Look(state, kind, Set.of(), reason, List.of());
  }

  static Look encrypted(String kind, Set<SealingKey> keys) {
    return new Look(State.ENCRYPTED, kind, keys, "", List.of());
  }

  static Look noContent(String kind) {
    return of(State.NO_CONTENT, kind, "");
  }

  static Look plaintext(String kind, String reason) {
    return of(State.PLAINTEXT, kind, reason);
  }

  static Look unknown(String kind, String reason) {
    return of(State.UNKNOWN, kind, reason);
  }

  Look with(List<String> moreFaults) {
    return new Look(state, kind, keys, reason, moreFaults);
  }
}
