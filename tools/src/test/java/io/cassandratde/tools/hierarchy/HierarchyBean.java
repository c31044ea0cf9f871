package io.cassandratde.tools.hierarchy;

import io.cassandratde.sstable.cassandra.hierarchy.KeyHierarchyMXBean;
import io.cassandratde.tools.cluster.BeanOf;
import io.cassandratde.tools.jmx.JmxNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The keys of a cluster behind a node's bean, as simple as tests of the commands need them. */
public final class HierarchyBean {

  static final String SINCE = "2026-10-01T00:00:00Z";

  /** What changed something, in its order. */
  public final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  /** By id. */
  final Map<String, Held> keys = Collections.synchronizedMap(new TreeMap<>());

  final List<Master> masters = new CopyOnWriteArrayList<>();

  /** Keys that cannot be wrapped anew, and why. */
  final Map<String, String> unwrappable = new ConcurrentHashMap<>();

  /** Keys whose newest wrap somebody changed. */
  final Set<String> changed = ConcurrentHashMap.newKeySet();

  /** What is wrong with keys, by id. */
  final Map<String, String> unsound = new ConcurrentHashMap<>();

  /** Ids of keys whose copies on the node do not follow the table. */
  final List<String> behind = new CopyOnWriteArrayList<>();

  volatile @Nullable String refusal;
  volatile @Nullable String outage;

  volatile List<String> exported = List.of();

  /** Called with the id of each key that is made. */
  public volatile Consumer<String> onRotate = id -> {};

  static final class Held {
    final String id;
    final int version;
    String state;
    int wrappedBy;
    int wraps = 1;
    String namespace = "";
    String changedAt = SINCE;

    Held(String id, int version, String state, int wrappedBy) {
      this.id = id;
      this.version = version;
      this.state = state;
      this.wrappedBy = wrappedBy;
    }
  }

  static final class Master {
    final int version;
    String state;
    final Map<String, String> reports = new TreeMap<>();
    final List<String> awaited = new CopyOnWriteArrayList<>();

    Master(int version, String state) {
      this.version = version;
      this.state = state;
    }
  }

  public void on(JmxNode node) throws Exception {
    node.bean(
        KeyHierarchyMXBean.NAME,
        new BeanOf(KeyHierarchyMXBean.class)
            .answer("DataKeys", none -> keys.values().stream().map(HierarchyBean::fields).toList())
            .answer("MasterKeys", none -> masters.stream().map(HierarchyBean::fields).toList())
            .answer("exportKeys", none -> exported)
            .answer("exportKeysUnder", name -> export("under " + name[0]))
            .answer("exportKeysSealed", key -> export("sealed to " + key[0]))
            .answer("rotate", this::rotate)
            .answer("rewrap", id -> rewrap((String) id[0]))
            .answer("checkWraps", none -> Map.copyOf(unsound))
            .answer("followTable", none -> List.copyOf(behind).toArray(String[]::new))
            .answer("mark", given -> mark((String) given[0], (String) given[1]))
            .answer("remove", given -> remove((String) given[0], (Long) given[1]))
            .answer("removeFormerWraps", id -> removeWraps((String) id[0]))
            .answer("proposeMaster", name -> propose((String) name[0]))
            .answer("fetchMaster", name -> call("fetch " + name[0]))
            .answer("activateMaster", this::activate)
            .answer("abortMaster", given -> call("abort " + given[0] + " " + given[1]))
            .answer("proposeFormerMaster", name -> proposeFormer((String) name[0])));
  }

  /** A key of version 1 that seals. */
  public void first(String id) {
    key(new Held(id, 1, "ACTIVE", 1));
  }

  public String state(String id) {
    return of(id).state;
  }

  void key(Held key) {
    keys.put(key.id, key);
  }

  /** What a rollback proposes. */
  final Master former = new Master(3, "PROPOSED");

  private static Map<String, Object> fields(Held key) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("master", "prod");
    fields.put("namespace", key.namespace);
    fields.put("bits", 256);
    fields.put("version", key.version);
    fields.put("keyId", key.id);
    fields.put("checkValue", "0000aaaa");
    fields.put("state", key.state);
    fields.put("createdAt", SINCE);
    fields.put("activeFrom", SINCE);
    fields.put("changedAt", key.changedAt);
    fields.put("wrappedBy", "m" + key.wrappedBy);
    fields.put("wrappedByVersion", key.wrappedBy);
    fields.put("wrappedAt", SINCE);
    fields.put("wraps", key.wraps);
    return fields;
  }

  private static Map<String, Object> fields(Master master) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("name", "prod");
    fields.put("version", master.version);
    fields.put("source", "key file /etc/prod");
    fields.put("keyId", "m" + master.version);
    fields.put("checkValue", check(master.version));
    fields.put("state", master.state);
    fields.put("proposedBy", "id-a");
    fields.put("proposedAt", SINCE);
    fields.put("activatedAt", master.state.equals("PROPOSED") ? "" : SINCE);
    fields.put("reports", Map.copyOf(master.reports));
    fields.put("awaited", List.copyOf(master.awaited));
    return fields;
  }

  static String check(int version) {
    return "%08x".formatted(version);
  }

  private Held of(String id) {
    Held key = keys.get(id);
    if (key == null) {
      throw new IllegalStateException("there is no data key " + id);
    }
    return key;
  }

  private Object rotate(Object[] given) {
    call("rotate " + given[0] + " " + given[3]);
    int next = (Integer) given[3] + 1;
    String id = "k" + next;
    keys.values().forEach(key -> key.state = "INACTIVE");
    key(new Held(id, next, "ACTIVE", 1));
    onRotate.accept(id);
    return id;
  }

  private Object rewrap(String id) {
    call("rewrap " + id);
    String why = unwrappable.get(id);
    if (why != null) {
      throw new IllegalStateException(why);
    }
    if (masters.isEmpty()) {
      masters.add(new Master(1, "ACTIVE")); // the first one is agreed on when it is needed
    }
    int active =
        masters.stream().filter(m -> m.state.equals("ACTIVE")).findFirst().orElseThrow().version;
    Held key = of(id);
    boolean anew = key.wrappedBy != active || changed.remove(id);
    key.wrappedBy = active;
    key.wraps += anew ? 1 : 0;
    return anew;
  }

  private Object export(String how) {
    call("export " + how);
    return exported;
  }

  private @Nullable Object mark(String id, String state) {
    call("mark " + id + " " + state);
    of(id).state = state;
    return null;
  }

  private @Nullable Object remove(String id, long retention) {
    call("remove " + id + " " + retention);
    keys.remove(of(id).id);
    return null;
  }

  private Object removeWraps(String id) {
    call("unwrap " + id);
    int former = of(id).wraps - 1;
    of(id).wraps = 1;
    return former;
  }

  private Object propose(String name) {
    call("propose " + name);
    return masters.stream().mapToInt(master -> master.version).max().orElse(0);
  }

  private @Nullable Object activate(Object[] given) {
    call("activate " + given[0] + " " + given[1] + " " + List.of((String[]) given[2]));
    return null;
  }

  private Object proposeFormer(String name) {
    call("propose former " + name);
    masters.add(former);
    return former.version;
  }

  private @Nullable Object call(String what) {
    String away = outage;
    if (away != null) {
      throw new UncheckedIOException(new IOException(away));
    }
    String why = refusal;
    if (why != null) {
      throw new IllegalStateException(why);
    }
    calls.add(what);
    return null;
  }
}
