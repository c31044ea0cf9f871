package io.cassandratde.keys.config;

import io.cassandratde.kmip.Credential;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.TlsSettings;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One group of kmip_hosts, in DSE's form and with our options. */
final class KmipGroupParser {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration DEFAULT_KEY_CACHE = Duration.ofMinutes(5);
  private static final List<String> MODERN_TLS = List.of("TLSv1.3", "TLSv1.2");
  private static final Duration LEAST_DEADLINE = Duration.ofSeconds(10);
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private final String name;
  private final YamlSection group;
  private final Secrets secrets;
  private final String systemKeyName;
  private final Consumer<String> warnings;

  KmipGroupParser(
      String name,
      YamlSection group,
      Secrets secrets,
      String systemKeyName,
      Consumer<String> warnings) {
    this.name = name;
    this.group = group;
    this.secrets = secrets;
    this.systemKeyName = group.text("password_encryption_key_name", systemKeyName);
    this.warnings = warnings;
  }

  KmipGroupConfig parse() {
    Duration keyCache = group.millis("key_cache_millis", DEFAULT_KEY_CACHE, 100, 24 * HOUR);
    Duration timeout = group.millis("timeout", DEFAULT_TIMEOUT, 10, HOUR);
    Duration connect = group.parsed("connect_timeout", timeout, Durations::parse);
    List<KmipHost> hosts = hosts();
    // Every host may be tried twice: with a pooled connection that turns out dead, and with a fresh
    // one.
    Duration enough = connect.plus(timeout.multipliedBy(2)).multipliedBy(hosts.size());
    Duration deadline =
        group.parsed(
            "deadline",
            enough.compareTo(LEAST_DEADLINE) > 0 ? enough : LEAST_DEADLINE,
            Durations::parse);
    int connections =
        (int) group.number("max_connections_per_host", KmipSettings.DEFAULT_MAX_CONNECTIONS, 1, 64);
    Duration idle = group.parsed("idle_limit", KmipSettings.DEFAULT_IDLE_LIMIT, Durations::parse);
    if (group.has("experimental_custom_attributes_mode")) {
      warnings.accept(
          group.file()
              + ": experimental_custom_attributes_mode of group "
              + name
              + " is ignored: what a server can do is found out from the server");
    }
    TlsSettings tls = tls(group);
    Credential credential = credential(group);
    ProtocolVersion highest =
        group.parsed("max_version", ProtocolVersion.V2_1, ProtocolVersion::parse);
    YamlSection admin = group.section("admin");
    TlsSettings adminTls = admin != null && admin.has("keystore_path") ? tls(admin) : tls;
    Credential adminCredential = admin == null ? null : credential(admin);
    if (admin != null) {
      admin.finish();
      if (!admin.has("keystore_path") && adminCredential == null) {
        throw group.wrong(
            "admin",
            "names no identity",
            "give it keystore_path and keystore_password, or username and password");
      }
    }
    List<KmipRotationRule> rotation = KmipRotationRule.parse(group, keyCache);
    group.finish();
    try {
      BiFunction<TlsSettings, @Nullable Credential, KmipSettings> settings =
          (store, user) ->
              new KmipSettings(
                  name,
                  hosts,
                  store,
                  user,
                  connect,
                  timeout,
                  deadline,
                  connections,
                  idle,
                  highest.equals(ProtocolVersion.V2_1) ? null : highest);
      return new KmipGroupConfig(
          name,
          settings.apply(tls, credential),
          keyCache,
          admin == null ? null : settings.apply(adminTls, adminCredential),
          rotation);
    } catch (IllegalArgumentException e) {
      throw group.wrong("", String.valueOf(e.getMessage()), "correct it");
    }
  }

  private List<KmipHost> hosts() {
    List<KmipHost> hosts = new ArrayList<>();
    for (String text : group.list("hosts")) {
      try {
        hosts.add(KmipHost.parse(text));
      } catch (IllegalArgumentException e) {
        throw group.wrong("hosts", String.valueOf(e.getMessage()), "correct it");
      }
    }
    if (hosts.isEmpty()) {
      throw group.wrong(
          "hosts", "is missing", "write `hosts: kmip1.example.com:5696, kmip2.example.com`");
    }
    if (Set.copyOf(hosts).size() < hosts.size()) {
      throw group.wrong("hosts", "names a host twice", "keep one");
    }
    return hosts;
  }

  /**
   * The servers are known by the group's truststore.
   *
   * @param identity where the keystore is named
   */
  private TlsSettings tls(YamlSection identity) {
    char[] keystorePassword = password(identity, "keystore_password");
    char[] truststorePassword = password(group, "truststore_password");
    try {
      TlsSettings tls =
          new TlsSettings(
              keystore(identity),
              storeType(identity, "keystore_type"),
              keystorePassword,
              store(group, "truststore_path"),
              storeType(group, "truststore_type"),
              truststorePassword,
              protocols(),
              group.list("cipher_suites"),
              verifyHostname());
      return tls.withPasswordSources(
          Secrets.source(identity, "keystore_password"),
          Secrets.source(group, "truststore_password"));
    } finally {
      Arrays.fill(keystorePassword, '\0');
      Arrays.fill(truststorePassword, '\0');
    }
  }

  private boolean verifyHostname() {
    boolean verify = group.flag("verify_hostname", true);
    if (!verify) {
      warnings.accept(
          group.file()
              + ": verify_hostname is false for group "
              + name
              + ": any server with a certificate of the same authority can pose as the key server");
    }
    return verify;
  }

  private @Nullable Credential credential(YamlSection identity) {
    String user = identity.text("username");
    char[] password = secrets.read(identity, "password", systemKeyName);
    if (user == null && password == null) {
      return null;
    }
    if (user == null || password == null) {
      throw identity.wrong(
          user == null ? "password" : "username",
          "stands alone",
          "give both username and password, or neither");
    }
    try {
      return new Credential(user, password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private char[] password(YamlSection section, String key) {
    char[] secret = secrets.read(section, key, systemKeyName);
    if (secret == null) {
      throw section.wrong(
          key, "is missing", "give the store's password: plain, {file: …}, {env: …} or ENC(…)");
    }
    return secret;
  }

  /**
   * Told and not refused: many installations let a group read it, and its password is a second
   * lock.
   */
  private Path keystore(YamlSection identity) {
    Path file = store(identity, "keystore_path");
    FileReaders readers = FileReaders.of(file);
    if (readers.others() || readers.group()) {
      warnings.accept(
          identity.warning(
              "keystore_path",
              "names %s, which holds this node's private key and which %s may read (%s)"
                  .formatted(file, readers.others() ? "others" : "its group", readers),
              "make the user that runs Cassandra its owner and chmod 600 it"));
    }
    return file;
  }

  private Path store(YamlSection section, String key) {
    Path file = section.existingFile(key);
    if (file == null) {
      throw section.wrong(key, "is missing", "KMIP means mutual TLS: name the store");
    }
    return file;
  }

  private String storeType(YamlSection section, String key) {
    String type = section.text(key, "jks");
    try {
      KeyStore.getInstance(type);
      return type;
    } catch (KeyStoreException e) {
      throw section.wrong(
          key, "is '" + type + "', which this Java does not have", "write jks or pkcs12");
    }
  }

  private List<String> protocols() {
    List<String> given = group.list("protocol");
    if (given.isEmpty() || given.equals(List.of("TLS"))) {
      return MODERN_TLS;
    }
    for (String protocol : given) {
      if (!MODERN_TLS.contains(protocol)) {
        throw group.wrong(
            "protocol",
            "names " + protocol,
            "write TLS, TLSv1.3 or TLSv1.2: older ones are unsafe");
      }
    }
    return given;
  }
}
