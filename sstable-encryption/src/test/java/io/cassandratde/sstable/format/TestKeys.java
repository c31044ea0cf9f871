package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.crypto.CryptoProviders;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Data keys by id, as a key server would hold them, and the two crypto providers. */
public final class TestKeys implements KeyFinder {

  public static final int GROUP = GroupTag.of(ProviderKind.KMIP, "test_group");
  public static final Hkdf HKDF = new Hkdf();

  private final Map<String, DataKey> keys = new ConcurrentHashMap<>();

  public static Provider sunJce() {
    return Objects.requireNonNull(Security.getProvider("SunJCE"));
  }

  /**
   * Corretto's provider is a test dependency, so it is what is chosen here; the assertion keeps it
   * so.
   */
  public static Provider corretto() {
    Provider chosen = CryptoProviders.choose("AmazonCorrettoCryptoProvider");
    if (!chosen.getName().equals("AmazonCorrettoCryptoProvider")) {
      throw new AssertionError("Corretto's provider is not on the test class path");
    }
    return chosen;
  }

  static List<Provider> providers() {
    return List.of(sunJce(), corretto());
  }

  public static DataKey key(String id, int bits, long seed) {
    byte[] material = new byte[bits / 8];
    new Random(seed).nextBytes(material);
    return DataKey.of(GROUP, id, material, HKDF);
  }

  static DataKey key(int bits) {
    return key(new UUID(0x0eb2277e0acc4adbL, 0x92411dd84dde691cL).toString(), bits, 7);
  }

  public DataKey add(DataKey key) {
    keys.put(key.reference().keyId(), key);
    return key;
  }

  @Override
  public DataKey find(KeyReference reference) {
    DataKey key = keys.get(reference.keyId());
    if (key == null || key.reference().groupTag() != reference.groupTag()) {
      throw new KeyNotFoundException(reference + " is unknown");
    }
    return key;
  }
}
