package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.kmip.interop.PyKmip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The runbook's key side against a real PyKMIP over TLS: a server without dates, AddAttribute or
 * UUIDs.
 */
class PyKmipKeysTest {

  private static final KeySpec SPEC = KeySpec.kmip("pykmip", "cycling", CipherSpec.AES_256);
  private static final int NODES = 3;

  private final Path directory;

  PyKmipKeysTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static KmipGroupConfig config(KmipHost host) {
    TestStores stores = TestStores.get();
    TlsSettings tls =
        TlsSettings.pkcs12(
            stores.client(), stores.password(), stores.truststore(), stores.password());
    KmipSettings settings =
        KmipSettings.of("pykmip", List.of(host), tls)
            .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(120));
    return new KmipGroupConfig("pykmip", settings, Duration.ofMinutes(5));
  }

  private static KmipKeyProvider node(KmipHost host) {
    return KmipKeyProvider.open(Map.of("pykmip", config(host)), new Hkdf());
  }

  @Test
  void many_keys_are_asked_about_in_batches() throws Exception {
    try (PyKmip server = PyKmip.start(directory);
        KeyAdministration admin = KeyAdministration.open(config(server.host()))) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        ids.add(admin.create(CipherSpec.AES_256, "full", null).id());
      }
      long before = requests();
      assertThat(admin.list("full").keys()).extracting(KeyFacts::id).containsAll(ids).hasSize(20);
      assertThat(requests() - before).as("Locate and batches of 16 and 4").isEqualTo(3);
    }
  }

  /** By the server's own log. */
  private long requests() throws IOException {
    return logged(line -> line.contains("Received request at time"));
  }

  private long processed(String operation) throws IOException {
    return logged(line -> line.endsWith("Processing operation: " + operation));
  }

  private long logged(Predicate<String> what) throws IOException {
    try (Stream<String> lines = Files.lines(directory.resolve("server.log"))) {
      return lines.filter(what).count();
    }
  }

  @Test
  void a_master_key_wraps_at_the_server_and_is_never_fetched() throws Exception {
    KeyBinding binding =
        new KeyBinding("prod", "cycling", CipherSpec.AES_256, UUID.randomUUID(), 1);
    byte[] material = new byte[32];
    material[31] = 1;
    try (PyKmip server = PyKmip.start(directory);
        KmipKeyProvider one = node(server.host());
        KmipKeyProvider other = node(server.host())) {
      MasterKeys masters = one.serverMasterKeys("pykmip", "master");
      KeyReference current = masters.current();
      WrappedKey wrapped = masters.wrap(current, material, binding);
      MasterKeys elsewhere = other.serverMasterKeys("pykmip", "master");
      assertThat(elsewhere.current()).isEqualTo(current);
      assertThat(elsewhere.<byte[]>unwrap(wrapped, binding, byte[]::clone)).isEqualTo(material);
      byte[] changed = wrapped.bytes();
      changed[changed.length - 1] ^= 1;
      assertThatThrownBy(() -> elsewhere.unwrap(WrappedKey.parse(changed), binding, byte[]::clone))
          .isInstanceOf(DamagedWrapException.class);
      assertThat(processed("Encrypt")).isPositive();
      assertThat(processed("Get")).as("of keys").isZero();
    }
  }

  @Test
  void elect_revoke_replace_open_destroy() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(NODES);
    List<KmipKeyProvider> nodes = new ArrayList<>();
    try (PyKmip server = PyKmip.start(directory);
        KeyAdministration admin = KeyAdministration.open(config(server.host()))) {
      List<Future<KeyReference>> answers = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        KmipKeyProvider node = node(server.host());
        nodes.add(node);
        answers.add(threads.submit(() -> node.current(SPEC, null).key().reference()));
      }
      KeyReference first = answers.get(0).get(180, TimeUnit.SECONDS);
      for (Future<KeyReference> answer : answers) {
        assertThat(answer.get(180, TimeUnit.SECONDS)).isEqualTo(first);
      }
      assertThat(admin.list("cycling").keys())
          .as("one key, the losers are gone")
          .singleElement()
          .satisfies(key -> assertThat(key.state()).isEqualTo(KeyState.ACTIVE));

      assertThatThrownBy(() -> admin.expire(first.keyId(), null))
          .isInstanceOf(ExpiryUnsupportedException.class);
      assertThat(admin.get(first.keyId()).state()).isEqualTo(KeyState.ACTIVE);

      admin.revoke(first.keyId(), RevocationReason.CESSATION_OF_OPERATION, "rotation", false);
      KeyReference second = nodes.get(0).current(SPEC, first).key().reference();
      assertThat(second).isNotEqualTo(first);
      assertThat(nodes.get(1).current(SPEC, first).key().reference()).isEqualTo(second);
      assertThat(nodes.get(2).byId(SPEC, first).reference()).isEqualTo(first);

      assertThat(admin.destroy(first.keyId())).singleElement().asString().contains("keeps no date");
      assertThatThrownBy(() -> nodes.get(2).byId(SPEC, first))
          .isInstanceOf(KeyNotFoundException.class);
      assertThat(nodes.get(2).byId(SPEC, second).reference()).isEqualTo(second);
    } finally {
      nodes.forEach(KmipKeyProvider::close);
      threads.shutdownNow();
    }
  }
}
