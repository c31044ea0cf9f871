package io.cassandratde.sstable.format.carrier;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.Salts;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.Provider;

/** Tries a wrapping key out. */
public final class KeyCanary {

  private KeyCanary() {}

  /**
   * Wraps a data key of an SSTable that there is not, and unwraps it again.
   *
   * @throws IllegalStateException what came out is another
   */
  public static void requireOpens(DataKey key, Hkdf hkdf, Provider provider) {
    byte[] salt = new byte[16];
    try (SSTableKeys made =
            SSTableKeys.create(() -> key, Salts.ofOperatingSystem(), hkdf, provider);
        SSTableKeys opened =
            SSTableKeys.open(
                Carrier.parse(made.carrier().encode()), reference -> key, hkdf, provider)) {
      byte[] before = made.derive(SSTableKeys.FIRST, KeyUse.PAGE, salt, "canary", 0);
      byte[] after = opened.derive(SSTableKeys.FIRST, KeyUse.PAGE, salt, "canary", 0);
      if (!MessageDigest.isEqual(before, after)) {
        throw new IllegalStateException("what " + key.reference() + " wraps does not come out");
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "what " + key.reference() + " wraps does not open: " + e.getMessage());
    }
  }
}
