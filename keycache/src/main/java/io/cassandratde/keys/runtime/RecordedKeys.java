package io.cassandratde.keys.runtime;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.audit.NodeAudit;
import io.cassandratde.keys.cache.KeyEvents;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import io.cassandratde.kmip.transport.TlsStores;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What becomes of keys, as the node's audit log has it; told on to whoever else wants to hear. */
final class RecordedKeys implements KeyEvents, RoutingKeyProvider.Fetched {

  private static final int MOST_REFUSED = 1000;

  private final KeyEvents next;
  private final NodeAudit audit;
  private volatile @Nullable KmipKeyProvider groups;

  /** Keys whose refusal is recorded already; a lost key is asked for again and again. */
  private final Set<KeyReference> refused = ConcurrentHashMap.newKeySet();

  RecordedKeys(KeyEvents next, NodeAudit audit) {
    this.next = next;
    this.audit = audit;
  }

  /** Whose stores tell who this node is. */
  void of(KmipKeyProvider provider) {
    groups = provider;
  }

  /** With the certificate by which this node is known to the group now. */
  void record(
      String operation,
      @Nullable String group,
      @Nullable String key,
      Map<String, ? extends @Nullable Object> more,
      @Nullable String error) {
    Map<String, @Nullable Object> target = new LinkedHashMap<>();
    target.put("group", group);
    KmipKeyProvider now = groups;
    TlsStores known = group == null || now == null ? null : now.stores().get(group);
    target.put("certificate", known == null ? null : known.subject());
    target.put("key", key);
    target.putAll(more);
    audit.record(operation, target, error);
  }

  @Override
  public void fetched(KeySpec spec, KeyReference key, @Nullable KeyException failure) {
    if (failure == null) {
      refused.remove(key);
    } else if (!(failure instanceof KeyUnavailableException)
        && refused.size() < MOST_REFUSED
        && refused.add(key)) {
      record(
          "get",
          KeyGroup.of(spec).toString(),
          key.keyId(),
          Map.of(),
          String.valueOf(failure.getMessage()));
    }
  }

  private void record(
      String operation, KeySpec spec, @Nullable KeyReference key, Map<String, ?> more) {
    Map<String, @Nullable Object> target = new LinkedHashMap<>(more);
    target.put("namespace", spec.namespace());
    target.put("cipher", spec.cipher().toString());
    record(operation, KeyGroup.of(spec).toString(), key == null ? null : key.keyId(), target, null);
  }

  @Override
  public void currentKeyChanged(
      KeySpec spec, @Nullable KeyReference before, KeyReference now, String reason) {
    next.currentKeyChanged(spec, before, now, reason);
    Map<String, Object> more = new LinkedHashMap<>();
    if (before != null) {
      more.put("before", before.keyId());
    }
    more.put("reason", reason);
    record("became-current", spec, now, more);
  }

  @Override
  public void sealingStopped(KeySpec spec, KeyReference key, String reason) {
    next.sealingStopped(spec, key, reason);
    record("sealing-stopped", spec, key, Map.of("reason", reason));
  }

  @Override
  public void resumed(KeySpec spec, KeyReference key, Duration age) {
    next.resumed(spec, key, age);
    record("became-current", spec, key, Map.of("reason", "from the local key cache"));
  }

  @Override
  public void refreshFailed(KeySpec spec, int failuresInARow, KeyException failure) {
    next.refreshFailed(spec, failuresInARow, failure);
  }

  @Override
  public void stale(KeySpec spec, Duration age, boolean refusesClientWrites) {
    next.stale(spec, age, refusesClientWrites);
  }

  @Override
  public void recovered(KeySpec spec, int failures) {
    next.recovered(spec, failures);
  }

  @Override
  public void waiting(KeySpec spec, Duration waited, @Nullable KeyException lastFailure) {
    next.waiting(spec, waited, lastFailure);
  }
}
