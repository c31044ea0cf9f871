package io.cassandratde.keys.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.cache.CurrentKey;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.kmip.hostile.ClosedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A configuration file, the cache and real servers over TLS, with timers in real time: a refresh
 * every 300 ms.
 */
class TdeRuntimeTest {

  private static final KeySpec SPEC = KeySpec.kmip("vault", "ns", CipherSpec.AES_256);

  private final Path directory;
  private final KmipDevServer server;

  TdeRuntimeTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    server = KmipDevServer.start(TestStores.get().serverSettings());
  }

  @AfterEach
  void stop() {
    server.close();
    TdeRuntime.install(null);
    System.clearProperty("tde.config");
  }

  private Path write(String more, int port) throws IOException {
    TestStores stores = TestStores.get();
    String password = new String(stores.password());
    String yaml =
        """
        kmip_hosts:
          vault:
            hosts: 127.0.0.1:%d
            keystore_path: %s
            keystore_type: pkcs12
            keystore_password: %s
            truststore_path: %s
            truststore_type: pkcs12
            truststore_password: %s
            timeout: 60000
            key_cache_millis: 300
        """
            .formatted(port, stores.client(), password, stores.truststore(), password);
    return Files.writeString(directory.resolve("tde.yaml"), yaml + more);
  }

  private TdeRuntime open(String more) throws IOException {
    return TdeRuntime.open(TdeConfig.load(write(more, server.port())));
  }

  private static void until(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(end - System.nanoTime()).as(what).isPositive();
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private KeyAdministration administration(TdeRuntime runtime) throws Exception {
    KmipGroupConfig group = Objects.requireNonNull(runtime.config().kmipGroups().get("vault"));
    return KeyAdministration.open(group);
  }

  @Test
  void a_revoked_key_is_left_by_timer_alone_and_still_opens() throws Exception {
    try (TdeRuntime runtime = open("");
        KeyAdministration admin = administration(runtime)) {
      CurrentKey current = runtime.keys().current(SPEC);
      DataKey first = current.get(Patience.WAIT);
      admin.revoke(first.reference().keyId(), RevocationReason.CESSATION_OF_OPERATION, null, false);
      until(() -> current.peek() != first, "the key changes");
      assertThat(current.get(Patience.WAIT).reference()).isNotEqualTo(first.reference());
      assertThat(runtime.keys().openingKey(SPEC, first.reference())).isSameAs(first);
      runtime.keys().evict(first.reference());
      assertThat(runtime.keys().openingKey(SPEC, first.reference()).reference())
          .isEqualTo(first.reference());
    }
  }

  @Test
  void an_outage_past_max_stale_ends_without_a_restart() throws Exception {
    try (TdeRuntime runtime = open("key_cache_max_stale: 1s\n")) {
      CurrentKey current = runtime.keys().current(SPEC);
      DataKey key = current.get(Patience.WAIT);
      server.behaviour().connectivity(Connectivity.DROPPING);
      until(current::isStale, "stale");
      assertThat(current.get(Patience.WAIT)).isSameAs(key);
      assertThat(runtime.keys().openingKey(SPEC, key.reference())).isSameAs(key);
      server.behaviour().connectivity(Connectivity.NORMAL);
      until(() -> !current.isStale(), "fresh again");
      assertThat(current.get(Patience.FAIL)).isSameAs(key);
    }
  }

  @Test
  void by_default_an_outage_past_max_stale_refuses_nobody() throws Exception {
    try (TdeRuntime runtime = open("key_cache_max_stale: 500ms\n")) {
      CurrentKey current = runtime.keys().current(SPEC);
      DataKey key = current.get(Patience.WAIT);
      server.close();
      until(current::isStale, "stale");
      assertThat(current.get(Patience.FAIL)).isSameAs(key);
    }
  }

  @Test
  void another_server_with_the_same_ids_is_a_wrong_key_and_never_data() throws Exception {
    try (TdeRuntime runtime = open("")) {
      DataKey key = runtime.keys().current(SPEC).get(Patience.WAIT);
      KeyReference there = key.reference();
      KeyReference claimed =
          new KeyReference(there.groupTag(), there.keyId(), there.checkValue() ^ 1);
      assertThatThrownBy(() -> runtime.keys().openingKey(SPEC, claimed))
          .isInstanceOf(WrongKeyException.class);
    }
  }

  @Test
  void a_renamed_group_still_opens_and_an_unknown_one_says_what_to_do() throws Exception {
    try (TdeRuntime runtime = open("group_aliases: {former: vault}\n")) {
      KeyReference now = runtime.keys().current(SPEC).get(Patience.WAIT).reference();
      KeySpec formerSpec = KeySpec.kmip("former", "ns", CipherSpec.AES_256);
      KeyReference former =
          new KeyReference(GroupTag.of(ProviderKind.KMIP, "former"), now.keyId(), now.checkValue());
      assertThat(runtime.keys().openingKey(formerSpec, former).reference()).isEqualTo(former);
      assertThat(runtime.keys().openingKey(SPEC, former).reference()).isEqualTo(former);
      assertThatThrownBy(
              () ->
                  runtime
                      .keys()
                      .openingKey(SPEC, new KeyReference(77, now.keyId(), now.checkValue())))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("group_aliases");
      assertThatThrownBy(() -> runtime.keys().track(formerSpec))
          .as("new data is sealed under names that are configured")
          .isInstanceOf(KeyConfigException.class);
    }
  }

  @Test
  void local_keys_stand_beside_kmip_groups() throws Exception {
    SystemKeyFile.create(directory.resolve("table_key"), CipherSpec.AES_256);
    try (TdeRuntime runtime = open("")) {
      KeySpec local = KeySpec.local("table_key", CipherSpec.AES_256);
      DataKey key = runtime.keys().current(local).get(Patience.WAIT);
      assertThat(runtime.keys().openingKey(SPEC, key.reference())).isSameAs(key);
      runtime.keys().evict(key.reference());
      assertThat(runtime.keys().openingKey(SPEC, key.reference()).reference())
          .as("found by its tag, though the hint is another provider's")
          .isEqualTo(key.reference());
    }
  }

  @Test
  void a_key_server_that_is_down_stops_no_start() throws Exception {
    Path file = write("client_key_wait: 100ms\n", server.port());
    server.close();
    System.setProperty("tde.config", file.toString());
    try (TdeRuntime runtime = TdeRuntime.get()) {
      assertThat(TdeRuntime.get()).isSameAs(runtime);
      assertThatThrownBy(() -> runtime.keys().sealingKey(SPEC, Patience.FAIL))
          .isInstanceOf(KeyUnavailableException.class);
    }
  }

  @Test
  void a_wrong_configuration_is_a_typed_error_every_time() throws Exception {
    System.setProperty("tde.config", write("unknown_option: 1\n", server.port()).toString());
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(TdeRuntime::get)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("unknown_option");
    }
    Path wrongPassword = write("", server.port());
    Files.writeString(
        wrongPassword, Files.readString(wrongPassword).replace("password: ", "password: not"));
    assertThatThrownBy(() -> TdeRuntime.open(TdeConfig.load(wrongPassword)))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining(".p12");
  }

  /** The whole way, with the clocks and timers of production. */
  @Test
  void a_node_that_starts_without_key_servers_goes_on_from_its_local_key_cache() throws Exception {
    SystemKeyFile.create(directory.resolve("cache_key"), CipherSpec.AES_256);
    String local = "local_key_cache: {directory: cache, system_key_file: cache_key}\n";
    KeyReference key;
    try (TdeRuntime runtime = open(local)) {
      runtime.openLocalKeyCache("cluster");
      key = runtime.keys().current(SPEC).get(Patience.WAIT).reference();
    }
    try (TdeRuntime runtime = TdeRuntime.open(TdeConfig.load(write(local, ClosedPort.reserve())))) {
      assertThatThrownBy(() -> runtime.keys().openingKey(SPEC, key))
          .as("not before the node says so")
          .isInstanceOf(KeyUnavailableException.class);
      runtime.openLocalKeyCache("cluster");
      assertThat(runtime.keys().awaitOpeningKey(SPEC, key, Duration.ZERO).reference())
          .isEqualTo(key);
      CurrentKey current = runtime.keys().current(SPEC);
      assertThat(current.get(Patience.WAIT).reference()).isEqualTo(key);
      assertThat(current.isStale()).isFalse();
      assertThat(runtime.keys().keptKeys().onDisk()).isEqualTo(1);
    }
    try (TdeRuntime runtime = open(local);
        KeyAdministration admin = administration(runtime)) {
      runtime.openLocalKeyCache("cluster");
      admin.revoke(key.keyId(), RevocationReason.CESSATION_OF_OPERATION, null, true);
      var unused = admin.destroy(key.keyId(), true);
      until(() -> runtime.keys().keptKeys().onDisk() == 0, "the key is gone by timer alone");
    }
  }
}
