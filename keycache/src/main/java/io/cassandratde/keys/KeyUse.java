package io.cassandratde.keys;

import java.nio.ByteBuffer;

/**
 * Every use derives its own key under its own fixed, versioned label; no data key ever seals
 * directly (docs/RULES.md R1).
 */
public enum KeyUse {
  CHUNK("cassandra-tde/1 chunk"),
  WRAP("cassandra-tde/1 wrap"),
  /** Under a master key. */
  KEY_WRAP("cassandra-tde/1 key-wrap"),
  PAGE("cassandra-tde/1 page"),
  /** Chunks of a Data.db that has a data key of its own. */
  SSTABLE_CHUNK("cassandra-tde/1 sstable-chunk"),
  /** Authenticates CompressionInfo.db. */
  CHUNK_INDEX("cassandra-tde/1 chunk-index"),
  /** A part of Statistics.db. */
  STATISTICS("cassandra-tde/1 statistics"),
  CHECK_VALUE("cassandra-tde/1 check-value"),
  AUDIT("cassandra-tde/1 audit"),
  LOCAL_CACHE("cassandra-tde/1 local-cache"),
  /** Passwords in the configuration file, sealed under the system key. */
  CONFIG_VALUE("cassandra-tde/1 config-value"),
  /**
   * The id of a key in a local key file is derived from the key, so that moving the file changes
   * nothing.
   */
  LOCAL_KEY_ID("cassandra-tde/1 local-key-id"),
  /** A data key in an export, sealed to the key of a passphrase. */
  KEY_EXPORT("cassandra-tde/1 key-export"),
  /** The private key of a passphrase. */
  PASSPHRASE_KEY("cassandra-tde/1 passphrase-key"),
  /** Authenticates a file under a passphrase. */
  PASSPHRASE_MAC("cassandra-tde/1 passphrase-mac");

  private final String label;

  KeyUse(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /** HKDF's info: label, then context, each with its two-byte big-endian length before it. */
  public byte[] info(byte[] context) {
    byte[] first = LengthPrefixed.of(label);
    byte[] second = LengthPrefixed.of(context);
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }
}
