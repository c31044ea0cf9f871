package io.cassandratde.sstable.cassandra.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.MonitoringFiles;
import io.cassandratde.sstable.cassandra.TestRuntime;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.cassandra.operations.KeyOperations;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.inventory.RawNode;
import io.cassandratde.sstable.inventory.SSTableNeeds;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What operators and exporters read of an inventory. What queries show, with Cassandra's view of
 * its SSTables, is for the tests with a node.
 */
class KeyInventoryTest {

  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());
  private final RawNode node;
  private final KeyInventory inventory;
  private final DataKey old;
  private final DataKey now;

  KeyInventoryTest(@TempDir Path root) {
    KeySpec spec = KeySpec.kmip(TestRuntime.GROUP, "ns", CipherSpec.AES_256);
    old = runtime.cache().sealingKey(spec, Patience.FAIL);
    runtime.rotate();
    now = runtime.cache().sealingKey(spec, Patience.FAIL);
    node = new RawNode(root);
    TdeRuntime here = TdeRuntime.get();
    inventory =
        KeyInventory.open(
            node.inventory(), here, Duration.ofDays(1), List.of(new KeyOperations(here).table()));
  }

  @AfterEach
  void close() {
    inventory.close();
    runtime.close();
  }

  private static ObjectName bean() throws Exception {
    return new ObjectName("io.cassandratde:type=KeyInventory");
  }

  private static CompositeData refresh() throws Exception {
    return (CompositeData) SERVER.invoke(bean(), "refresh", new Object[0], new String[0]);
  }

  private static long gauge(String type, String name) throws Exception {
    String metric = "org.apache.cassandra.metrics:type=" + type + ",name=" + name;
    return (long) SERVER.getAttribute(new ObjectName(metric), "Value");
  }

  private static List<CompositeData> uses(CompositeData report, DataKey key) {
    return List.of((CompositeData[]) report.get("uses")).stream()
        .filter(use -> use.get("keyId").equals(key.reference().keyId()))
        .toList();
  }

  @Test
  void what_needs_a_key_is_told_for_its_removal_and_what_may() throws Exception {
    String id = old.reference().keyId();
    Path table = node.table("cycling");
    Path sealed = RawNode.ebti(table, "1", old, old);
    assertThat(inventory.need(id)).contains("cycling.riders", "live");
    assertThat(inventory.need(now.reference().keyId())).contains("sealed by it");
    assertThat(inventory.need("another")).isNull();
    Path carrier = SSTableNeeds.sibling(sealed, EncryptedDescriptor.CARRIER);
    Files.write(carrier, new byte[] {1});
    refresh();
    assertThat(inventory.need("another")).contains("may need it", carrier.toString());
  }

  @Test
  void the_bean_reads_the_disk_when_it_is_asked_to() throws Exception {
    assertThat(SERVER.getAttribute(bean(), "Inventory")).isNull();
    assertThat(gauge("TdeInventory", "AgeSeconds")).isEqualTo(-1);
    Path table = node.table("cycling");
    Path sealed = RawNode.ebti(table, "1", old, old);
    RawNode.link(table, table.resolve("snapshots/before"));
    RawNode.ebti(table, "2", now, now);
    RawNode.plain(table, "3");

    CompositeData report = refresh();

    assertThat(report.get("complete")).isEqualTo(true);
    assertThat(report.get("sstables")).isEqualTo(3);
    assertThat(report.get("sstablesInClear")).isEqualTo(1L);
    assertThat(uses(report, old))
        .hasSize(2)
        .allSatisfy(
            use -> {
              assertThat(use.get("group")).asString().startsWith("tag:");
              assertThat(use.get("checkValue"))
                  .isEqualTo("%08x".formatted(old.reference().checkValue()));
              assertThat(use.get("keyspace")).isEqualTo("cycling");
              assertThat(use.get("table")).isEqualTo("riders");
              assertThat(use.get("files")).isEqualTo(1L);
              assertThat(use.get("compactingFiles")).isEqualTo(0L);
            })
        .extracting(use -> use.get("place"), use -> use.get("snapshot"))
        .containsExactlyInAnyOrder(tuple("live", ""), tuple("snapshot", "before"));
    CompositeData[] directories =
        (CompositeData[])
            SERVER.invoke(
                bean(),
                "dataDirectories",
                new Object[] {old.reference().keyId()},
                new String[] {String.class.getName()});
    assertThat(directories).hasSize(1);
    assertThat(directories[0].get("SSTables")).isEqualTo(1);
    assertThat(directories[0].get("largestBytes"))
        .as("as much as the table holds of it")
        .isEqualTo(uses(report, old).get(0).get("bytes"));
    assertThat((Long) directories[0].get("usableBytes")).isPositive();
    assertThat(gauge("TdeInventory", "AgeSeconds")).isBetween(0L, 60L);
    assertThat(gauge("TdeInventory", "OpenItems")).isZero();
    assertThat(gauge("TdeInventory", "PlaintextBytes")).isEqualTo("in clearData.db\n".length());
    assertThat(gauge("TdeInventory", "BytesUnderOtherKeys"))
        .isEqualTo(uses(report, old).get(0).get("bytes"));
    assertThat(gauge("TdeInventory", "CopiedBytesUnderOtherKeys")).isPositive();
    assertThat(gauge("TdeInventory", "BytesUnderCurrentKeys")).isPositive();
    assertThat(gauge("TdeChunks", "Sealed")).isPositive();

    Files.write(sealed.resolveSibling("da-1-ebti-Encryption.db"), new byte[9]);
    CompositeData damaged = refresh();
    assertThat(damaged.get("complete")).isEqualTo(false);
    assertThat((CompositeData[]) damaged.get("openItems"))
        .as("the snapshot shares the file")
        .hasSize(2)
        .allSatisfy(item -> assertThat(item.get("kind")).isEqualTo("unreadable"));
    assertThat(gauge("TdeInventory", "OpenItems")).isEqualTo(2);
    assertThat(((CompositeData) SERVER.getAttribute(bean(), "Inventory")).get("readAt"))
        .isEqualTo(damaged.get("readAt"));
  }

  @Test
  void key_servers_are_among_cassandras_metrics_until_it_closes() throws Exception {
    ObjectName failures =
        new ObjectName(
            "org.apache.cassandra.metrics:type=TdeKeyHosts,scope="
                + TestRuntime.GROUP
                + ".kmip1.example.com_5696,name=FailuresInARow");
    assertThat(SERVER.getAttribute(failures, "Value")).isEqualTo(0L);
    for (String type : List.of("TdeInventory", "TdeKeyHosts", "TdeChunks")) {
      for (String name : MonitoringFiles.names(type)) {
        assertThat(CassandraMetricsRegistry.Metrics.getNames())
            .anyMatch(metric -> metric.contains("." + type + "." + name));
      }
    }
    runtime.down = true;
    assertThat(SERVER.getAttribute(failures, "Value")).isEqualTo(1L);
    inventory.close();
    assertThat(SERVER.isRegistered(failures)).isFalse();
    assertThat(SERVER.isRegistered(bean())).isFalse();
    assertThat(CassandraMetricsRegistry.Metrics.getNames())
        .noneMatch(name -> name.contains(".TdeInventory.") || name.contains(".TdeChunks."));
  }
}
