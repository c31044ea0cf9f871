package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.operation.Get;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Keys that the servers give out. */
final class FetchedKeys implements KeyAccess {

  private final KmipClient client;
  private final Hkdf hkdf;

  FetchedKeys(KmipClient client, Hkdf hkdf) {
    this.client = client;
    this.hkdf = hkdf;
  }

  @Override
  public DataKey key(@Nullable KmipHost host, int groupTag, String id) throws KmipException {
    Get get = new Get(id);
    return toKey(
        groupTag, id, host == null ? client.call(get) : client.exchangeOn(host, get).result());
  }

  private DataKey toKey(int groupTag, String id, Get.Result got) {
    String group = client.settings().group();
    try (got) {
      if (got.algorithm() != null && got.algorithm() != CryptographicAlgorithm.AES) {
        throw new KeyConfigException(
            "key " + id + " of group " + group + " is no AES key but " + got.algorithm());
      }
      byte[] material = got.key().copy();
      try {
        return DataKey.of(groupTag, id, material, hkdf);
      } catch (IllegalArgumentException | IllegalStateException e) {
        throw new KeyConfigException(
            "key " + id + " of group " + group + " is unusable: " + e.getMessage());
      } finally {
        Arrays.fill(material, (byte) 0);
      }
    }
  }
}
