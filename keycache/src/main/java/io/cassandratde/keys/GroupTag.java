package io.cassandratde.keys;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Four bytes that stand for provider and group in a key reference, because key ids repeat across
 * groups (docs/RULES.md R2). A tag is a hint for finding the group, never proof of the key: that is
 * the check value.
 */
public final class GroupTag {

  private static final String LABEL = "cassandra-tde/1 group";

  private GroupTag() {}

  /**
   * The first four bytes, big-endian, of SHA-256 over label, provider and group, each with its
   * two-byte length before it.
   */
  public static int of(ProviderKind provider, String group) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(LengthPrefixed.of(LABEL));
      sha256.update(LengthPrefixed.of(provider.text()));
      sha256.update(LengthPrefixed.of(group));
      return ByteBuffer.wrap(sha256.digest()).getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
