package io.cassandratde.keys.config;

import io.cassandratde.keys.KeySpec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tables the SSTable format {@code ebti} encrypts besides those whose compression names an
 * encrypting compressor, which it always does.
 *
 * @param everything {@code encrypt: all}: every table, the system's too
 * @param keyspaces {@code encrypt: {keyspaces: […]}}; a system keyspace may be among them
 * @param system {@code encrypt: {system: true}}: all system keyspaces, and {@link
 *     #CONTROL_KEYSPACE}
 * @param required {@code require_encrypted}: an SSTable in clear is refused in a protected table
 * @param defaultKey whose keys protect tables that name none; null only where no such table is
 *     protected
 */
public record EncryptionPolicy(
    boolean everything,
    Set<String> keyspaces,
    boolean system,
    boolean required,
    @Nullable KeySpec defaultKey) {

  /** What nodes share about keys: protected as the system's keyspaces are (docs/RULES.md R26). */
  public static final String CONTROL_KEYSPACE = "encryption_control";

  public EncryptionPolicy {
    keyspaces = Set.copyOf(keyspaces);
    if (defaultKey == null && uses(everything, system, keyspaces)) {
      throw new IllegalArgumentException("a policy that protects tables needs a default key");
    }
  }

  /** Whether there are tables that {@link #defaultKey} protects. */
  public boolean usesDefaultKey() {
    return uses(everything, system, keyspaces);
  }

  private static boolean uses(boolean everything, boolean system, Set<String> keyspaces) {
    return everything || system || !keyspaces.isEmpty();
  }

  /** The spec that protects a table that names none; null: it is written in clear. */
  public @Nullable KeySpec defaultKeyOf(String keyspace, boolean isSystemKeyspace) {
    boolean systems = isSystemKeyspace || keyspace.equals(CONTROL_KEYSPACE);
    boolean covered = everything || keyspaces.contains(keyspace) || (systems && system);
    return covered ? defaultKey : null;
  }
}
