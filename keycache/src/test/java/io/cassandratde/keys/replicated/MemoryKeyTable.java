package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A table of data keys for tests: nodes see it {@link #through} what fails or hangs, and tests do
 * to it what a table may suffer.
 */
public final class MemoryKeyTable implements KeyTable {

  private record Version(KeyLine line, int number) {}

  private final Map<Version, DataKeyRow> rows = new HashMap<>();
  private final Map<UUID, List<KeyWrap>> wraps = new HashMap<>();
  private final Map<String, KeyReference> masters = new HashMap<>();
  private Instant lastWrap = Instant.parse("2026-11-27T00:00:00Z");

  /** As a node sees it: the hook runs before and after each call, and may throw or wait. */
  public KeyTable through(Consumer<String> hook) {
    return (KeyTable)
        Proxy.newProxyInstance(
            KeyTable.class.getClassLoader(),
            new Class<?>[] {KeyTable.class},
            (proxy, method, arguments) -> {
              hook.accept("before " + method.getName());
              try {
                Object result = method.invoke(this, arguments);
                hook.accept("after " + method.getName());
                return result;
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              }
            });
  }

  @Override
  public void requireThere() {}

  @Override
  public synchronized List<DataKeyRow> line(KeyLine line) {
    return all().stream().filter(row -> row.line().equals(line)).toList();
  }

  @Override
  public synchronized List<DataKeyRow> all() {
    return rows.values().stream()
        .sorted(Comparator.comparing(DataKeyRow::version).reversed())
        .toList();
  }

  @Override
  public synchronized List<StoredKey> allWithWraps() {
    return all().stream().map(row -> new StoredKey(row, wraps(row.keyId()))).toList();
  }

  @Override
  public synchronized @Nullable StoredKey byId(UUID keyId) {
    if (wraps(keyId).isEmpty()) {
      return null; // it is found by them
    }
    return rows.values().stream()
        .filter(row -> row.keyId().equals(keyId))
        .findFirst()
        .map(row -> new StoredKey(row, wraps(keyId)))
        .orElse(null);
  }

  @Override
  public synchronized boolean add(DataKeyRow row) {
    return rows.putIfAbsent(new Version(row.line(), row.version()), row) == null;
  }

  @Override
  public synchronized boolean change(DataKeyRow row, DataKeyRow to) {
    return rows.replace(new Version(row.line(), row.version()), row, to);
  }

  @Override
  public synchronized void addWrap(DataKeyRow row, WrappedKey wrapped) {
    lastWrap = lastWrap.plusMillis(1);
    wraps
        .computeIfAbsent(row.keyId(), id -> new ArrayList<>())
        .add(0, new KeyWrap(lastWrap, wrapped));
  }

  @Override
  public synchronized boolean remove(DataKeyRow row, Instant now) {
    boolean removed = change(row, row.in(DataKeyState.REMOVED, now));
    if (removed) {
      wraps.remove(row.keyId());
    }
    return removed;
  }

  @Override
  public synchronized void removeWraps(DataKeyRow row, Instant before) {
    List<KeyWrap> left =
        wraps(row.keyId()).stream().filter(wrap -> !wrap.wrappedAt().isBefore(before)).toList();
    setWraps(row.keyId(), left);
  }

  @Override
  public synchronized KeyReference activeMaster(String name, MasterKeys source) {
    return masters.computeIfAbsent(name, n -> source.current());
  }

  /** The nodes have agreed on another master key. */
  public synchronized void activate(String name, KeyReference master) {
    masters.put(name, master);
  }

  public synchronized List<KeyWrap> wraps(UUID keyId) {
    return List.copyOf(wraps.getOrDefault(keyId, List.of()));
  }

  /** Ids of all keys that have wraps, also those that never got a row. */
  public synchronized int keysWithWraps() {
    return wraps.size();
  }

  /** Past all rules, as somebody who may write to the keyspace. */
  public synchronized void setWraps(UUID keyId, List<KeyWrap> other) {
    if (other.isEmpty()) {
      wraps.remove(keyId);
    } else {
      wraps.put(keyId, new ArrayList<>(other));
    }
  }

  /** Past all rules, as somebody who may write to the keyspace. */
  public synchronized void put(DataKeyRow row) {
    rows.put(new Version(row.line(), row.version()), row);
  }

  public synchronized void lose(DataKeyRow row) {
    rows.remove(new Version(row.line(), row.version()));
    wraps.remove(row.keyId());
  }

  public synchronized void truncate() {
    rows.clear();
    wraps.clear();
  }
}
