package io.cassandratde.keys.kmip;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.SealCount;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.rotation.Sealed;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.transport.TlsStores;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keys from the groups of {@code kmip_hosts}, which may be replaced while they are asked. */
public final class KmipKeyProvider implements KeyProvider {

  private final Hkdf hkdf;
  private final InstantSource clock;
  private final Pause pause;
  private final KeyChanges changes;

  /** Of keys that stay on their servers; it goes on when a group is replaced. */
  private final SealCount seals = new SealCount();

  private volatile Map<String, ServedGroup> groups = Map.of();
  private volatile KeyPublication publication = KeyPublication.NONE;
  private volatile Function<KeyReference, Sealed> sealed = key -> Sealed.NOTHING;

  private KmipKeyProvider(Hkdf hkdf, InstantSource clock, Pause pause, KeyChanges changes) {
    this.hkdf = hkdf;
    this.clock = clock;
    this.pause = pause;
    this.changes = changes;
  }

  /**
   * Reads the stores of all groups; no network.
   *
   * @throws KeyConfigException naming the store that cannot be used
   */
  public static KmipKeyProvider open(Map<String, KmipGroupConfig> configured, Hkdf hkdf) {
    return open(configured, hkdf, (group, request, key, failure) -> {});
  }

  /** As the other, telling of what is changed on the servers. */
  public static KmipKeyProvider open(
      Map<String, KmipGroupConfig> configured, Hkdf hkdf, KeyChanges changes) {
    return open(
        configured,
        hkdf,
        InstantSource.system(),
        duration -> Thread.sleep(duration.toMillis()),
        changes);
  }

  static KmipKeyProvider open(
      Map<String, KmipGroupConfig> configured, Hkdf hkdf, InstantSource clock, Pause pause) {
    return open(configured, hkdf, clock, pause, (group, request, key, failure) -> {});
  }

  private static KmipKeyProvider open(
      Map<String, KmipGroupConfig> configured,
      Hkdf hkdf,
      InstantSource clock,
      Pause pause,
      KeyChanges changes) {
    KmipKeyProvider provider = new KmipKeyProvider(hkdf, clock, pause, changes);
    try (GroupChange change = provider.prepare(configured)) {
      change.complete();
    }
    return provider;
  }

  /**
   * Opens the groups whose configuration or stores differ from what is in use; nothing is in use of
   * that before {@link GroupChange#add}. One change at a time.
   *
   * @throws KeyConfigException naming the store that cannot be used; nothing has changed
   */
  public GroupChange prepare(Map<String, KmipGroupConfig> wanted) {
    Map<String, ServedGroup> before = groups;
    Map<String, ServedGroup> after = new LinkedHashMap<>();
    try {
      wanted.forEach((name, config) -> after.put(name, sameOrNew(config, before.get(name))));
    } catch (KeyConfigException e) {
      after.values().stream()
          .filter(opened -> !before.containsValue(opened))
          .forEach(ServedGroup::retire);
      throw e;
    }
    return new GroupChange(before, after, now -> groups = now);
  }

  private ServedGroup sameOrNew(KmipGroupConfig config, @Nullable ServedGroup there) {
    ServedGroup opened = open(config);
    if (there != null
        && there.config().equals(config)
        && there.group().stores().sameContent(opened.group().stores())) {
      opened.retire();
      return there;
    }
    return opened;
  }

  private ServedGroup open(KmipGroupConfig config) {
    try {
      KmipClient client = new KmipClient(config.settings());
      client.onChange(
          (request, result, failure) ->
              changes.asked(
                  config.name(),
                  request.name().toLowerCase(Locale.ROOT),
                  result instanceof Create.Result made
                      ? made.uniqueIdentifier()
                      : request.subject(),
                  failure == null ? null : failure.getMessage()));
      return new ServedGroup(
          config,
          new KmipGroup(
              client,
              new FetchedKeys(client, hkdf),
              new KeyFactory(client, false),
              new GroupRotation(config.name(), config::rotationOf, key -> sealed.apply(key)),
              config.keyCache(),
              clock,
              () -> publication,
              pause),
          HeldGroup.of(client, config.keyCache(), clock, pause, seals));
    } catch (KmipException e) {
      throw new KeyConfigException("KMIP group " + config.name() + " cannot be used", e);
    }
  }

  @Override
  public void check(KeySpec spec) {
    requireThere(spec);
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    requireThere(spec);
    return ask(spec.group(), served -> served.group().current(spec, last));
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    requireThere(hint);
    return ask(hint.group(), served -> served.group().byId(reference));
  }

  /** From now on keys are published so, before they are Active. */
  public void publishBy(KeyPublication way) {
    publication = way;
  }

  /** From now on this tells what this node has under a key, for limits of rotation. */
  public void sealedBy(Function<KeyReference, Sealed> way) {
    sealed = way;
  }

  /** How many specs should have a next key and have none, by the rotation of their groups. */
  public int overdue() {
    return groups.values().stream().mapToInt(served -> served.group().overdue().size()).sum();
  }

  /** The names of the groups, in the order of the configuration. */
  public Set<String> groups() {
    return Collections.unmodifiableSet(groups.keySet());
  }

  /** The stores that a group's connections use now, by group. */
  public Map<String, TlsStores> stores() {
    Map<String, TlsStores> stores = new LinkedHashMap<>();
    groups.forEach((name, served) -> stores.put(name, served.group().stores()));
    return stores;
  }

  /**
   * What the group's servers say now about these keys: one verdict for each.
   *
   * @throws KeyException when no host lets itself be asked
   */
  public Map<String, KeyVerdict> verdicts(String group, Collection<String> ids) {
    return ask(group, served -> served.group().verdicts(ids));
  }

  /**
   * Keys of this namespace as master keys that stay on the servers of the group and wrap there.
   * Asks nobody yet; the group may be added later.
   */
  public MasterKeys serverMasterKeys(String group, @Nullable String namespace) {
    return new ServerMasterKeys(this, KeySpec.kmip(group, namespace, CipherSpec.AES_256));
  }

  <R> R held(String group, Function<HeldGroup, R> question) {
    return ask(group, served -> question.apply(served.held()));
  }

  /**
   * Has a server of the group show that its keys can wrap there.
   *
   * @throws KeyConfigException it cannot, with the remedy
   * @throws KeyException no host lets itself be asked
   */
  public void requireHeld(String group) {
    var unused =
        held(
            group,
            held -> {
              held.requireCapable();
              return true;
            });
  }

  @Override
  public List<HostStatus> hosts() {
    return groups.values().stream().flatMap(served -> served.group().hosts().stream()).toList();
  }

  private <R> R ask(String name, Function<ServedGroup, R> question) {
    for (; ; ) {
      ServedGroup served = groups.get(name);
      if (served == null) {
        throw new KeyConfigException("group " + name + " is not in kmip_hosts: add it");
      }
      if (served.begin()) {
        return served.ask(question);
      }
      if (groups.get(name) == served) {
        throw new KeyConfigException("group " + name + " is closed");
      }
    }
  }

  private void requireThere(KeySpec spec) {
    if (spec.provider() != ProviderKind.KMIP || !groups.containsKey(spec.group())) {
      throw new KeyConfigException(
          "KMIP group '"
              + spec.group()
              + "' is not in the configuration (it has "
              + groups.keySet()
              + "): add it to kmip_hosts, or correct 'kmip_host' in the table options");
    }
  }

  @Override
  public void close() {
    groups.values().forEach(ServedGroup::retire);
  }
}
