package io.cassandratde.e2e.node;

import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What tests ask of a node's beans, without a nodetool process each. */
public record Jmx(int port) {

  private static final String STORAGE = "org.apache.cassandra.db:type=StorageService";

  public void flush(String keyspace, String... tables) {
    invoke(
        "forceKeyspaceFlush",
        new Object[] {keyspace, tables},
        String.class.getName(),
        String[].class.getName());
  }

  /** Every table of the node, those of the system too. */
  public void flushAll() {
    for (Object keyspace : (List<?>) attribute(STORAGE, "Keyspaces")) {
      flush(String.valueOf(keyspace));
    }
  }

  public void compact(String keyspace, String... tables) {
    invoke(
        "forceKeyspaceCompaction",
        new Object[] {false, keyspace, tables},
        "boolean",
        String.class.getName(),
        String[].class.getName());
  }

  /** Rewrites every SSTable of a table, whatever its version and key. */
  public void rewrite(String keyspace, String table) {
    invoke(
        "upgradeSSTables",
        new Object[] {keyspace, false, 1, new String[] {table}},
        String.class.getName(),
        "boolean",
        "int",
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

  /** A table's compression on this node alone, as JSON. */
  public String compression(String keyspace, String table) {
    return String.valueOf(attribute(bean(keyspace, table), "CompressionParametersJson"));
  }

  public void setCompression(String keyspace, String table, String json) {
    set(bean(keyspace, table), "CompressionParametersJson", json);
  }

  /** In MiB/s; 0: as fast as it goes. */
  public void setCompactionThroughput(int value) {
    set(STORAGE, "CompactionThroughputMbPerSec", value);
  }

  private void set(String bean, String name, Object value) {
    call(
        name,
        server -> {
          server.setAttribute(new ObjectName(bean), new Attribute(name, value));
          return name;
        });
  }

  private static String bean(String keyspace, String table) {
    return "org.apache.cassandra.db:type=Tables,keyspace=" + keyspace + ",table=" + table;
  }

  /** Any attribute of any bean of the node. */
  public Object attribute(String bean, String name) {
    return call(name, server -> server.getAttribute(new ObjectName(bean), name));
  }

  /**
   * An operation of any bean of the node; its parameters are of exactly these classes, int or long.
   */
  public Object run(String bean, String operation, Object... arguments) {
    String[] signature =
        Stream.of(arguments)
            .map(
                argument ->
                    argument instanceof Integer || argument instanceof Long
                        ? MethodType.methodType(argument.getClass()).unwrap().returnType()
                        : argument.getClass())
            .map(Class::getName)
            .toArray(String[]::new);
    return call(
        operation, server -> server.invoke(new ObjectName(bean), operation, arguments, signature));
  }

  /** The names of the beans that match a pattern. */
  public Set<ObjectName> names(String pattern) {
    return call(pattern, server -> server.queryNames(new ObjectName(pattern), null));
  }

  private void invoke(String operation, Object[] arguments, String... signature) {
    call(
        operation,
        server -> {
          server.invoke(new ObjectName(STORAGE), operation, arguments, signature);
          return operation;
        });
  }

  /** A flush without a key waits for ever, by design; a test must not. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private interface Call<R> {
    R on(MBeanServerConnection server) throws Exception;
  }

  private <R> R call(String what, Call<R> call) {
    FutureTask<R> task = new FutureTask<>(() -> connected(call));
    Thread thread = new Thread(task, "jmx-" + what);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(what + " failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError(what + " has not ended within " + LIMIT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(what + " was interrupted", e);
    }
  }

  // JMX over RMI is looked up by JNDI; the URL names our own node on loopback.
  @SuppressWarnings("BanJNDI")
  private <R> R connected(Call<R> call) throws Exception {
    try (JMXConnector connector =
        JMXConnectorFactory.connect(
            new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi"))) {
      return call.on(connector.getMBeanServerConnection());
    }
  }
}
