package io.cassandratde.tools.shred;

import io.cassandratde.tools.destroy.KeyBeans;
import io.cassandratde.tools.jmx.JmxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.management.StandardMBean;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;
import org.jspecify.annotations.Nullable;

/**
 * A node with keyspace ks, behind real JMX; what is left of it after the drop is a test's to say.
 */
public final class TenantNode implements AutoCloseable {

  static final String KEYSPACE = "ks";

  final JmxNode jmx;
  final KeyBeans beans = new KeyBeans();
  final List<String> segments = new CopyOnWriteArrayList<>();
  final List<Map<String, String>> hints = new CopyOnWriteArrayList<>();
  final List<String> calls = new CopyOnWriteArrayList<>();
  volatile @Nullable String sealsWith;

  /** As auto_snapshot. */
  volatile boolean snapshot;

  volatile int traces;

  TenantNode(String hostId) throws Exception {
    jmx = new JmxNode(hostId);
    jmx.table(KEYSPACE, "t", 1, 1);
    beans.on(jmx);
    jmx.mxbean("io.cassandratde:type=Keys", new Keys(), KeysMXBean.class);
    bean("org.apache.cassandra.db:type=Commitlog", new CommitLog(), CommitLogMBean.class);
    bean("org.apache.cassandra.hints:type=HintsService", new Hints(), HintsServiceMBean.class);
    bean("org.apache.cassandra.db:type=BatchlogManager", new Batches(), BatchlogManagerMBean.class);
    for (String table : List.of("sessions", "events")) {
      for (String name : List.of("LiveSSTableCount", "MemtableColumnsCount")) {
        bean(
            "org.apache.cassandra.metrics:type=Table,keyspace=system_traces,scope=%s,name=%s"
                .formatted(table, name),
            (GaugeMBean) () -> traces,
            GaugeMBean.class);
      }
    }
  }

  private <T> void bean(String name, T bean, Class<T> type) throws Exception {
    jmx.bean(name, new StandardMBean(bean, type));
  }

  /** With auto_snapshot: hard links stay. */
  void drop() {
    calls.add("drop");
    jmx.drop(KEYSPACE);
    beans.uses.clear();
    if (snapshot) {
      jmx.snapshots = snapshots();
    }
  }

  @Override
  public void close() throws Exception {
    jmx.close();
  }

  /** Of Cassandra. */
  public interface CommitLogMBean {
    List<String> getActiveSegmentNames();

    List<String> getArchivingSegmentNames();
  }

  private final class CommitLog implements CommitLogMBean {
    @Override
    public List<String> getActiveSegmentNames() {
      return new ArrayList<>(segments);
    }

    @Override
    public List<String> getArchivingSegmentNames() {
      return List.of();
    }
  }

  /** Of Cassandra. */
  public interface HintsServiceMBean {
    List<Map<String, String>> getPendingHints();

    void deleteAllHints();
  }

  private final class Hints implements HintsServiceMBean {
    @Override
    public List<Map<String, String>> getPendingHints() {
      return hints.stream().map(each -> (Map<String, String>) new HashMap<>(each)).toList();
    }

    @Override
    public void deleteAllHints() {
      calls.add("delete hints");
      hints.clear();
    }
  }

  /** Of Cassandra. */
  public interface BatchlogManagerMBean {
    void forceBatchlogReplay();
  }

  private final class Batches implements BatchlogManagerMBean {
    @Override
    public void forceBatchlogReplay() {
      calls.add("replay batches");
    }
  }

  /** Of Cassandra. */
  public interface GaugeMBean {
    Object getValue();
  }

  /** As {@code io.cassandratde:type=Keys}. */
  public interface KeysMXBean {
    List<Current> getKeys();

    List<Current> refreshKeys();
  }

  /** A key spec and its current key. */
  public static final class Current {
    private final String keyId;

    Current(String keyId) {
      this.keyId = keyId;
    }

    public String getProvider() {
      return "kmip";
    }

    public String getGroup() {
      return "prod";
    }

    public String getCipher() {
      return "AES:256";
    }

    public String getCurrentKeyId() {
      return keyId;
    }
  }

  /** The bean of the current keys. */
  public final class Keys implements KeysMXBean {
    @Override
    public List<Current> getKeys() {
      String key = sealsWith;
      return key == null ? List.of() : List.of(new Current(key));
    }

    @Override
    public List<Current> refreshKeys() {
      calls.add("refresh");
      return getKeys();
    }
  }

  /** As Cassandra tells them. */
  private static Map<String, TabularData> snapshots() {
    try {
      String[] names = {"Snapshot name", "Keyspace name", "Column family name"};
      OpenType<?>[] types = {SimpleType.STRING, SimpleType.STRING, SimpleType.STRING};
      CompositeType row = new CompositeType("row", "a snapshot", names, names, types);
      TabularDataSupport table =
          new TabularDataSupport(new TabularType("table", "snapshots", row, names));
      table.put(new CompositeDataSupport(row, names, new Object[] {"dropped-1-t", KEYSPACE, "t"}));
      return Map.of("dropped-1-t", table);
    } catch (OpenDataException e) {
      throw new IllegalStateException(e);
    }
  }
}
