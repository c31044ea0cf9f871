package io.cassandratde.keys.kmip;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.TlsSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A node of {@link ElectionProcessesTest} in a process of its own: a key cache, and nothing that it
 * shares with the others but the key server. For each line, a namespace, it looks for the current
 * key at once, and prints its id.
 */
final class RaceNode {

  private RaceNode() {}

  /** Port of the server; client store; trust store; password. */
  public static void main(String[] args) throws IOException {
    KmipSettings settings =
        KmipSettings.of(
                DevGroup.NAME,
                List.of(new KmipHost("127.0.0.1", Integer.parseInt(args[0]))),
                TlsSettings.pkcs12(
                    Path.of(args[1]),
                    args[3].toCharArray(),
                    Path.of(args[2]),
                    args[3].toCharArray()))
            .withTimeouts(DevGroup.TIMEOUT, DevGroup.TIMEOUT, DevGroup.TIMEOUT.multipliedBy(2));
    KmipGroupConfig group = new KmipGroupConfig(DevGroup.NAME, settings, Duration.ofHours(1));
    try (KeyCache keys =
            KeyCache.builder(KmipKeyProvider.open(Map.of(DevGroup.NAME, group), new Hkdf()))
                .build();
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        System.out.println(currentKey(keys, line));
      }
    }
  }

  private static String currentKey(KeyCache keys, String namespace) {
    KeySpec spec = KeySpec.kmip(DevGroup.NAME, namespace, CipherSpec.AES_256);
    try {
      // The first time this is the first look, as for a node that starts; later ones are like that
      // of a node that notices a revoked key.
      if (keys.sealing().containsKey(spec)) {
        keys.refreshNow().orTimeout(2, TimeUnit.MINUTES).join();
      }
      KeyReference key = keys.sealingKey(spec, Patience.WAIT).reference();
      return key.keyId();
    } catch (RuntimeException e) {
      return "failed: " + e;
    }
  }
}
