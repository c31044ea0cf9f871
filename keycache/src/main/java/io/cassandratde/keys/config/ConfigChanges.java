package io.cassandratde.keys.config;

import io.cassandratde.kmip.Credential;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two configurations, by the names of options and never with their values.
 *
 * @param byReload options that a node takes over while it runs
 * @param byRestart options that it reads at its start alone
 */
public record ConfigChanges(List<String> byReload, List<String> byRestart) {

  private static final Map<String, Function<TdeConfig, @Nullable Object>> RELOADED =
      new LinkedHashMap<>();
  private static final Map<String, Function<TdeConfig, @Nullable Object>> FIXED =
      new LinkedHashMap<>();
  private static final Map<String, Function<KmipGroupConfig, @Nullable Object>> GROUP =
      new LinkedHashMap<>();

  private static final Map<String, Function<Pkcs11Config, @Nullable Object>> TOKEN =
      new LinkedHashMap<>();

  static {
    RELOADED.put("config_encryption_active", TdeConfig::configEncryptionActive);
    RELOADED.put("config_encryption_key_name", TdeConfig::configEncryptionKeyName);
    RELOADED.put("key_cache_max_stale", TdeConfig::keyCacheMaxStale);
    RELOADED.put("on_stale", TdeConfig::refuseWhenStale);
    RELOADED.put("startup_key_wait", TdeConfig::startupKeyWait);
    RELOADED.put("client_key_wait", TdeConfig::clientKeyWait);
    RELOADED.put("group_aliases", TdeConfig::groupAliases);
    RELOADED.put("audit", TdeConfig::audit);
    RELOADED.put("approvals", TdeConfig::approvals);

    RELOADED.put(
        "replicated_keys.master_keys",
        config -> config.replicatedKeys() == null ? null : config.replicatedKeys().masterKeys());

    RELOADED.put(
        "replicated_keys.rotation",
        config -> config.replicatedKeys() == null ? null : config.replicatedKeys().rotation());
    RELOADED.put(
        "replicated_keys.passphrase_export",
        config ->
            config.replicatedKeys() == null ? null : config.replicatedKeys().passphraseExport());

    FIXED.put(
        "replicated_keys.directory",
        config -> config.replicatedKeys() == null ? null : config.replicatedKeys().directory());
    FIXED.put("system_key_directory", TdeConfig::systemKeyDirectory);
    FIXED.put("crypto_provider", TdeConfig::cryptoProvider);
    FIXED.put("legacy_ciphers", TdeConfig::legacyCiphers);
    // system_info_encryption is another form of encrypt and default_key.
    FIXED.put(
        "encrypt",
        config ->
            List.of(
                config.policy().everything(),
                config.policy().system(),
                config.policy().keyspaces()));
    FIXED.put("require_encrypted", config -> config.policy().required());
    FIXED.put(
        "default_key",
        config -> config.policy().usesDefaultKey() ? config.policy().defaultKey() : null);
    FIXED.put("index_cache_size", config -> config.indexMemory().cacheBytes());
    FIXED.put("mapped_index_memory", config -> config.indexMemory().mappedBytes());
    FIXED.put("local_key_cache", config -> String.valueOf(config.localKeyCache()));

    GROUP.put("hosts", group -> group.settings().hosts());
    GROUP.put("keystore_path", group -> group.settings().tls().keystore());
    GROUP.put("keystore_type", group -> group.settings().tls().keystoreType());
    GROUP.put(
        "keystore_password", group -> CharBuffer.wrap(group.settings().tls().keystorePassword()));
    GROUP.put("truststore_path", group -> group.settings().tls().truststore());
    GROUP.put("truststore_type", group -> group.settings().tls().truststoreType());
    GROUP.put(
        "truststore_password",
        group -> CharBuffer.wrap(group.settings().tls().truststorePassword()));
    GROUP.put("protocol", group -> group.settings().tls().protocols());
    GROUP.put("cipher_suites", group -> group.settings().tls().cipherSuites());
    GROUP.put("verify_hostname", group -> group.settings().tls().verifyHostname());
    GROUP.put("username", group -> user(group.settings().credential()));
    GROUP.put("password", group -> group.settings().credential());
    GROUP.put("key_cache_millis", KmipGroupConfig::keyCache);
    GROUP.put("rotation", KmipGroupConfig::rotation);
    GROUP.put("timeout", group -> group.settings().readTimeout());
    GROUP.put("connect_timeout", group -> group.settings().connectTimeout());
    GROUP.put("deadline", group -> group.settings().deadline());
    GROUP.put("max_version", group -> group.settings().pin());
    GROUP.put("max_connections_per_host", group -> group.settings().maxConnectionsPerHost());
    GROUP.put("idle_limit", group -> group.settings().idleLimit());

    TOKEN.put("library", token -> token.settings().library());
    TOKEN.put("slot", token -> token.settings().slot());
    TOKEN.put("slot_list_index", token -> token.settings().slotListIndex());
    TOKEN.put("pin", Pkcs11Config::pinSource);
    TOKEN.put("primary_key", token -> token.settings().primaryKey());
    TOKEN.put("secondary_key", token -> token.settings().secondaryKey());
  }

  public ConfigChanges {
    byReload = List.copyOf(byReload);
    byRestart = List.copyOf(byRestart);
  }

  private static @Nullable String user(@Nullable Credential credential) {
    return credential == null ? null : credential.user();
  }

  /** What {@code wanted} has that is not so in {@code now}. */
  public static ConfigChanges between(TdeConfig now, TdeConfig wanted) {
    List<String> byReload =
        new ArrayList<>(named("kmip_hosts", GROUP, now.kmipGroups(), wanted.kmipGroups()));
    byReload.addAll(named(Pkcs11Config.SECTION, TOKEN, now.tokens(), wanted.tokens()));
    byReload.addAll(differing("", RELOADED, now, now.reloaded(wanted)));
    return new ConfigChanges(byReload, differing("", FIXED, now, wanted));
  }

  private static <T> List<String> named(
      String section,
      Map<String, Function<T, @Nullable Object>> options,
      Map<String, T> now,
      Map<String, T> wanted) {
    List<String> changed = new ArrayList<>();
    Set<String> names = new TreeSet<>(now.keySet());
    names.addAll(wanted.keySet());
    for (String name : names) {
      T before = now.get(name);
      T after = wanted.get(name);
      String option = section + "." + name;
      if (before == null || after == null) {
        changed.add(option + (before == null ? " (added)" : " (removed)"));
      } else {
        changed.addAll(differing(option + ".", options, before, after));
      }
    }
    return changed;
  }

  private static <T> List<String> differing(
      String prefix, Map<String, Function<T, @Nullable Object>> options, T now, T wanted) {
    return options.entrySet().stream()
        .filter(
            option ->
                !Objects.equals(option.getValue().apply(now), option.getValue().apply(wanted)))
        .map(option -> prefix + option.getKey())
        .toList();
  }

  /**
   * Whether an option of the file, such as {@code kmip_hosts.*.hosts}, is taken over by a running
   * node.
   */
  static boolean isReloaded(String option) {
    String top = option.replaceFirst("\\..*", "");
    return top.equals("kmip_hosts")
        || top.equals(Pkcs11Config.SECTION)
        || RELOADED.containsKey(top)
        || RELOADED.keySet().stream().anyMatch(each -> (option + ".").startsWith(each + "."));
  }
}
