package io.cassandratde.keys.config;

import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file, checked. Every option stands in conf/dse-style.yaml.example.
 *
 * @param file the file it was read from
 * @param kmipGroups kmip_hosts, in the file's order
 * @param refuseWhenStale {@code on_stale: refuse}
 * @param clientKeyWait how long a client's write waits for a key
 * @param groupAliases former name of a group to its name now (docs/RULES.md R2)
 * @param policy which tables format ebti encrypts
 * @param indexMemory what index files of encrypted SSTables may take outside the heap
 * @param localKeyCache null: none, the default
 * @param tokens pkcs11, in the file's order
 * @param replicatedKeys null: there are none
 * @param audit null: key operations are not recorded, the default
 * @param approvals null: nobody has to approve what is destroyed, the default
 * @param warnings for the log, once
 */
public record TdeConfig(
    Path file,
    Map<String, KmipGroupConfig> kmipGroups,
    Path systemKeyDirectory,
    boolean configEncryptionActive,
    String configEncryptionKeyName,
    @Nullable String cryptoProvider,
    LegacyCiphers legacyCiphers,
    Duration keyCacheMaxStale,
    boolean refuseWhenStale,
    Duration startupKeyWait,
    Duration clientKeyWait,
    Map<String, String> groupAliases,
    EncryptionPolicy policy,
    IndexMemory indexMemory,
    @Nullable LocalCacheConfig localKeyCache,
    Map<String, Pkcs11Config> tokens,
    @Nullable ReplicatedKeysConfig replicatedKeys,
    @Nullable AuditConfig audit,
    @Nullable ApprovalsConfig approvals,
    List<String> warnings) {

  public TdeConfig {
    kmipGroups = Collections.unmodifiableMap(new LinkedHashMap<>(kmipGroups));
    groupAliases = Map.copyOf(groupAliases);
    tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads and checks a file; no network.
   *
   * @throws ConfigException with file, line, key and remedy
   */
  public static TdeConfig load(Path file) {
    return new TdeConfigParser(System::getenv).parse(file);
  }

  /** This one, with what {@code wanted} has of the options that a node takes over while it runs. */
  public TdeConfig reloaded(TdeConfig wanted) {
    return new TdeConfig(
        file,
        wanted.kmipGroups,
        systemKeyDirectory,
        wanted.configEncryptionActive,
        wanted.configEncryptionKeyName,
        cryptoProvider,
        legacyCiphers,
        wanted.keyCacheMaxStale,
        wanted.refuseWhenStale,
        wanted.startupKeyWait,
        wanted.clientKeyWait,
        wanted.groupAliases,
        policy,
        indexMemory,
        localKeyCache,
        wanted.tokens,
        replicatedKeysOf(wanted),
        wanted.audit,
        wanted.approvals,
        wanted.warnings);
  }

  private @Nullable ReplicatedKeysConfig replicatedKeysOf(TdeConfig wanted) {
    ReplicatedKeysConfig now = replicatedKeys;
    ReplicatedKeysConfig next = wanted.replicatedKeys;
    return now == null || next == null ? now : now.reloaded(next);
  }

  /**
   * The groups that this file has by name, those of other times included: {@code group_aliases}.
   * Data under a key file as its master key may be of others, which tables alone name.
   */
  public Set<KeyGroup> groups() {
    Set<KeyGroup> groups = new LinkedHashSet<>(Set.of(KeyGroup.LOCAL));
    kmipGroups.keySet().forEach(name -> groups.add(KeyGroup.kmip(name)));
    groupAliases.keySet().forEach(name -> groups.add(KeyGroup.kmip(name)));
    tokens.keySet().forEach(name -> groups.add(KeyGroup.token(name)));
    ReplicatedKeysConfig replicated = replicatedKeys;
    if (replicated != null) {
      groups.add(KeyGroup.replicated(EncryptionOptions.DEFAULT_MASTER));
      replicated.masterKeys().keySet().forEach(name -> groups.add(KeyGroup.replicated(name)));
    }
    KeySpec byPolicy = policy.defaultKey();
    if (byPolicy != null) {
      groups.add(KeyGroup.of(byPolicy));
    }
    return groups;
  }

  /** A spec that names its group as it was once, with the name that the group has here. */
  public KeySpec withGroupNow(KeySpec spec) {
    String now = kmipGroups.containsKey(spec.group()) ? null : groupAliases.get(spec.group());
    return spec.provider() == ProviderKind.KMIP && now != null ? spec.withGroup(now) : spec;
  }

  /** Names that the group once had: files may still know it by one. */
  public Set<String> formerNames(String group) {
    return groupAliases.entrySet().stream()
        .filter(alias -> alias.getValue().equals(group))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Where encryptconfigvalue's key is: {@code system_key_directory/config_encryption_key_name}. */
  public Path configEncryptionKeyFile() {
    return systemKeyDirectory.resolve(configEncryptionKeyName);
  }
}
