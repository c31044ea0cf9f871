package io.cassandratde.keys.kmip;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.ttlv.TtlvDump;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which key is current: pure functions of what the server says, so that every node computes the
 * same answer.
 */
final class KeySelection {

  /** Latest activation last; ties by id. */
  private static final Comparator<KeyFacts> RANK =
      Comparator.comparing(KeyFacts::rank).thenComparing(KeyFacts::id);

  private KeySelection() {}

  /**
   * Whether a key serves this spec at all, whatever its state. Keys that other tools made count, if
   * all of this fits.
   */
  static boolean matches(KeyFacts key, KeySpec spec) {
    return isDataKey(key)
        && key.bits() == spec.cipher().bits()
        && Objects.equals(key.namespace(), spec.namespace());
  }

  /**
   * What keeps a key that was just made for this spec from serving it; null: nothing. Names the
   * attribute, with what the server says and what was asked for.
   */
  static @Nullable String misfit(KeyFacts made, KeySpec spec) {
    if (made.algorithm() != CryptographicAlgorithm.AES) {
      return misfit("Cryptographic Algorithm", made.algorithm(), CryptographicAlgorithm.AES);
    }
    if (made.bits() != spec.cipher().bits()) {
      return misfit("Cryptographic Length", made.bits(), spec.cipher().bits());
    }
    if (!Objects.equals(made.namespace(), spec.namespace())) {
      return misfit("Object Group (namespace)", made.namespace(), spec.namespace());
    }
    if (!matches(made, spec)) {
      return misfit("Cryptographic Usage Mask", made.usageMask(), UsageMask.ENCRYPT_DECRYPT);
    }
    if (made.state() == KeyState.ACTIVE) {
      return null;
    }
    if (made.state() != KeyState.PRE_ACTIVE) {
      return misfit("State", made.state(), KeyState.PRE_ACTIVE);
    }
    if (!KeyNames.isOurs(made.name())) {
      return misfit("Name", made.name(), "<uuid>_<number>");
    }
    return contenders(List.of(made), spec).isEmpty()
        ? misfit("Activation Date", made.activation(), null)
        : null;
  }

  private static String misfit(String attribute, @Nullable Object is, @Nullable Object asked) {
    return "its %s is %s where %s was asked for"
        .formatted(
            attribute,
            is == null ? "not there" : TtlvDump.printable(is.toString()),
            asked == null ? "none" : asked);
  }

  static boolean isDataKey(KeyFacts key) {
    Integer mask = key.usageMask();
    return key.algorithm() == CryptographicAlgorithm.AES
        && (mask == null || (mask & UsageMask.ENCRYPT_DECRYPT) == UsageMask.ENCRYPT_DECRYPT)
        && !KeyNames.isProbe(key.name());
  }

  /**
   * docs/RULES.md R16. Both bounds of the server's clock, because its time stamps are whole
   * seconds.
   */
  static boolean maySeal(KeyFacts key, ServerTime now) {
    Instant end = key.sealingEnd();
    Instant start = key.processStart();
    return key.state() == KeyState.ACTIVE
        && (start == null || !now.earliest().isBefore(start))
        && (end == null || now.latest().isBefore(end));
  }

  /** Usable keys, the current one first. */
  static List<KeyFacts> ranked(List<KeyFacts> keys, KeySpec spec, ServerTime now) {
    return keys.stream()
        .filter(key -> matches(key, spec) && maySeal(key, now))
        .sorted(RANK.reversed())
        .toList();
  }

  /** Whether a key goes before the other as the current one. */
  static boolean isAfter(KeyFacts key, KeyFacts other) {
    return RANK.compare(key, other) > 0;
  }

  /**
   * A key whose end is near, though it has served longer than {@code lead}: its successor is to be
   * made now, so that an outage at that date does not stop writes. A key with a life shorter than
   * that is left alone, or there would be a new key at every look.
   */
  static boolean needsSuccessor(KeyFacts key, ServerTime now, Duration lead) {
    Instant end = key.sealingEnd();
    return end != null
        && !now.latest().plus(lead).isBefore(end)
        && key.rank().plus(lead).isBefore(now.earliest());
  }

  /**
   * Pre-Active keys that take part in an election, the winner first: ours by name, with no
   * activation scheduled by somebody else. Smallest Initial Date, then id: a key made later never
   * beats one made before.
   */
  static List<KeyFacts> contenders(List<KeyFacts> keys, KeySpec spec) {
    return keys.stream()
        .filter(key -> matches(key, spec) && key.state() == KeyState.PRE_ACTIVE)
        .filter(key -> key.activation() == null && KeyNames.isOurs(key.name()))
        .sorted(KeyFacts.BY_CREATION)
        .toList();
  }

  /** Null: none of the keys has this id. */
  static @Nullable KeyFacts find(List<KeyFacts> keys, String id) {
    return keys.stream().filter(k -> k.id().equals(id)).findFirst().orElse(null);
  }
}
