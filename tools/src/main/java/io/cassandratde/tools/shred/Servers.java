package io.cassandratde.tools.shred;

import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.rekey.KeyServer;
import io.cassandratde.tools.run.Patience;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The key servers of the configuration, each opened when it is first asked for. */
public final class Servers implements AutoCloseable {

  private final TdeConfig config;
  private final AuditLog audit;
  private final Patience patience;
  private final Map<String, KeyAdministration> open = new HashMap<>();

  public Servers(TdeConfig config, AuditLog audit, Patience patience) {
    this.config = config;
    this.audit = audit;
    this.patience = patience;
  }

  boolean has(String group) {
    return config.kmipGroups().containsKey(group);
  }

  KmipGroupConfig group(String name) {
    return Objects.requireNonNull(config.kmipGroups().get(name));
  }

  KeyAdministration administration(String group) throws KmipException {
    KeyAdministration known = open.get(group);
    if (known == null) {
      known = KeyAdministration.open(group(group));
      open.put(group, known);
    }
    return known;
  }

  /** The key by whatever name of its group files know it. */
  SoughtKey sought(TenantKey key) {
    return new SoughtKey(key.group(), config.formerNames(key.group()), key.keyId());
  }

  /** Waits while its hosts are away, and records what it changes. */
  KeyServer of(String group) throws KmipException {
    return new KeyServer(administration(group), group(group), audit, patience, "shred");
  }

  /** How long after a revoke a node may still seal (docs/RULES.md R19). */
  Duration waitAfterRevoke(String group) {
    KmipGroupConfig config = group(group);
    return config.keyCache().plus(config.settings().readTimeout());
  }

  @Override
  public void close() {
    open.values().forEach(KeyAdministration::close);
  }
}
