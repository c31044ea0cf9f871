package io.cassandratde.keys.config;

import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The top level of the file. What is asked for here are the options there are. */
final class TdeConfigParser {

  private static final Map<String, LegacyCiphers> LEGACY =
      Map.of("upgrade", LegacyCiphers.UPGRADE, "reject", LegacyCiphers.REJECT);
  private static final Map<String, Boolean> ON_STALE = Map.of("keep", false, "refuse", true);

  private final UnaryOperator<@Nullable String> environment;

  /** Full names of all options looked for; names of groups and aliases are data, not options. */
  final Set<String> asked = new LinkedHashSet<>();

  TdeConfigParser(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  TdeConfig parse(Path file) {
    Set<String> warnings = new LinkedHashSet<>();
    YamlSection top = YamlSection.read(file, asked);
    Path directory = directory(top);
    boolean encrypted = top.flag("config_encryption_active", false);
    String keyName = top.text("config_encryption_key_name", "system_key");
    Secrets secrets = new Secrets(environment, directory, encrypted, warnings::add);
    Map<String, KmipGroupConfig> groups = new LinkedHashMap<>();
    for (Map.Entry<String, YamlSection> group : top.sections("kmip_hosts").entrySet()) {
      requireOwnName(group.getKey(), group.getValue());
      KmipGroupParser parser =
          new KmipGroupParser(group.getKey(), group.getValue(), secrets, keyName, warnings::add);
      groups.put(group.getKey(), parser.parse());
    }
    Map<String, Pkcs11Config> tokens = Pkcs11Config.parse(top, secrets, keyName);
    ReplicatedKeysConfig replicated =
        new ReplicatedKeysParser(top, groups.keySet(), tokens.keySet()).parse();
    EncryptionPolicy policy =
        new EncryptionPolicyParser(top, groups.keySet(), tokens.keySet(), replicated).parse();
    String cryptoProvider = top.text("crypto_provider");
    LegacyCiphers legacy = top.choice("legacy_ciphers", LegacyCiphers.UPGRADE, LEGACY);
    Duration maxStale = top.parsed("key_cache_max_stale", Duration.ofHours(24), Durations::parse);
    boolean refuse = onStale(top);
    Duration startupWait = top.parsed("startup_key_wait", Duration.ofMinutes(5), Durations::parse);
    Duration clientWait = top.parsed("client_key_wait", Duration.ofSeconds(10), Durations::parse);
    Map<String, String> aliases = aliases(top, groups.keySet());
    IndexMemory indexMemory = IndexMemory.parse(top);
    LocalCacheConfig localKeyCache = LocalCacheConfig.parse(top, directory);
    AuditConfig audit = AuditConfig.parse(top);
    ApprovalsConfig approvals = ApprovalsConfig.parse(top);
    finish(top, warnings);
    return new TdeConfig(
        file,
        groups,
        directory,
        encrypted,
        keyName,
        cryptoProvider,
        legacy,
        maxStale,
        refuse,
        startupWait,
        clientWait,
        aliases,
        policy,
        indexMemory,
        localKeyCache,
        tokens,
        replicated,
        audit,
        approvals,
        List.copyOf(warnings));
  }

  /** Commands name groups of all providers. */
  private static void requireOwnName(String name, YamlSection group) {
    if (KeyGroup.parse(name, false).provider() != ProviderKind.KMIP) {
      if (!name.equals(KeySpec.LOCAL_GROUP)) {
        throw group.wrong("", "has a name that is not for KMIP groups", "name it otherwise");
      }
    }
  }

  /** Default: where the configuration file is. */
  private static Path directory(YamlSection top) {
    String name = top.text("system_key_directory");
    return top.resolve(name == null ? "." : name);
  }

  private static Map<String, String> aliases(YamlSection top, Set<String> groups) {
    Map<String, String> aliases = top.pairs("group_aliases");
    YamlSection section = top.section("group_aliases");
    aliases.forEach(
        (former, now) -> {
          if (section != null && !groups.contains(now)) {
            throw section.wrong(
                former,
                "names the group " + now + ", which kmip_hosts has not",
                "write one of " + groups);
          }
          if (section != null && groups.contains(former)) {
            throw section.wrong(
                former,
                "is the name of a group in kmip_hosts",
                "an alias is a former name: take one out");
          }
        });
    return aliases;
  }

  /**
   * Nothing on the write path asks yet, and a policy that does nothing would be worse than none.
   */
  private static boolean onStale(YamlSection top) {
    boolean refuse = top.choice("on_stale", false, ON_STALE);
    if (refuse) {
      throw top.wrong(
          "on_stale",
          "cannot be refuse: it is not available in this version",
          "write keep, and watch the alarm");
    }
    return false;
  }

  private static void finish(YamlSection top, Set<String> warnings) {
    boolean dse = String.valueOf(top.file().getFileName()).equals(ForeignSections.DSE_FILE);
    Set<String> foreign = new TreeSet<>();
    top.keys().stream().filter(ForeignSections::isForeign).forEach(foreign::add);
    if (dse && !foreign.isEmpty()) {
      warnings.add(
          top.file()
              + ": DSE sections that have nothing to do with keys are passed over: "
              + String.join(", ", foreign));
      top.finish(foreign);
    } else {
      top.finish();
    }
  }
}
