package io.cassandratde.keys.runtime;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.EncryptionOptions;
import io.cassandratde.keys.config.TdeConfig;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends each request to the adapter of its kind. For opening, the group tag in the data decides,
 * not the options of the table: those may have been altered since, and a group may have been
 * renamed ({@code group_aliases}, docs/RULES.md R2).
 */
final class RoutingKeyProvider implements KeyProvider {

  private final Map<ProviderKind, KeyProvider> adapters;
  private final Fetched fetched;
  private volatile Map<Integer, KeyGroup> routes;

  /**
   * Of data keys that are under a master key which the configuration does not name, as it is in a
   * key file of that name: tables name it, and so do this node's copies.
   */
  private final Map<Integer, KeyGroup> unnamed = new ConcurrentHashMap<>();

  /** Tags of such keys of which the master key's name never came here. */
  private final Set<Integer> foundByCopies = ConcurrentHashMap.newKeySet();

  /** Hears of each key that was asked for by its id. */
  interface Fetched {
    void fetched(KeySpec spec, KeyReference key, @Nullable KeyException failure);
  }

  /**
   * By these adapters.
   *
   * @param routes by group tag
   */
  RoutingKeyProvider(
      Map<ProviderKind, KeyProvider> adapters, Map<Integer, KeyGroup> routes, Fetched fetched) {
    this.adapters = new EnumMap<>(adapters);
    this.routes = routes;
    this.fetched = fetched;
  }

  /**
   * By the tags of all names of groups: each leads to the group as it is named now.
   *
   * @throws KeyConfigException two names have the same tag
   */
  static Map<Integer, KeyGroup> routes(TdeConfig config) {
    Map<Integer, KeyGroup> routes = new HashMap<>();
    Map<Integer, KeyGroup> names = new HashMap<>();
    for (KeyGroup group : config.groups()) {
      KeyGroup same = names.putIfAbsent(group.tag(), group);
      if (same != null) {
        throw new KeyConfigException(
            "the groups "
                + group
                + " and "
                + same
                + " have the same four-byte tag: rename one of them");
      }
      String now = config.groupAliases().get(group.name());
      routes.put(
          group.tag(),
          group.provider() == ProviderKind.KMIP && now != null ? KeyGroup.kmip(now) : group);
    }
    return routes;
  }

  /** From now on by these. */
  void use(Map<Integer, KeyGroup> other) {
    routes = other;
  }

  /** All that it knows, whoever named them. */
  Set<KeyGroup> groups() {
    Set<KeyGroup> groups = new LinkedHashSet<>(routes.values());
    groups.addAll(unnamed.values());
    return groups;
  }

  /** Whether it would know where a key of this tag comes from. */
  boolean knows(int tag, Map<Integer, KeyGroup> routes) {
    return routes.containsKey(tag) || unnamed.containsKey(tag) || foundByCopies.contains(tag);
  }

  private void remember(KeySpec spec) {
    if (spec.provider() == ProviderKind.REPLICATED) {
      KeyGroup group = KeyGroup.of(spec);
      unnamed.putIfAbsent(group.tag(), group);
    }
  }

  @Override
  public void check(KeySpec spec) {
    adapter(spec.provider()).check(spec);
    remember(spec);
  }

  @Override
  public void checkKeyFile(KeySpec spec) {
    adapter(spec.provider()).checkKeyFile(spec);
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    remember(spec);
    return adapter(spec.provider()).current(spec, last);
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    KeyGroup group = group(hint, reference.groupTag());
    if (group == null) {
      return ofNoKnownGroup(hint, reference);
    }
    KeySpec asked = asked(hint, group);
    try {
      DataKey key = adapter(asked.provider()).byId(asked, reference);
      fetched.fetched(asked, reference, null);
      return key;
    } catch (KeyException e) {
      fetched.fetched(asked, reference, e);
      throw e;
    }
  }

  private @Nullable KeyGroup group(KeySpec hint, int tag) {
    KeyGroup group = routes.get(tag);
    if (group == null) {
      group = unnamed.get(tag);
    }
    if (group == null && hint.groupTag() == tag) {
      // A group that is not configured: its adapter knows the words for that.
      adapter(hint.provider()).check(hint);
      group = KeyGroup.of(hint);
    }
    return group;
  }

  /** This node's copies of replicated keys tell by themselves what their master key is. */
  private DataKey ofNoKnownGroup(KeySpec hint, KeyReference reference) {
    KeyProvider replicated = adapters.get(ProviderKind.REPLICATED);
    String why = "";
    if (replicated != null) {
      KeySpec any = KeySpec.replicated(EncryptionOptions.DEFAULT_MASTER, null, hint.cipher());
      try {
        DataKey key = replicated.byId(any, reference);
        foundByCopies.add(reference.groupTag());
        return key;
      } catch (KeyException e) {
        why = ". If it is a replicated key, its master key is not known either: " + e.getMessage();
      }
    }
    throw new KeyConfigException(
        reference
            + " was sealed under a group that this configuration does not know: add the group to kmip_hosts, or its"
            + " former name to group_aliases"
            + why);
  }

  /** What the hint lacks of where the key is, the group tells. */
  private static KeySpec asked(KeySpec hint, KeyGroup group) {
    if (group.provider() == ProviderKind.LOCAL) {
      String file = hint.keyFile() == null ? "system_key" : hint.keyFile();
      return KeySpec.local(file, hint.cipher());
    }
    return new KeySpec(
        group.provider(), group.name(), hint.namespace(), hint.cipher(), hint.template(), null);
  }

  @Override
  public @Nullable KeptKey kept(KeySpec spec) {
    return adapter(spec.provider()).kept(spec);
  }

  @Override
  public void upkeep() {
    adapters.values().forEach(KeyProvider::upkeep);
  }

  @Override
  public KeptKeys keptKeys() {
    return adapter(ProviderKind.KMIP).keptKeys();
  }

  @Override
  public List<HostStatus> hosts() {
    return adapters.values().stream().flatMap(adapter -> adapter.hosts().stream()).toList();
  }

  private KeyProvider adapter(ProviderKind kind) {
    KeyProvider adapter = adapters.get(kind);
    if (adapter == null) {
      throw new KeyConfigException(
          "the configuration has no replicated_keys, so there can be none: add replicated_keys:"
              + " {directory: …}, or name another key provider");
    }
    return adapter;
  }

  @Override
  public void close() {
    adapters.values().forEach(KeyProvider::close);
  }
}
