package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys from the groups of {@code kmip_hosts}. */
public final class KmipKeyProvider implements KeyProvider {

  private final Map<String, KmipGroup> groups;

  private KmipKeyProvider(Map<String, KmipGroup> groups) {
    this.groups = groups;
  }

  /**
   * Reads the stores of all groups; no network.
   *
   * @throws KeyConfigException naming the store that cannot be used
   */
  public static KmipKeyProvider open(Map<String, KmipGroupConfig> configured, Hkdf hkdf) {
    return open(
        configured, hkdf, InstantSource.system(), duration -> Thread.sleep(duration.toMillis()));
  }

  static KmipKeyProvider open(
      Map<String, KmipGroupConfig> configured, Hkdf hkdf, InstantSource clock, Pause pause) {
    Map<String, KmipGroup> groups = new LinkedHashMap<>();
    KmipKeyProvider provider = new KmipKeyProvider(groups);
    for (KmipGroupConfig config : configured.values()) {
      try {
        KmipClient client = new KmipClient(config.settings());
        groups.put(config.name(), new KmipGroup(client, hkdf, config.keyCache(), clock, pause));
      } catch (KmipException e) {
        provider.close();
        throw new KeyConfigException("KMIP group " + config.name() + " cannot be used", e);
      }
    }
    return provider;
  }

  @Override
  public void check(KeySpec spec) {
    group(spec);
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    return group(spec).current(spec, last);
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    return group(hint).byId(reference);
  }

  /** The names of the groups, in the order of the configuration. */
  public Set<String> groups() {
    return Collections.unmodifiableSet(groups.keySet());
  }

  /**
   * What the group's servers say now about these keys: one verdict for each.
   *
   * @throws KeyException when no host lets itself be asked
   */
  public Map<String, KeyVerdict> verdicts(String group, Collection<String> ids) {
    KmipGroup asked = groups.get(group);
    if (asked == null) {
      throw new KeyConfigException("group " + group + " is not in kmip_hosts: add it");
    }
    return asked.verdicts(ids);
  }

  @Override
  public List<HostStatus> hosts() {
    return groups.values().stream().flatMap(group -> group.hosts().stream()).toList();
  }

  private KmipGroup group(KeySpec spec) {
    KmipGroup group = spec.provider() == ProviderKind.KMIP ? groups.get(spec.group()) : null;
    if (group == null) {
      throw new KeyConfigException(
          "KMIP group '"
              + spec.group()
              + "' is not in the configuration (it has "
              + groups.keySet()
              + "): add it to kmip_hosts, or correct 'kmip_host' in the table options");
    }
    return group;
  }

  @Override
  public void close() {
    groups.values().forEach(KmipGroup::close);
  }
}
