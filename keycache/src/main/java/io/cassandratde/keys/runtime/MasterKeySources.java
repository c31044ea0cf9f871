package io.cassandratde.keys.runtime;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.MasterKeySource;
import io.cassandratde.keys.config.Pkcs11Config;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import io.cassandratde.keys.master.GivenMasterKeys;
import io.cassandratde.keys.master.MasterKeyChain;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.pkcs11.Pkcs11Settings;
import io.cassandratde.keys.pkcs11.Pkcs11Tokens;
import java.security.Provider;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The master keys of the configuration in force, by their names, and the tokens it names. */
final class MasterKeySources {

  private final KeyProvider keys;
  private final KmipKeyProvider servers;
  private final Pkcs11Tokens tokens;
  private final Provider provider;
  private volatile InForce inForce;

  /** Made when they are asked for: a name that the configuration lacks is one of a key file. */
  private record InForce(TdeConfig config, Map<String, MasterKeyChain> chains) {
    InForce(TdeConfig config) {
      this(config, new ConcurrentHashMap<>());
    }
  }

  /**
   * Asks nobody anything.
   *
   * @param keys gives those of KMIP groups and key files
   * @param servers have those that stay there
   */
  MasterKeySources(
      TdeConfig config,
      KeyProvider keys,
      KmipKeyProvider servers,
      Pkcs11Tokens tokens,
      Provider provider) {
    this.keys = keys;
    this.servers = servers;
    this.tokens = tokens;
    this.provider = provider;
    this.inForce = new InForce(config);
  }

  /** The tokens of a configuration. */
  static Pkcs11Tokens tokens(TdeConfig config) {
    return new Pkcs11Tokens(settings(config), name -> pin(config, name));
  }

  private static Map<String, Pkcs11Settings> settings(TdeConfig config) {
    Map<String, Pkcs11Settings> settings = new LinkedHashMap<>();
    config.tokens().forEach((name, token) -> settings.put(name, token.settings()));
    return settings;
  }

  private static char[] pin(TdeConfig config, String name) {
    Pkcs11Config token = config.tokens().get(name);
    if (token == null) {
      throw new KeyConfigException(config.file() + " names no token " + name);
    }
    try {
      return token.pin().get();
    } catch (ConfigException e) {
      throw new KeyConfigException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The master key of this name.
   *
   * @throws KeyConfigException there can be none
   */
  MasterKeyChain named(String master) {
    InForce now = inForce;
    return now.chains().computeIfAbsent(master, name -> chain(now.config(), name, tokens));
  }

  /** From now on those of this configuration; whoever is at work with one goes on with it. */
  void use(TdeConfig next) {
    tokens.use(settings(next), name -> pin(next, name));
    inForce = new InForce(next);
  }

  /**
   * Has tokens and key files that are others in this configuration show that they give their keys,
   * and KMIP servers that are to wrap that they can. KMIP groups show the rest by themselves; of
   * their keys, none is made here.
   *
   * @throws KeyException they do not
   */
  void prove(TdeConfig next) {
    TdeConfig now = inForce.config();
    Pkcs11Tokens its = tokens(next);
    next.tokens()
        .forEach(
            (name, token) -> {
              Pkcs11Config before = now.tokens().get(name);
              if (before == null || !before.settings().equals(token.settings())) {
                var unused = its.masterKeys(name).current();
              }
            });
    ReplicatedKeysConfig replicated = next.replicatedKeys();
    if (replicated != null) {
      replicated
          .masterKeys()
          .forEach(
              (name, key) -> {
                boolean isNew = !key.equals(masterKey(now, name));
                MasterKeyChain chain = chain(next, name, its);
                if (isNew && key.source().provider() == ProviderKind.LOCAL) {
                  var unused = chain.current();
                }
                if (isNew && key.source().wrapsAtServer()) {
                  servers.requireHeld(key.source().name());
                }
              });
    }
  }

  private static ReplicatedKeysConfig.@Nullable MasterKey masterKey(TdeConfig config, String name) {
    ReplicatedKeysConfig replicated = config.replicatedKeys();
    return replicated == null ? null : replicated.masterKey(name);
  }

  private MasterKeyChain chain(TdeConfig config, String name, Pkcs11Tokens tokens) {
    ReplicatedKeysConfig.MasterKey key = masterKey(config, name);
    if (key == null) {
      throw new KeyConfigException(
          config.file()
              + " has no replicated_keys, so there is no master key "
              + name
              + ": add replicated_keys: {directory: …}");
    }
    return new MasterKeyChain(
        name,
        place(config, key.source(), tokens),
        key.former().stream().map(former -> place(config, former, tokens)).toList());
  }

  private MasterKeyChain.Place place(TdeConfig config, MasterKeySource source, Pkcs11Tokens its) {
    return switch (source.provider()) {
      case LOCAL ->
          new MasterKeyChain.Place(
              "key file " + config.systemKeyDirectory().resolve(source.name()).normalize(),
              Set.of(KeyGroup.LOCAL.tag()),
              given(KeySpec.local(source.name(), CipherSpec.AES_256)));
      case KMIP -> {
        Set<Integer> tags = new HashSet<>(Set.of(KeyGroup.kmip(source.name()).tag()));
        config.formerNames(source.name()).forEach(former -> tags.add(KeyGroup.kmip(former).tag()));
        yield new MasterKeyChain.Place(
            source.toString(),
            tags,
            source.wrapsAtServer()
                ? servers.serverMasterKeys(source.name(), source.namespace())
                : given(KeySpec.kmip(source.name(), source.namespace(), CipherSpec.AES_256)));
      }
      case PKCS11 -> {
        Pkcs11Config token = config.tokens().get(source.name());
        yield new MasterKeyChain.Place(
            String.valueOf(token),
            Set.of(KeyGroup.token(source.name()).tag()),
            its.masterKeys(source.name()));
      }
      case REPLICATED -> throw new IllegalArgumentException(source + " has a master key itself");
    };
  }

  /** {@link GivenMasterKeys} checks its spec, which a group that is about to be added fails. */
  private MasterKeys given(KeySpec spec) {
    return new GivenMasterKeys(keys, spec, provider);
  }
}
