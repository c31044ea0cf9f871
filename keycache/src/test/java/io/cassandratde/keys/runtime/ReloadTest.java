package io.cassandratde.keys.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyFencedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.CurrentKey;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.kmip.hostile.ClosedPort;
import io.cassandratde.kmip.transport.TlsStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another configuration, and other TLS stores, in a process that runs. Against real servers over
 * TLS; a look every day, so that what changes changed by the reload.
 */
class ReloadTest {

  private static final KeySpec SPEC = KeySpec.kmip("vault", "ns", CipherSpec.AES_256);
  private static final TestStores STORES = TestStores.get();

  private final Path directory;
  private final Path keystore;
  private final KmipDevServer server;

  ReloadTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    keystore = directory.resolve("client.p12");
    use(STORES.client());
    server = KmipDevServer.start(STORES.serverSettings());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** As operators do it: another file under the name. */
  private void use(Path store) throws IOException {
    Path next = Files.copy(store, directory.resolve("next"));
    Files.move(next, keystore, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private String group(String name, int port) {
    String password = new String(STORES.password());
    return """
          %s:
            hosts: 127.0.0.1:%d
            keystore_path: %s
            keystore_type: pkcs12
            keystore_password: %s
            truststore_path: %s
            truststore_type: pkcs12
            truststore_password: %s
            timeout: 60000
            key_cache_millis: 86400000
        """
        .formatted(name, port, keystore, password, STORES.truststore(), password);
  }

  private Path write(String groups, String more) throws IOException {
    return Files.writeString(
        directory.resolve("tde.yaml"), "kmip_hosts:\n" + groups.indent(2) + more);
  }

  private TdeRuntime open(String more) throws IOException {
    return TdeRuntime.open(TdeConfig.load(write(group("vault", server.port()), more)));
  }

  private static void until(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(end - System.nanoTime()).as(what).isPositive();
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  @Test
  void groups_aliases_and_limits_are_others_and_the_keys_in_memory_stay() throws Exception {
    try (TdeRuntime runtime = open("")) {
      CurrentKey current = runtime.keys().current(SPEC);
      DataKey key = current.get(Patience.WAIT);
      Fences.Key fenced =
          new Fences.Key(GroupTag.of(ProviderKind.KMIP, "vault"), "not-" + key.reference().keyId());
      var unused = runtime.keys().fences().put(fenced);
      try (KmipDevServer other = KmipDevServer.start(STORES.serverSettings())) {
        String vault = group("vault", server.port()).replace("86400000", "300");
        write(
            vault + group("added", other.port()),
            """
            group_aliases: {former: vault}
            key_cache_max_stale: 1s
            encrypt: all
            default_key: {kmip_host: vault}
            """);
        Reloaded reloaded = runtime.reload();
        assertThat(reloaded.changed())
            .containsExactly(
                "kmip_hosts.added (added)",
                "kmip_hosts.vault.key_cache_millis",
                "key_cache_max_stale",
                "group_aliases");
        assertThat(reloaded.needRestart()).containsExactly("encrypt", "default_key");
        assertThat(runtime.config().policy().everything()).isFalse();
        assertThat(current.get(Patience.WAIT)).isSameAs(key);
        KeySpec added = KeySpec.kmip("added", null, CipherSpec.AES_256);
        assertThat(runtime.keys().sealingKey(added, Patience.WAIT).reference().groupTag())
            .isEqualTo(added.groupTag());
        KeyReference former =
            new KeyReference(
                GroupTag.of(ProviderKind.KMIP, "former"),
                key.reference().keyId(),
                key.reference().checkValue());
        assertThat(runtime.keys().openingKey(SPEC, former).reference()).isEqualTo(former);
        assertThatThrownBy(
                () ->
                    runtime
                        .keys()
                        .openingKey(SPEC, new KeyReference(fenced.groupTag(), fenced.keyId(), 1)))
            .isInstanceOf(KeyFencedException.class);
        // Within a day it would not be noticed by the limit of before.
        try (KeyAdministration admin = administration(runtime)) {
          admin.revoke(
              key.reference().keyId(), RevocationReason.CESSATION_OF_OPERATION, null, false);
          until(() -> current.peek() != key && current.peek() != null, "the key changes");
        }
        server.behaviour().connectivity(Connectivity.DROPPING);
        until(current::isStale, "stale by the new limit");
      }
    }
  }

  private static KeyAdministration administration(TdeRuntime runtime) throws Exception {
    KmipGroupConfig group = Objects.requireNonNull(runtime.config().kmipGroups().get("vault"));
    return KeyAdministration.open(group);
  }

  @Test
  void a_file_that_is_wrong_changes_nothing() throws Exception {
    try (TdeRuntime runtime = open("")) {
      CurrentKey current = runtime.keys().current(SPEC);
      DataKey key = current.get(Patience.WAIT);
      TdeConfig before = runtime.config();
      write(group("vault", server.port()), "key_cache_max_stale: 1s\nunknown_option: 1\n");
      assertThatThrownBy(runtime::reload)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("unknown_option");
      write(
          group("vault", server.port()) + group("other", 5696).replace(".p12", ".absent"),
          "key_cache_max_stale: 1s\n");
      assertThatThrownBy(runtime::reload).hasMessageContaining("client.absent");
      assertThat(runtime.config()).isSameAs(before);
      assertThat(current.get(Patience.WAIT)).isSameAs(key);
      runtime.keys().evict(key.reference());
      assertThat(runtime.keys().openingKey(SPEC, key.reference()).reference())
          .isEqualTo(key.reference());
    }
  }

  @Test
  void a_group_that_is_needed_stays_and_goes_to_no_server_that_has_not_its_key() throws Exception {
    try (TdeRuntime runtime = open("");
        KmipDevServer other = KmipDevServer.start(STORES.serverSettings())) {
      CurrentKey current = runtime.keys().current(SPEC);
      DataKey key = current.get(Patience.WAIT);
      TdeConfig before = runtime.config();
      write(group("renamed", server.port()), "");
      assertThatThrownBy(runtime::reload)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("vault");
      write(group("vault", other.port()), "");
      assertThatThrownBy(runtime::reload)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining(key.reference().keyId());
      write(group("vault", ClosedPort.reserve()), "");
      assertThatThrownBy(runtime::reload)
          .as("the servers of before answer")
          .isInstanceOf(KeyConfigException.class);
      assertThat(runtime.config()).isSameAs(before);
      runtime.keys().refreshNow().get(60, TimeUnit.SECONDS);
      assertThat(runtime.keys().lastFailure(SPEC)).isNull();
      assertThat(current.get(Patience.WAIT)).isSameAs(key);
    }
  }

  @Test
  void an_outage_is_ended_by_other_hosts() throws Exception {
    try (TdeRuntime runtime = open("");
        KmipDevServer replica =
            KmipDevServer.start(STORES.serverSettings().withReplicaOf(server))) {
      CurrentKey current = runtime.keys().current(SPEC);
      DataKey key = current.get(Patience.WAIT);
      server.close();
      write(group("vault", ClosedPort.reserve()), "");
      assertThat(runtime.reload().changed())
          .as("nothing is worse than before")
          .containsExactly("kmip_hosts.vault.hosts");
      assertThat(current.get(Patience.WAIT)).isSameAs(key);
      write(group("vault", replica.port()), "");
      runtime.reload();
      until(() -> runtime.keys().lastFailure(SPEC) == null, "the replica answers");
      assertThat(current.get(Patience.WAIT)).isSameAs(key);
    }
  }

  @Test
  void a_question_on_its_way_is_answered_by_the_group_that_was_replaced() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    try (TdeRuntime runtime = open("")) {
      DataKey key = runtime.keys().current(SPEC).get(Patience.WAIT);
      KeyReference wanted = key.reference();
      try (KmipDevServer replica =
          KmipDevServer.start(STORES.serverSettings().withReplicaOf(server))) {
        runtime.keys().evict(wanted);
        server
            .behaviour()
            .onRequest(
                operation -> {
                  asked.countDown();
                  await(answer);
                });
        CompletableFuture<DataKey> opening =
            CompletableFuture.supplyAsync(() -> runtime.keys().openingKey(SPEC, wanted));
        await(asked);
        write(group("vault", replica.port()), "");
        assertThat(runtime.reload().changed()).containsExactly("kmip_hosts.vault.hosts");
        assertThat(opening).isNotDone();
        answer.countDown();
        assertThat(opening.get(60, TimeUnit.SECONDS).reference()).isEqualTo(wanted);
      }
    } finally {
      answer.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String subject(TdeRuntime runtime) {
    return Objects.requireNonNull(runtime.stores().get("vault")).subject();
  }

  @Test
  void tls_stores_are_taken_over_when_they_can_be_used() throws Exception {
    try (TdeRuntime runtime = open("")) {
      DataKey key = runtime.keys().current(SPEC).get(Patience.WAIT);
      TlsStores first = runtime.stores().get("vault");
      assertThat(runtime.renewStores()).isEmpty();
      use(STORES.client());
      assertThat(runtime.renewStores()).as("another file, the same bytes").isEmpty();
      assertThat(runtime.stores().get("vault")).isSameAs(first);

      Files.writeString(keystore, "half of a st");
      assertThatThrownBy(runtime::renewStores).hasMessageContaining("client.p12");
      Files.delete(keystore);
      assertThatThrownBy(runtime::renewStores).hasMessageContaining("client.p12");
      use(STORES.foreignClient());
      assertThatThrownBy(runtime::renewStores)
          .as("the server does not trust it")
          .hasMessageContaining(key.reference().keyId());
      assertThat(runtime.stores().get("vault")).isSameAs(first);
      runtime.keys().refreshNow().get(60, TimeUnit.SECONDS);
      assertThat(runtime.keys().lastFailure(SPEC)).isNull();

      use(STORES.otherClient());
      assertThat(runtime.renewStores()).containsExactly("vault");
      assertThat(subject(runtime)).isEqualTo("CN=stranger");
      assertThat(runtime.renewStores()).isEmpty();
      use(STORES.client());
      assertThat(runtime.reload().changed())
          .containsExactly("kmip_hosts.vault: what its TLS stores hold");
      assertThat(subject(runtime)).isEqualTo("CN=node");
      assertThat(runtime.keys().current(SPEC).get(Patience.WAIT)).isSameAs(key);
    }
  }
}
