package io.cassandratde.keys.runtime;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends each request to the adapter of its kind. For opening, the group tag in the data decides,
 * not the options of the table: those may have been altered since, and a group may have been
 * renamed ({@code group_aliases}, docs/RULES.md R2).
 */
final class RoutingKeyProvider implements KeyProvider {

  record Route(ProviderKind kind, String group) {}

  private final Map<ProviderKind, KeyProvider> adapters;
  private final Fetched fetched;
  private volatile Map<Integer, Route> routes;

  /** Hears of each key that was asked for by its id. */
  interface Fetched {
    void fetched(KeySpec spec, KeyReference key, @Nullable KeyException failure);
  }

  RoutingKeyProvider(
      KeyProvider kmip,
      KeyProvider local,
      Set<String> kmipGroups,
      Map<String, String> aliases,
      Fetched fetched) {
    this.fetched = fetched;
    adapters = new EnumMap<>(Map.of(ProviderKind.KMIP, kmip, ProviderKind.LOCAL, local));
    routes = routes(kmipGroups, aliases);
  }

  /**
   * By the tags of all names of groups.
   *
   * @throws KeyConfigException two names have the same tag
   */
  static Map<Integer, Route> routes(Set<String> kmipGroups, Map<String, String> aliases) {
    Map<Integer, Route> routes = new HashMap<>();
    routes.put(
        GroupTag.of(ProviderKind.LOCAL, KeySpec.LOCAL_GROUP),
        new Route(ProviderKind.LOCAL, KeySpec.LOCAL_GROUP));
    kmipGroups.forEach(group -> add(routes, group, group));
    aliases.forEach((name, group) -> add(routes, name, group));
    return routes;
  }

  private static void add(Map<Integer, Route> routes, String name, String group) {
    Route before =
        routes.putIfAbsent(
            GroupTag.of(ProviderKind.KMIP, name), new Route(ProviderKind.KMIP, group));
    if (before != null) {
      throw new KeyConfigException(
          "the groups "
              + name
              + " and "
              + before.group()
              + " have the same four-byte tag: rename one of them");
    }
  }

  /** From now on by these. */
  void use(Map<Integer, Route> other) {
    routes = other;
  }

  @Override
  public void check(KeySpec spec) {
    adapter(spec.provider()).check(spec);
  }

  @Override
  public void checkKeyFile(KeySpec spec) {
    adapter(spec.provider()).checkKeyFile(spec);
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    return adapter(spec.provider()).current(spec, last);
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    Map<Integer, Route> routes = this.routes;
    if (hint.groupTag() == reference.groupTag() && !routes.containsKey(reference.groupTag())) {
      // A group that is not configured: its adapter knows the words for that.
      adapter(hint.provider()).check(hint);
    }
    Route route = routes.get(reference.groupTag());
    if (route == null) {
      throw new KeyConfigException(
          reference
              + " was sealed under a group that this configuration does not know: add the group to kmip_hosts, or its"
              + " former name to group_aliases");
    }
    KeySpec asked;
    if (route.kind() == ProviderKind.LOCAL) {
      String file = hint.keyFile() == null ? "system_key" : hint.keyFile();
      asked = KeySpec.local(file, hint.cipher());
    } else {
      asked =
          new KeySpec(
              route.kind(), route.group(), hint.namespace(), hint.cipher(), hint.template(), null);
    }
    try {
      DataKey key = adapter(route.kind()).byId(asked, reference);
      fetched.fetched(asked, reference, null);
      return key;
    } catch (KeyException e) {
      fetched.fetched(asked, reference, e);
      throw e;
    }
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
      throw new KeyConfigException("keys of provider " + kind.text() + " are not available");
    }
    return adapter;
  }

  @Override
  public void close() {
    adapters.values().forEach(KeyProvider::close);
  }
}
