package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.KeyBinding;
import java.time.Instant;
import java.util.UUID;

/**
 * A data key as the table has it; its wraps stand apart, as there may be several.
 *
 * @param version from 1, counted up within the line
 * @param checkValue as in {@link KeyReference}
 * @param createdAt by the clock of the node that made it
 * @param activeFrom when it may begin to seal: nodes have it before that
 * @param changedAt when it came into its state
 */
public record DataKeyRow(
    KeyLine line,
    int version,
    UUID keyId,
    int checkValue,
    DataKeyState state,
    Instant createdAt,
    Instant activeFrom,
    Instant changedAt) {

  /** What its wraps are bound to. */
  public KeyBinding binding() {
    return new KeyBinding(line.master(), line.namespace(), line.cipher(), keyId, version);
  }

  public KeyReference reference() {
    return new KeyReference(line.groupTag(), keyId.toString(), checkValue);
  }

  public DataKeyRow in(DataKeyState other, Instant since) {
    return new DataKeyRow(line, version, keyId, checkValue, other, createdAt, activeFrom, since);
  }
}
