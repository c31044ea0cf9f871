package io.cassandratde.sstable.format;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Where session salts come from. Each must be fresh: it is all that keeps two sessions' subkeys
 * apart.
 */
@FunctionalInterface
public interface Salts {

  void fill(byte[] salt);

  /**
   * The operating system's generator (docs/RULES.md R6): by name, because a provider installed
   * before the platform's may keep its generator in process memory, where a resumed memory snapshot
   * would repeat it.
   */
  static Salts ofOperatingSystem() {
    SecureRandom random;
    try {
      random = SecureRandom.getInstance("NativePRNGNonBlocking");
    } catch (NoSuchAlgorithmException notOnThisPlatform) {
      random = new SecureRandom();
    }
    return random::nextBytes;
  }
}
