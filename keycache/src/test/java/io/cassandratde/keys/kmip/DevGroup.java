package io.cassandratde.keys.kmip;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.devserver.DevServerBehaviour;
import io.cassandratde.kmip.devserver.DevServerSettings;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.kmip.devserver.TestStores;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A KMIP group of real development servers over TLS, whose clock goes when an election pauses or a
 * test says so.
 */
final class DevGroup implements AutoCloseable, InstantSource {

  static final String NAME = "vault";
  static final Duration KEY_CACHE = Duration.ofMinutes(5);

  /** Longer than any answer takes on a busy machine. */
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final List<KmipDevServer> servers = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<KmipHost> hosts = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-23T12:00:00Z");

  /** One server. */
  static DevGroup single() {
    return new DevGroup().add();
  }

  /** One server, with the clock of this machine. */
  static DevGroup inRealTime() {
    DevGroup group = new DevGroup();
    return group.add(group.settings().withClock(InstantSource.system()));
  }

  /** Two servers with the same objects. */
  static DevGroup replicated() {
    DevGroup group = new DevGroup().add();
    return group.add(group.settings().withReplicaOf(group.server(0)));
  }

  /** Two servers that know nothing of each other. */
  static DevGroup strangers() {
    return new DevGroup().add().add();
  }

  DevGroup add() {
    return add(settings());
  }

  private DevServerSettings settings() {
    return TestStores.get()
        .serverSettings()
        .withClock(this)
        .withBehaviour(new DevServerBehaviour());
  }

  private DevGroup add(DevServerSettings settings) {
    try {
      KmipDevServer server = KmipDevServer.start(settings);
      servers.add(server);
      hosts.add(new KmipHost("127.0.0.1", server.port()));
      return this;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  KmipDevServer server(int number) {
    return servers.get(number);
  }

  DevServerBehaviour behaviour() {
    return server(0).behaviour();
  }

  List<KmipHost> hosts() {
    return List.copyOf(hosts);
  }

  KmipGroupConfig config(KmipHost... inOrder) {
    TestStores stores = TestStores.get();
    List<KmipHost> used = inOrder.length == 0 ? hosts : List.of(inOrder);
    KmipSettings settings =
        KmipSettings.of(
                NAME,
                used,
                TlsSettings.pkcs12(
                    stores.client(), stores.password(), stores.truststore(), stores.password()))
            .withTimeouts(TIMEOUT, TIMEOUT, TIMEOUT.multipliedBy(2));
    return new KmipGroupConfig(NAME, settings, KEY_CACHE);
  }

  /** With a certificate of its own for key administration. */
  KmipGroupConfig withAdmin() {
    TestStores stores = TestStores.get();
    KmipGroupConfig config = config();
    KmipSettings admin =
        KmipSettings.of(
                NAME,
                hosts,
                TlsSettings.pkcs12(
                    stores.otherClient(),
                    stores.password(),
                    stores.truststore(),
                    stores.password()))
            .withTimeouts(TIMEOUT, TIMEOUT, TIMEOUT.multipliedBy(2));
    return new KmipGroupConfig(NAME, config.settings(), config.keyCache(), admin);
  }

  /** Keys belong to whoever made them. */
  static DevGroup owned() {
    DevGroup group = new DevGroup();
    return group.add(group.settings().withOwnerCheck(true));
  }

  /** A node's provider. */
  KmipKeyProvider provider(KmipHost... inOrder) {
    KmipKeyProvider provider =
        KmipKeyProvider.open(Map.of(NAME, config(inOrder)), new Hkdf(), this, this::advance);
    opened.add(provider);
    return provider;
  }

  KeyAdministration administration(KmipHost... inOrder) {
    try {
      KeyAdministration administration = KeyAdministration.open(config(inOrder));
      opened.add(administration);
      return administration;
    } catch (KmipException e) {
      throw new AssertionError(e);
    }
  }

  KmipClient client(KmipHost... inOrder) {
    try {
      KmipClient client = new KmipClient(config(inOrder).settings());
      opened.add(client);
      return client;
    } catch (KmipException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  @Override
  public void close() {
    for (AutoCloseable one : opened) {
      try {
        one.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    servers.forEach(KmipDevServer::close);
  }
}
