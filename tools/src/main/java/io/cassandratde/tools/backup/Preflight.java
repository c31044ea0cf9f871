package io.cassandratde.tools.backup;

import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.crypto.CryptoProviders;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.tools.backup.KeyCheck.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether keys can be had, where the configuration says that they are; by the group tag in the
 * data, as a node does.
 */
public final class Preflight {

  private static final int LOCAL = GroupTag.of(ProviderKind.LOCAL, KeySpec.LOCAL_GROUP);

  private final TdeConfig config;
  private final List<Path> keyFiles;
  private final ExportedKeys exports;
  private final Hkdf hkdf;
  private final Map<Integer, KmipGroupConfig> groups = new HashMap<>();

  /**
   * @param keyFiles outside of system_key_directory
   * @param exports of replicated keys
   */
  public Preflight(TdeConfig config, Collection<Path> keyFiles, ExportedKeys exports) {
    this.exports = exports;
    this.config = config;
    this.keyFiles = new ArrayList<>(keyFiles);
    this.hkdf = new Hkdf(CryptoProviders.choose(config.cryptoProvider()));
    KeySpec defaultKey = config.policy().defaultKey();
    if (defaultKey != null && defaultKey.keyFile() != null) {
      this.keyFiles.add(config.systemKeyDirectory().resolve(defaultKey.keyFile()).normalize());
    }
    config
        .kmipGroups()
        .forEach((name, group) -> groups.put(GroupTag.of(ProviderKind.KMIP, name), group));
    config.groupAliases().forEach(this::alias);
  }

  private void alias(String former, String now) {
    KmipGroupConfig group = config.kmipGroups().get(now);
    if (group != null) {
      groups.putIfAbsent(GroupTag.of(ProviderKind.KMIP, former), group);
    }
  }

  /** One result for each key. Changes nothing anywhere. */
  public List<KeyCheck> check(Collection<NeededKey> keys) {
    List<KeyCheck> checks = new ArrayList<>();
    Map<KmipGroupConfig, List<NeededKey>> byGroup = new LinkedHashMap<>();
    List<NeededKey> exported = new ArrayList<>();
    LocalKeys local = null;
    for (NeededKey key : NeededKey.merged(keys)) {
      int tag = key.reference().groupTag();
      KmipGroupConfig group = groups.get(tag);
      if (exports.has(key) || (!exports.isEmpty() && isReplicated(key))) {
        exported.add(key);
      } else if (tag == LOCAL) {
        local = local == null ? openLocal() : local;
        checks.add(local.check(key));
      } else if (group != null) {
        byGroup.computeIfAbsent(group, none -> new ArrayList<>()).add(key.named(group.name()));
      } else {
        checks.add(elsewhere(key));
      }
    }
    byGroup.forEach((group, its) -> checks.addAll(KmipKeys.check(group, its, hkdf)));
    checks.addAll(inExports(exported));
    checks.sort(Comparator.comparing(KeyCheck::key, NeededKey.ORDER));
    return checks;
  }

  /** Opens each by the master keys of the configuration, as a node would. */
  private List<KeyCheck> inExports(List<NeededKey> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    try (TdeRuntime runtime = TdeRuntime.open(config)) {
      return keys.stream().map(key -> exports.check(key, runtime::masterKeys)).toList();
    }
  }

  /**
   * Tables name master keys that the configuration does not: then the manifest or an export tells.
   */
  private boolean isReplicated(NeededKey key) {
    return exports.isReplicated(key)
        || config.groups().stream()
            .anyMatch(
                group ->
                    group.provider() == ProviderKind.REPLICATED
                        && group.tag() == key.reference().groupTag());
  }

  private LocalKeys openLocal() {
    return new LocalKeys(config.systemKeyDirectory(), keyFiles, hkdf);
  }

  /** Keys that no command gets at, and those of groups that are not configured. */
  private KeyCheck elsewhere(NeededKey key) {
    for (KeyGroup group : config.groups()) {
      if (group.tag() == key.reference().groupTag()) {
        return switch (group.provider()) {
          case REPLICATED ->
              notAsked(
                  key.named(group.toString()),
                  "replicated keys are in keyspace encryption_control and in the nodes' copies: name what `cassandra-tde"
                      + " keys export` wrote by --keys; they are under master key "
                      + group.name());
          case PKCS11 ->
              notAsked(
                  key.named(group.toString()),
                  "token " + group.name() + " is asked by nodes alone: look for the key there");
          case KMIP, LOCAL -> unknown(key);
        };
      }
    }
    return unknown(key);
  }

  private static KeyCheck notAsked(NeededKey key, String why) {
    return new KeyCheck(key, Outcome.NOT_ASKED, null, why);
  }

  private KeyCheck unknown(NeededKey key) {
    @Nullable String name = key.group();
    return new KeyCheck(
        key,
        Outcome.UNKNOWN_GROUP,
        null,
        config.file()
            + " has no group "
            + (name == null ? "with this tag" : name)
            + ": add it to kmip_hosts, or its former name to group_aliases");
  }
}
