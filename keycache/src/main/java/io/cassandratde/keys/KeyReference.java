package io.cassandratde.keys;

import java.nio.charset.StandardCharsets;

/**
 * What sealed data carries to name its key: the key id alone is not an identity, so group tag and
 * check value go with it (docs/RULES.md R2).
 */
public record KeyReference(int groupTag, String keyId, int checkValue) {

  /** Longest key id in UTF-8 bytes; servers' ids are opaque text. */
  public static final int MAX_ID_BYTES = 1024;

  public KeyReference {
    int length = keyId.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MAX_ID_BYTES) {
      throw new IllegalArgumentException(
          "key id of " + length + " bytes, 1 to " + MAX_ID_BYTES + " are allowed");
    }
  }

  /**
   * Whether that key is the one that is asked for by this. Operators know a key by its id alone: a
   * check value of 0 asks for whichever key has it.
   */
  public boolean admits(KeyReference found) {
    return groupTag == found.groupTag
        && keyId.equals(found.keyId)
        && (checkValue == 0 || checkValue == found.checkValue);
  }

  @Override
  public String toString() {
    return "key %s (group tag %08x, check value %08x)".formatted(keyId, groupTag, checkValue);
  }
}
