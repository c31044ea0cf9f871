package io.cassandratde.keys.kmip;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a server says about one key. Null: the server keeps no such attribute, or it is not set. */
public record KeyFacts(
    String id,
    @Nullable String name,
    @Nullable CryptographicAlgorithm algorithm,
    int bits,
    @Nullable Integer usageMask,
    @Nullable KeyState state,
    @Nullable String namespace,
    @Nullable Instant creation,
    @Nullable Instant activation,
    @Nullable Instant processStart,
    @Nullable Instant protectStop,
    @Nullable Instant deactivation) {

  /** Oldest first, then by id. */
  public static final Comparator<KeyFacts> BY_CREATION =
      Comparator.comparing(
              (KeyFacts key) -> Objects.requireNonNullElse(key.creation(), Instant.EPOCH))
          .thenComparing(KeyFacts::id);

  /**
   * The date that ranks active keys: activation, or creation where the server keeps no activation
   * dates (docs/RULES.md R14).
   */
  Instant rank() {
    if (activation != null) {
      return activation;
    }
    return creation != null ? creation : Instant.EPOCH;
  }

  /** When sealing must end by what the server has scheduled; null: open end. */
  @Nullable Instant sealingEnd() {
    if (protectStop == null || deactivation == null) {
      return protectStop == null ? deactivation : protectStop;
    }
    return protectStop.isBefore(deactivation) ? protectStop : deactivation;
  }
}
