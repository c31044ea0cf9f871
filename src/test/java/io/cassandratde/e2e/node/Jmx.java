package io.cassandratde.e2e.node;

import java.util.Map;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The few operations of StorageServiceMBean that set a scene, without a nodetool process each. */
public record Jmx(int port) {

  private static final String STORAGE = "org.apache.cassandra.db:type=StorageService";

  public void flush(String keyspace, String... tables) {
    invoke(
        "forceKeyspaceFlush",
        new Object[] {keyspace, tables},
        String.class.getName(),
        String[].class.getName());
  }

  public void compact(String keyspace, String... tables) {
    invoke(
        "forceKeyspaceCompaction",
        new Object[] {false, keyspace, tables},
        "boolean",
        String.class.getName(),
        String[].class.getName());
  }

  public void snapshot(String tag, String keyspace, String table) {
    invoke(
        "takeSnapshot",
        new Object[] {tag, Map.of(), new String[] {keyspace + "." + table}},
        String.class.getName(),
        Map.class.getName(),
        String[].class.getName());
  }

  public void refresh(String keyspace, String table) {
    invoke(
        "loadNewSSTables",
        new Object[] {keyspace, table},
        String.class.getName(),
        String.class.getName());
  }

  public void drain() {
    invoke("drain", new Object[0]);
  }

  // JMX over RMI is looked up by JNDI; the URL names our own node on loopback.
  @SuppressWarnings("BanJNDI")
  private void invoke(String operation, Object[] arguments, String... signature) {
    try (JMXConnector connector =
        JMXConnectorFactory.connect(
            new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi"))) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      server.invoke(new ObjectName(STORAGE), operation, arguments, signature);
    } catch (Exception e) {
      throw new AssertionError(operation + " failed", e);
    }
  }
}
