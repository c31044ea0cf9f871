package io.cassandratde.sstable.cassandra.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.audit.AuditChain;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.kmip.hostile.ClosedPort;
import io.cassandratde.sstable.cassandra.MonitoringFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators and exporters see, read as they read it: from the platform's MBean server. */
class ConfigurationTest {

  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();
  private static final TestStores STORES = TestStores.get();

  private final Path file;
  private final Path keystore;
  private final TdeRuntime runtime;
  private final Configuration configuration;

  ConfigurationTest(@TempDir Path directory) throws IOException {
    file = directory.resolve("tde.yaml");
    keystore = Files.copy(STORES.client(), directory.resolve("client.p12"));
    write("prod.eu", "");
    runtime = TdeRuntime.open(TdeConfig.load(file));
    configuration = Configuration.open(runtime);
    configuration.show();
  }

  @AfterEach
  void close() {
    configuration.close();
    runtime.close();
  }

  private void write(String group, String more) throws IOException {
    String password = new String(STORES.password());
    Files.writeString(
        file,
        """
        kmip_hosts:
          %s:
            hosts: 127.0.0.1:%d
            keystore_path: client.p12
            keystore_type: pkcs12
            keystore_password: %s
            truststore_path: %s
            truststore_type: pkcs12
            truststore_password: %s
        """
                .formatted(group, ClosedPort.reserve(), password, STORES.truststore(), password)
            + more);
  }

  private static ObjectName bean() throws Exception {
    return new ObjectName("io.cassandratde:type=Configuration");
  }

  private static CompositeData reload() throws Exception {
    return (CompositeData) SERVER.invoke(bean(), "reload", new Object[0], new String[0]);
  }

  private static ObjectName gauge(String scope) throws Exception {
    return new ObjectName(
        "org.apache.cassandra.metrics:type=TdeTls,scope=" + scope + ",name=CertificateDaysLeft");
  }

  @Test
  void a_reload_tells_what_changed_and_what_waits() throws Exception {
    write("other", "encrypt: all\nclient_key_wait: 1s\n");
    CompositeData report = reload();
    assertThat((String[]) report.get("changed"))
        .containsExactly(
            "kmip_hosts.other (added)", "kmip_hosts.prod.eu (removed)", "client_key_wait");
    assertThat((String[]) report.get("needRestart")).containsExactly("encrypt", "default_key");
    assertThat(runtime.config().clientKeyWait()).isEqualTo(Duration.ofSeconds(1));
    assertThat(SERVER.isRegistered(gauge("prod_eu.keystore"))).isFalse();
    assertThat(SERVER.isRegistered(gauge("other.keystore"))).isTrue();
  }

  @Test
  void a_reload_that_is_refused_says_why_in_a_class_that_every_client_has() throws Exception {
    write("prod.eu", "nonsense: 1\n");
    assertThatThrownBy(ConfigurationTest::reload)
        .rootCause()
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nonsense")
        .hasMessageContaining("Nothing was changed");
  }

  private String subject() {
    return Objects.requireNonNull(runtime.stores().get("prod.eu")).subject();
  }

  @Test
  void stores_that_cannot_be_used_show_until_they_can() throws Exception {
    byte[] good = Files.readAllBytes(keystore);
    Files.write(keystore, Arrays.copyOf(good, 100));
    configuration.renewStores();
    assertThat((String) SERVER.getAttribute(bean(), "StoresFailure")).contains("client.p12");
    assertThat(subject()).isEqualTo("CN=node");
    Files.write(keystore, good);
    configuration.renewStores();
    assertThat(SERVER.getAttribute(bean(), "StoresFailure")).isNull();
    Files.write(keystore, Files.readAllBytes(STORES.otherClient()));
    configuration.renewStores();
    assertThat(subject()).isEqualTo("CN=stranger");
  }

  @Test
  void certificates_and_their_ends_show() throws Exception {
    CompositeData[] shown = (CompositeData[]) SERVER.getAttribute(bean(), "Certificates");
    assertThat(shown).hasSize(2);
    assertThat(shown[0].get("store")).isEqualTo("keystore");
    assertThat(shown[0].get("subject")).isEqualTo("CN=node");
    assertThat(Instant.parse((String) shown[0].get("notAfter"))).isAfter(Instant.now());
    assertThat(shown[1].get("store")).isEqualTo("truststore");
    for (String store : new String[] {"keystore", "truststore"}) {
      // The stores of the tests are made for thirty days.
      assertThat((long) SERVER.getAttribute(gauge("prod_eu." + store), "Value"))
          .isBetween(27L, 30L);
    }
    assertThat(MonitoringFiles.names(CertificateGauges.TYPE))
        .containsExactly(CertificateGauges.NAME);
    configuration.close();
    assertThat(SERVER.isRegistered(bean())).isFalse();
    assertThat(SERVER.isRegistered(gauge("prod_eu.keystore"))).isFalse();
  }

  /** A bean as those of operations on keys are. */
  public interface SampleMXBean {
    String fence(String group, String keyId, List<String> tables);

    void hold(String name, String group, String keyId);

    int getFences();
  }

  @Test
  void operations_over_jmx_stand_in_the_nodes_audit_log() throws Exception {
    Path log = file.resolveSibling("node.log");
    runtime.startAudit("node test");
    write("prod.eu", "audit: {file: tools.log, node_file: node.log}\n");
    reload();
    SampleMXBean sample =
        new SampleMXBean() {
          @Override
          public void hold(String backup, String group, String keyId) {}

          @Override
          public String fence(String group, String keyId, List<String> tables) {
            if (keyId.equals("current")) {
              throw new IllegalStateException("it is the current key");
            }
            return "an-id";
          }

          @Override
          public int getFences() {
            return 1;
          }
        };
    ObjectName name = new ObjectName("io.cassandratde:type=Sample");
    SERVER.registerMBean(RecordedBean.of(SampleMXBean.class, sample, runtime), name);
    try {
      assertThat(SERVER.getAttribute(name, "Fences")).isEqualTo(1);
      String[] signature = {
        String.class.getName(), String.class.getName(), String[].class.getName()
      };
      Object[] arguments = {"prod.eu", "k1", new String[] {"ks.t"}};
      assertThat(SERVER.invoke(name, "fence", arguments, signature)).isEqualTo("an-id");
      Object[] current = {"prod.eu", "current", new String[0]};
      assertThatThrownBy(() -> SERVER.invoke(name, "fence", current, signature))
          .rootCause()
          .hasMessage("it is the current key");
      String[] texts = {String.class.getName(), String.class.getName(), String.class.getName()};
      SERVER.invoke(name, "hold", new Object[] {"weekly", "prod.eu", "k2"}, texts);
    } finally {
      SERVER.unregisterMBean(name);
    }
    Objects.requireNonNull(runtime.audit()).close();
    assertThat(AuditChain.verify(log, null).whole()).isTrue();
    List<String> lines = Files.readAllLines(log);
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).contains("\"reload\"", "\"audit\"", "\"done\"");
    assertThat(lines.get(1))
        .contains("\"fence\"", "\"group\":\"prod.eu\"", "\"key\":\"k1\"")
        .contains("[ks.t]", "an-id", "CN=node", "node test");
    assertThat(lines.get(2)).contains("\"refused\"", "it is the current key");
    assertThat(lines.get(3))
        .contains("\"hold\"", "[\"weekly\"]", "\"group\":\"prod.eu\"", "\"key\":\"k2\"");
  }
}
