package io.cassandratde.keys.config;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The encryption options of one table, in DSE's DDL form with all its aliases.
 *
 * @param legacyCipher the cipher that the DDL names when AES-GCM stands in for it; null when it
 *     named AES-GCM or none
 * @param innerOptions what the inner compressor gets
 * @param warnings for the log, once per table
 */
public record EncryptionOptions(
    KeySpec spec,
    @Nullable String legacyCipher,
    Map<String, String> innerOptions,
    List<String> warnings) {

  private static final String CIPHER = "cipher_algorithm";
  private static final String STRENGTH = "secret_key_strength";
  private static final String PROVIDER = "key_provider";
  private static final String PROVIDER_ALIAS = "secret_key_provider_factory_class";
  private static final String HOST = "kmip_host";
  private static final String NAMESPACE = "key_namespace";
  private static final String NAMESPACE_ALIAS = "key_keyspace";
  private static final String TEMPLATE = "template_name";
  private static final String KEY_FILE = "secret_key_file";
  private static final String KEY_FILE_ALIAS = "system_key_file";
  private static final String TOKEN = "pkcs11";
  private static final String IV_LENGTH = "iv_length";

  /** Name of the master key of tables that name none; it is DSE's. */
  public static final String DEFAULT_MASTER = "system_key";

  private static final Map<String, ProviderKind> PROVIDERS =
      Map.of(
          "KmipKeyProviderFactory", ProviderKind.KMIP,
          "ReplicatedKeyProviderFactory", ProviderKind.REPLICATED,
          "LocalFileSystemKeyProviderFactory", ProviderKind.LOCAL,
          "Pkcs11KeyProviderFactory", ProviderKind.PKCS11);

  private static final Set<String> NAMES =
      Set.of(
          CIPHER,
          STRENGTH,
          PROVIDER,
          PROVIDER_ALIAS,
          HOST,
          NAMESPACE,
          NAMESPACE_ALIAS,
          TEMPLATE,
          KEY_FILE,
          KEY_FILE_ALIAS,
          TOKEN,
          IV_LENGTH);

  /**
   * What stock Cassandra takes out before a compressor sees the options; harmless when a tool
   * passes them in.
   */
  private static final Set<String> CASSANDRAS =
      Set.of(
          "class",
          "chunk_length_in_kb",
          "enabled",
          "crc_check_chance",
          "min_compress_ratio",
          "max_compressed_length");

  /** Options of Cassandra 5.0's inner compressors. */
  private static final Set<String> INNER =
      Set.of("lz4_compressor_type", "lz4_high_compressor_level", "compression_level");

  public EncryptionOptions {
    innerOptions = Map.copyOf(innerOptions);
    warnings = List.copyOf(warnings);
  }

  /** Names of all options and aliases here, for the compressor's list of supported options. */
  public static Set<String> names() {
    return NAMES;
  }

  /** Legacy ciphers upgraded, options of every inner compressor let through. */
  public static EncryptionOptions parse(Map<String, String> ddlOptions) {
    return parse(ddlOptions, INNER, LegacyCiphers.UPGRADE);
  }

  /**
   * Reads the options of a table.
   *
   * @param innerNames the option names that the class's inner compressor knows
   * @throws KeyConfigException naming the option and the remedy
   */
  public static EncryptionOptions parse(
      Map<String, String> ddlOptions, Set<String> innerNames, LegacyCiphers policy) {
    Map<String, String> inner = new TreeMap<>();
    List<String> warnings = new ArrayList<>();
    for (Map.Entry<String, String> option : ddlOptions.entrySet()) {
      if (innerNames.contains(option.getKey())) {
        inner.put(option.getKey(), option.getValue());
      } else if (!NAMES.contains(option.getKey()) && !CASSANDRAS.contains(option.getKey())) {
        throw unknown(option.getKey(), innerNames);
      }
    }
    LegacyCipher cipher =
        LegacyCipher.of(value(ddlOptions, CIPHER), integer(ddlOptions, STRENGTH), policy);
    if (cipher.legacyName() != null) {
      warnings.add(
          "%s is not sealed with: AES-GCM with %d bits stands in for it (legacy_ciphers: upgrade)"
              .formatted(cipher.legacyName(), cipher.spec().bits()));
    }
    if (integer(ddlOptions, IV_LENGTH) != null) {
      warnings.add(
          "iv_length is ignored: AES-GCM's nonce has 12 bytes and is never drawn per chunk");
    }
    return new EncryptionOptions(
        spec(ddlOptions, cipher.spec(), warnings), cipher.legacyName(), inner, warnings);
  }

  private static KeySpec spec(
      Map<String, String> options, CipherSpec cipher, List<String> warnings) {
    String group = value(options, HOST);
    String namespace = either(options, NAMESPACE, NAMESPACE_ALIAS);
    String template = value(options, TEMPLATE);
    String keyFile = value(options, KEY_FILE);
    String systemKeyFile = value(options, KEY_FILE_ALIAS);
    String token = value(options, TOKEN);
    ProviderKind provider = provider(options);
    switch (provider) {
      case KMIP -> {
        if (group == null) {
          throw new KeyConfigException(
              "KmipKeyProviderFactory needs the option 'kmip_host': name a group of kmip_hosts in the configuration file");
        }
        ignored(
            warnings,
            "keys come from KMIP",
            KEY_FILE,
            keyFile,
            KEY_FILE_ALIAS,
            systemKeyFile,
            TOKEN,
            token);
        return new KeySpec(provider, group, namespace, cipher, template, null);
      }
      case REPLICATED -> {
        ignored(
            warnings,
            "keys come from the cluster's own table",
            HOST,
            group,
            TEMPLATE,
            template,
            KEY_FILE,
            keyFile,
            TOKEN,
            token);
        return KeySpec.replicated(master(systemKeyFile), namespace, cipher);
      }
      case PKCS11 -> {
        if (token == null) {
          throw new KeyConfigException(
              "Pkcs11KeyProviderFactory needs the option 'pkcs11': name a token of pkcs11 in the configuration file");
        }
        ignored(
            warnings,
            "keys are wrapped in a token",
            HOST,
            group,
            NAMESPACE,
            namespace,
            TEMPLATE,
            template,
            KEY_FILE,
            keyFile,
            KEY_FILE_ALIAS,
            systemKeyFile);
        return KeySpec.pkcs11(token, cipher);
      }
      case LOCAL ->
          ignored(
              warnings,
              "keys come from a local file",
              HOST,
              group,
              NAMESPACE,
              namespace,
              TEMPLATE,
              template,
              TOKEN,
              token);
    }
    return KeySpec.local(keyFile(keyFile, systemKeyFile), cipher);
  }

  /** Names in tables are of this configuration's keys, and no paths to other files of the node. */
  private static String master(@Nullable String name) {
    if (name == null) {
      return DEFAULT_MASTER;
    }
    if (name.startsWith("/") || List.of(name.split("/", -1)).contains("..")) {
      throw new KeyConfigException(
          "'system_key_file' is "
              + name
              + ", a path out of system_key_directory: write a file's name there, or a name of"
              + " replicated_keys.master_keys in the configuration file");
    }
    return name;
  }

  private static String keyFile(@Nullable String keyFile, @Nullable String alias) {
    if (keyFile != null && alias != null && !alias.equals(keyFile)) {
      throw new KeyConfigException(
          "'secret_key_file' says "
              + keyFile
              + " and 'system_key_file' says "
              + alias
              + ": keep one");
    }
    String either = keyFile == null ? alias : keyFile;
    if (either == null) {
      throw new KeyConfigException(
          "LocalFileSystemKeyProviderFactory needs the option 'secret_key_file': a path, or a name in system_key_directory; make one with createsystemkey");
    }
    return either;
  }

  private static void ignored(
      List<String> warnings, String why, @Nullable String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i + 1] != null) {
        warnings.add(namesAndValues[i] + " is ignored: " + why);
      }
    }
  }

  /** Which provider these options mean; none of them is checked but its name. */
  static ProviderKind provider(Map<String, String> options) {
    String name = either(options, PROVIDER, PROVIDER_ALIAS);
    if (name == null) {
      return unnamed(options);
    }
    String simple = name.substring(name.lastIndexOf('.') + 1);
    ProviderKind provider = PROVIDERS.get(simple);
    if (provider == null
        || !(name.equals(simple) || name.equals("com.datastax.bdp.cassandra.crypto." + simple))) {
      throw new KeyConfigException(
          "unknown key provider "
              + name
              + "; use one of "
              + String.join(", ", new TreeSet<>(PROVIDERS.keySet())));
    }
    return provider;
  }

  /** Whose option stands there; else the vendor's default. */
  private static ProviderKind unnamed(Map<String, String> options) {
    if (value(options, HOST) != null) {
      return ProviderKind.KMIP;
    }
    if (value(options, KEY_FILE) != null) {
      return ProviderKind.LOCAL;
    }
    return value(options, TOKEN) != null ? ProviderKind.PKCS11 : ProviderKind.REPLICATED;
  }

  private static @Nullable String either(Map<String, String> options, String name, String alias) {
    String first = value(options, name);
    String second = value(options, alias);
    if (first != null && second != null && !first.equals(second)) {
      throw new KeyConfigException(
          "'%s' and its alias '%s' differ: keep one".formatted(name, alias));
    }
    return first != null ? first : second;
  }

  private static @Nullable String value(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      return null;
    }
    if (value.isBlank()) {
      throw new KeyConfigException("'" + name + "' is empty: give it a value or leave it out");
    }
    return value.strip();
  }

  private static @Nullable Integer integer(Map<String, String> options, String name) {
    String value = value(options, name);
    if (value == null) {
      return null;
    }
    try {
      return Integer.valueOf(value);
    } catch (NumberFormatException e) {
      throw new KeyConfigException("'" + name + "' is not a number: " + value);
    }
  }

  private static KeyConfigException unknown(String name, Set<String> innerNames) {
    if (name.equals("chunk_length_kb")) {
      return new KeyConfigException(
          "'chunk_length_kb' never reaches Cassandra 5.0's chunk length: write 'chunk_length_in_kb'");
    }
    if (name.equals("sstable_compression")) {
      return new KeyConfigException(
          "'sstable_compression' is no option of Cassandra 5.0: write 'class'");
    }
    Set<String> known = new TreeSet<>(NAMES);
    known.addAll(innerNames);
    return new KeyConfigException(
        "unknown encryption option '" + name + "'; known ones: " + Objects.toString(known));
  }
}
