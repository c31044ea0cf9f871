package io.cassandratde.keys.config;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * DSE's cipher names and strengths, and what seals in their place: AES keeps its strength, every
 * other algorithm becomes AES with 256 bits. A strength that the named algorithm does not have is
 * refused, as DSE does.
 *
 * @param legacyName the name as given, when something else than it seals
 */
record LegacyCipher(CipherSpec spec, @Nullable String legacyName) {

  /** DSE's own default is 128; a table that does not say gets the strong one. */
  private static final int DEFAULT_BITS = 256;

  private record Strengths(int least, int most, int step) {
    boolean has(int bits) {
      return bits >= least && bits <= most && (bits - least) % step == 0;
    }
  }

  private static final Map<String, Strengths> OTHERS =
      Map.of(
          "DES", new Strengths(56, 56, 1),
          "DESEDE", new Strengths(112, 168, 56),
          "BLOWFISH", new Strengths(32, 448, 8),
          "RC2", new Strengths(40, 128, 8));

  private static final Set<String> MODES = Set.of("CBC", "ECB", "CFB", "OFB", "CTR");
  private static final Set<String> PADDINGS =
      Set.of("PKCS5PADDING", "NOPADDING", "ISO10126PADDING");

  static LegacyCipher of(
      @Nullable String transformation, @Nullable Integer strength, LegacyCiphers policy) {
    if (transformation == null) {
      return new LegacyCipher(aes(strength), null);
    }
    String[] parts = transformation.toUpperCase(Locale.ROOT).split("/", -1);
    String algorithm = parts[0];
    boolean gcm =
        algorithm.equals("AES")
            && (parts.length == 1 || (parts.length == 3 && parts[1].equals("GCM")));
    if (gcm && (parts.length == 1 || parts[2].equals("NOPADDING"))) {
      return new LegacyCipher(aes(strength), null);
    }
    Strengths strengths = OTHERS.get(algorithm);
    boolean known =
        parts.length == 1
            || (parts.length == 3 && MODES.contains(parts[1]) && PADDINGS.contains(parts[2]));
    if (!known || (strengths == null && !algorithm.equals("AES"))) {
      throw new KeyConfigException(
          "unknown cipher_algorithm '"
              + transformation
              + "': write 'AES/GCM/NoPadding', or leave it out");
    }
    if (policy == LegacyCiphers.REJECT) {
      throw new KeyConfigException(
          "cipher_algorithm '"
              + transformation
              + "' is refused (legacy_ciphers: reject): write 'AES/GCM/NoPadding', or set legacy_ciphers: upgrade");
    }
    if (strengths == null) {
      return new LegacyCipher(aes(strength), transformation);
    }
    if (strength != null && !strengths.has(strength)) {
      throw new KeyConfigException(
          "secret_key_strength %d does not go with %s: %d to %d do"
              .formatted(strength, transformation, strengths.least(), strengths.most()));
    }
    return new LegacyCipher(CipherSpec.AES_256, transformation);
  }

  private static CipherSpec aes(@Nullable Integer strength) {
    int bits = strength == null ? DEFAULT_BITS : strength;
    if (bits != 128 && bits != 192 && bits != 256) {
      throw new KeyConfigException(
          "secret_key_strength " + bits + " does not go with AES: 128, 192 and 256 do");
    }
    return CipherSpec.aes(bits);
  }
}
