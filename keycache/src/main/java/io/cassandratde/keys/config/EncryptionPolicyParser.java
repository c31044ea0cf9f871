package io.cassandratde.keys.config;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code encrypt}, {@code default_key} and DSE's {@code system_info_encryption}. */
final class EncryptionPolicyParser {

  private static final String ENCRYPT = "encrypt";
  private static final String KEY_FILE = "secret_key_file";
  private static final String MASTER = "system_key_file";
  private static final String TOKEN = "pkcs11";
  private static final String REQUIRE = "require_encrypted";
  private static final String DEFAULT_KEY = "default_key";
  private static final String SYSTEM_INFO = "system_info_encryption";
  private static final Map<String, Boolean> SCOPES = Map.of("tables", false, "all", true);

  private final YamlSection top;

  /** Of Cassandra and of ours: what a node needs before it has tables of its own to ask. */
  private static final Set<String> SYSTEM_KEYSPACES =
      Set.of(
          "system",
          "system_schema",
          "system_auth",
          "system_distributed",
          "system_traces",
          EncryptionPolicy.CONTROL_KEYSPACE);

  private final Set<String> groups;
  private final Set<String> tokens;
  private final @Nullable ReplicatedKeysConfig replicated;

  EncryptionPolicyParser(
      YamlSection top,
      Set<String> groups,
      Set<String> tokens,
      @Nullable ReplicatedKeysConfig replicated) {
    this.top = top;
    this.groups = groups;
    this.tokens = tokens;
    this.replicated = replicated;
  }

  EncryptionPolicy parse() {
    boolean everything = false;
    boolean system = false;
    Set<String> keyspaces = new LinkedHashSet<>();
    if (top.isMapping(ENCRYPT)) {
      YamlSection encrypt = java.util.Objects.requireNonNull(top.section(ENCRYPT));
      keyspaces.addAll(encrypt.list("keyspaces"));
      system = encrypt.flag("system", false);
      encrypt.finish();
    } else {
      everything = top.choice(ENCRYPT, false, SCOPES);
    }
    KeySpec systemKey = systemInfo();
    KeySpec key = defaultKey();
    if (systemKey != null) {
      system = true;
      key = key == null || !top.has(DEFAULT_KEY) ? systemKey : key;
    }
    if (key == null && (everything || system || !keyspaces.isEmpty())) {
      throw top.wrong(
          ENCRYPT,
          groups.isEmpty()
              ? "protects tables that name no key, and no group is configured in kmip_hosts"
              : "protects tables that name no key, and several groups are configured",
          groups.isEmpty()
              ? "write default_key: {secret_key_file: <key file>}, or configure a group"
              : "write default_key: {kmip_host: <one of " + groups + ">}");
    }
    if (key != null && key.provider() == ProviderKind.REPLICATED) {
      refuseSystem(everything, system, keyspaces);
    }
    boolean required = top.flag(REQUIRE, false);
    return new EncryptionPolicy(everything, keyspaces, system, required, key);
  }

  /** Their keys are in a table themselves (docs/RULES.md R26). */
  private void refuseSystem(boolean everything, boolean system, Set<String> keyspaces) {
    Set<String> named = new TreeSet<>(keyspaces);
    named.retainAll(SYSTEM_KEYSPACES);
    if (everything || system || !named.isEmpty()) {
      throw top.wrong(
          top.has(SYSTEM_INFO) && !top.has(ENCRYPT) ? SYSTEM_INFO : ENCRYPT,
          "covers "
              + (named.isEmpty() ? "system keyspaces" : String.join(", ", named))
              + ", and default_key names replicated keys: these are in a table, which must not"
              + " need them to be opened",
          "write encrypt: {keyspaces: [<others>]}, or give default_key a kmip_host, a"
              + " secret_key_file or a pkcs11 token");
    }
  }

  private @Nullable KeySpec defaultKey() {
    YamlSection section = top.section(DEFAULT_KEY);
    Map<String, String> options = new LinkedHashMap<>();
    if (section != null) {
      for (String name :
          new String[] {
            "key_provider",
            "kmip_host",
            "key_namespace",
            "template_name",
            KEY_FILE,
            MASTER,
            TOKEN,
            "cipher_algorithm",
            "secret_key_strength"
          }) {
        String value = section.text(name);
        if (value != null) {
          options.put(name, value);
        }
      }
      section.finish();
    }
    return spec(section, options);
  }

  /** DSE's option for system tables: it maps onto {@code system: true}. */
  private @Nullable KeySpec systemInfo() {
    YamlSection info = top.section(SYSTEM_INFO);
    if (info == null) {
      return null;
    }
    boolean enabled = info.flag("enabled", false);
    Map<String, String> options = new LinkedHashMap<>();
    for (String name :
        new String[] {
          "key_provider", "kmip_host", TOKEN, "cipher_algorithm", "secret_key_strength"
        }) {
      String value = info.text(name);
      if (value != null && enabled) {
        options.put(name, value);
      }
    }
    info.number("chunk_length_kb", 64, 1, 1024);
    info.finish();
    return enabled ? spec(info, options) : null;
  }

  /**
   * With one group there is nothing to choose: KMIP, that group, AES with 256 bits. Whatever else
   * is meant is named.
   */
  private @Nullable KeySpec spec(@Nullable YamlSection section, Map<String, String> options) {
    if (section != null && !isKmip(section, options)) {
      KeySpec spec = parse(section, options);
      requireThere(section, spec);
      return spec;
    }
    if (!options.containsKey("kmip_host")) {
      if (groups.size() != 1) {
        return null;
      }
      options.put("kmip_host", groups.iterator().next());
    }
    options.putIfAbsent("key_provider", "KmipKeyProviderFactory");
    String group = String.valueOf(options.get("kmip_host"));
    YamlSection named = section == null ? top : section;
    if (!groups.contains(group)) {
      throw named.wrong(
          "kmip_host", "is '" + group + "', which kmip_hosts has not", "write one of " + groups);
    }
    return parse(named, options);
  }

  private static boolean isKmip(YamlSection section, Map<String, String> options) {
    boolean nothingNamed =
        Stream.of("key_provider", KEY_FILE, MASTER, TOKEN).noneMatch(options::containsKey);
    try {
      return nothingNamed || EncryptionOptions.provider(options) == ProviderKind.KMIP;
    } catch (KeyConfigException e) {
      throw section.wrong("key_provider", "is refused: " + e.getMessage(), "correct it");
    }
  }

  private void requireThere(YamlSection section, KeySpec spec) {
    if (spec.provider() == ProviderKind.PKCS11 && !tokens.contains(spec.group())) {
      throw section.wrong(
          TOKEN,
          "is '" + spec.group() + "', which pkcs11 has not",
          tokens.isEmpty() ? "add it to pkcs11" : "write one of " + tokens);
    }
    if (spec.provider() == ProviderKind.REPLICATED && replicated == null) {
      throw section.wrong(
          section.has(MASTER) ? MASTER : "key_provider",
          "names replicated keys, and there is no replicated_keys",
          "add replicated_keys: {directory: …}");
    }
  }

  private static KeySpec parse(YamlSection section, Map<String, String> options) {
    options.putIfAbsent("cipher_algorithm", "AES/GCM/NoPadding");
    options.putIfAbsent("secret_key_strength", "256");
    try {
      return EncryptionOptions.parse(options).spec();
    } catch (KeyConfigException e) {
      throw section.wrong(
          "cipher_algorithm", "is refused: " + e.getMessage(), "see CREATE TABLE's options");
    }
  }
}
