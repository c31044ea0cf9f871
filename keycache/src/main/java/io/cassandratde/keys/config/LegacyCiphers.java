package io.cassandratde.keys.config;

/**
 * {@code legacy_ciphers}: what becomes of DSE's CBC, ECB and 64-bit block ciphers in table options.
 */
public enum LegacyCiphers {
  /** Accept the DDL, seal with AES-GCM, warn once per table. */
  UPGRADE,
  /** Refuse the DDL. */
  REJECT
}
