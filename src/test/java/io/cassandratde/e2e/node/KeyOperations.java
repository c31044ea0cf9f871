package io.cassandratde.e2e.node;

import io.cassandratde.e2e.process.Await;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;

/** What is done with a node's keys over JMX, as the commands do it. */
public record KeyOperations(CassandraNode node) {

  public static final String BEAN = "io.cassandratde:type=KeyOperations";

  /** The id of an operation that has begun; an empty list of tables is all of the node. */
  public String rewrite(String group, String key, int jobs, String... tables) {
    return (String) run("rewrite", group, key, tables, jobs);
  }

  public String rewrap(String group, String key, String... tables) {
    return (String) run("rewrap", group, key, tables);
  }

  public String release(String group, String key) {
    return (String) run("release", group, key);
  }

  /** False: it had ended. */
  public boolean cancel(String id) {
    return (Boolean) run("cancel", id);
  }

  public CompositeData checkKey(String group, String key) {
    return (CompositeData) run("checkKey", group, key);
  }

  public CompositeData fence(String group, String key) {
    return (CompositeData) run("fence", group, key);
  }

  /** False: there was none. */
  public boolean unfence(String group, String key) {
    return (Boolean) run("unfence", group, key);
  }

  public CompositeData[] fences() {
    return (CompositeData[]) node.jmx().attribute(BEAN, "Fences");
  }

  /** Looks for current keys now. */
  public void refreshKeys() {
    var unused = node.jmx().run("io.cassandratde:type=Keys", "refreshKeys");
  }

  /** As it stands. */
  public CompositeData operation(String id) {
    return Stream.of((CompositeData[]) node.jmx().attribute(BEAN, "Operations"))
        .filter(operation -> id.equals(operation.get("id")))
        .findFirst()
        .orElseThrow();
  }

  /** As it stands when it has ended. */
  public CompositeData ended(String id) {
    Await.until("the end of operation " + id, () -> operation(id).get("ended") != null);
    return operation(id);
  }

  /** It ended without a failure. */
  public CompositeData done(String id) {
    CompositeData ended = ended(id);
    if (!"DONE".equals(ended.get("state"))) {
      throw new AssertionError(ended.toString());
    }
    return ended;
  }

  /** The node's disk, read now. */
  public CompositeData inventory() {
    return (CompositeData) node.jmx().run("io.cassandratde:type=KeyInventory", "refresh");
  }

  private Object run(String operation, Object... arguments) {
    return node.jmx().run(BEAN, operation, arguments);
  }
}
