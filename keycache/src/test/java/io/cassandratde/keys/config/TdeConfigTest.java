package io.cassandratde.keys.config;

import static io.cassandratde.keys.config.ConfigFiles.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.kmip.Credential;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TdeConfigTest {

  private final ConfigFiles files;

  TdeConfigTest(@TempDir Path directory) {
    files = new ConfigFiles(directory);
  }

  private KmipSettings settings(TdeConfig config) {
    return ConfigFiles.vault(config).settings();
  }

  @Test
  void a_minimal_file_has_the_documented_defaults() {
    TdeConfig config = files.parse(GROUP);
    KmipSettings settings = settings(config);
    assertThat(settings.hosts())
        .containsExactly(new KmipHost("kmip1", 5697), new KmipHost("kmip2", 5696));
    assertThat(settings.readTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.deadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.tls().keystore()).isEqualTo(files.directory.resolve("keystore.jks"));
    assertThat(settings.tls().keystoreType()).isEqualTo("jks");
    assertThat(settings.tls().keystorePassword()).isEqualTo("secret1".toCharArray());
    assertThat(settings.tls().truststorePassword()).isEqualTo("secret2".toCharArray());
    assertThat(settings.tls().protocols()).containsExactly("TLSv1.3", "TLSv1.2");
    assertThat(settings.tls().verifyHostname()).isTrue();
    assertThat(settings.credential()).isNull();
    assertThat(settings.pin()).isNull();
    assertThat(ConfigFiles.vault(config).keyCache()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.legacyCiphers()).isEqualTo(LegacyCiphers.UPGRADE);
    assertThat(config.keyCacheMaxStale()).isEqualTo(Duration.ofHours(24));
    assertThat(config.refuseWhenStale()).isFalse();
    assertThat(config.startupKeyWait()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.clientKeyWait()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.indexMemory().cacheBytes()).isBetween(8L << 20, 512L << 20);
    assertThat(config.indexMemory().mappedBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 2);
    assertThat(config.cryptoProvider()).isNull();
    assertThat(config.configEncryptionKeyFile()).isEqualTo(files.directory.resolve("system_key"));
    assertThat(config.warnings()).isEmpty();
    assertThat(config.toString()).doesNotContain("secret1").doesNotContain("secret2");
  }

  @Test
  void every_option_of_a_group_arrives() {
    TdeConfig config =
        files.parse(
            GROUP
                + """
                    key_cache_millis: 2000
                    timeout: 250
                    connect_timeout: 3s
                    deadline: 1m
                    protocol: TLSv1.3
                    cipher_suites: [TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256]
                    verify_hostname: false
                    username: cassandra
                    password: secret3
                    max_version: 1.4
                    max_connections_per_host: 2
                    idle_limit: 90s
                    keystore_type: pkcs12
                    truststore_type: PKCS12
                on_stale: keep
                key_cache_max_stale: 2h
                startup_key_wait: 500ms
                client_key_wait: 7s
                index_cache_size: 48MiB
                mapped_index_memory: 0B
                legacy_ciphers: reject
                crypto_provider: SunJCE
                group_aliases: {former: vault}
                """);
    KmipSettings settings = settings(config);
    assertThat(ConfigFiles.vault(config).keyCache()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.readTimeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.deadline()).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.tls().protocols()).containsExactly("TLSv1.3");
    assertThat(settings.tls().cipherSuites())
        .containsExactly("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256");
    assertThat(settings.tls().verifyHostname()).isFalse();
    assertThat(settings.tls().keystoreType()).isEqualTo("pkcs12");
    assertThat(settings.credential()).isNotNull();
    assertThat(settings.pin()).isEqualTo(ProtocolVersion.V1_4);
    assertThat(settings.maxConnectionsPerHost()).isEqualTo(2);
    assertThat(settings.idleLimit()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.keyCacheMaxStale()).isEqualTo(Duration.ofHours(2));
    assertThat(config.startupKeyWait()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.clientKeyWait()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.indexMemory()).isEqualTo(new IndexMemory(48L << 20, 0));
    assertThat(config.legacyCiphers()).isEqualTo(LegacyCiphers.REJECT);
    assertThat(config.cryptoProvider()).isEqualTo("SunJCE");
    assertThat(config.groupAliases()).containsExactly(Map.entry("former", "vault"));
    assertThat(config.warnings()).singleElement().asString().contains("verify_hostname");
  }

  /**
   * The file is GROUP (seven lines) and then this: a problem in the group is at line 8, at top
   * level too.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'    timeot: 1000'               | 8 | kmip_hosts.vault.timeot | known here",
        "'    timeout: soon'              | 8 | kmip_hosts.vault.timeout | whole number",
        "'    timeout: \"1000\"'          | 8 | kmip_hosts.vault.timeout | whole number",
        "'    timeout: 5s'                | 8 | kmip_hosts.vault.timeout | milliseconds",
        "'    timeout: 5s'                | 8 | kmip_hosts.vault.timeout | `timeout: 5000`",
        "'    key_cache_millis: 1m'       | 8 | kmip_hosts.vault.key_cache_millis |"
            + " `key_cache_millis: 60000`",
        "'    timeout: 0'                 | 8 | kmip_hosts.vault.timeout | from 10",
        "'    timeout: [1]'               | 8 | kmip_hosts.vault.timeout | plain value",
        "'    key_cache_millis: 5'        | 8 | kmip_hosts.vault.key_cache_millis | from 100",
        "'    verify_hostname: maybe'     | 8 | kmip_hosts.vault.verify_hostname | true or false",
        "'    protocol: TLSv1.1'          | 8 | kmip_hosts.vault.protocol | TLSv1.2",
        "'    max_version: 3.0'           | 8 | kmip_hosts.vault.max_version | 2.1",
        "'    deadline: 10'               | 8 | kmip_hosts.vault.deadline | 500ms",
        "'    keystore_type: paper'       | 8 | kmip_hosts.vault.keystore_type | pkcs12",
        "'    username: me'               | 8 | kmip_hosts.vault.username | password",
        "'    password: {file: nowhere}'  | 8 | kmip_hosts.vault.password.file | not there",
        "'    password: {env: NOT_SET_}'  | 8 | kmip_hosts.vault.password | NOT_SET_",
        "'    password: {}'               | 8 | kmip_hosts.vault.password | {env: NAME}",
        "'    password: {vault: x}'       | 8 | kmip_hosts.vault.password.vault | known here",
        "'    password: ENC(v1:AAAA)'     | 8 | kmip_hosts.vault.password | encryptconfigvalue",
        "'    keystore_path: other.jks'   | 8 | kmip_hosts.vault.keystore_path | line 4",
        "'unknown: 1'                     | 8 | unknown | known here",
        "'authentication_options: {}'     | 8 | authentication_options | known here",
        "'on_stale: refuse'               | 8 | on_stale | not available",
        "'on_stale: panic'                | 8 | on_stale | [keep, refuse]",
        "'legacy_ciphers: yes'            | 8 | legacy_ciphers | [reject, upgrade]",
        "'startup_key_wait: 5 minutes'    | 8 | startup_key_wait | 24h",
        "'index_cache_size: 64'           | 8 | index_cache_size | 64MiB",
        "'index_cache_size: 65GiB'        | 8 | index_cache_size | more than 64GiB",
        "'mapped_index_memory: 1025GiB'   | 8 | mapped_index_memory | more than 1024GiB",
        "'config_encryption_active: 1'    | 8 | config_encryption_active | true or false",
        "'system_info_encryption: {enabled: true, kmip_host: no}' | 8 |"
            + " system_info_encryption.kmip_host | [vault]",
        "'require_encrypted: 1'           | 8 | require_encrypted | true or false",
        "'encrypt: some'                  | 8 | encrypt | [all, tables]",
        "'encrypt: {keyspace: [a]}'       | 8 | encrypt.keyspace | known here",
        "'default_key: {kmip_host: no}'   | 8 | default_key.kmip_host | [vault]",
        "'default_key: {secret_key_strength: 99}' | 8 | default_key.cipher_algorithm | CREATE"
            + " TABLE",
        "'system_info_encryption: {on: 1}' | 8 | system_info_encryption.on | known here",
        "'group_aliases: {old: nowhere}'  | 8 | group_aliases.old | [vault]",
        "'group_aliases: {vault: vault}'  | 8 | group_aliases.vault | former",
        "'kmip_hosts: {}'                 | 8 | kmip_hosts | line 2",
        "'config_encryption_active: true' | 5 | kmip_hosts.vault.keystore_password |"
            + " encryptconfigvalue",
      })
  void what_is_wrong_is_refused_with_file_line_key_and_remedy(
      String more, int line, String key, String remedy) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> files.parse(GROUP + more + "\n"))
        .satisfies(
            e -> {
              assertThat(e.key()).isEqualTo(key);
              assertThat(e.line()).isEqualTo(line);
              assertThat(e.file()).endsWith("tde.yaml");
              assertThat(e.remedy()).isNotBlank();
              assertThat(e)
                  .message()
                  .contains("tde.yaml:" + line)
                  .contains(remedy)
                  .doesNotContain("secret1");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "hosts, hosts: ':', 3",
    "hosts, 'hosts: a,,b', 3",
    "hosts, 'hosts: a, a:5696', 3",
    "hosts, , 3",
    "keystore_path, , 3",
    "keystore_path, keystore_path: gone.jks, 4",
    "truststore_password, , 3",
  })
  void missing_and_malformed_parts_of_a_group_are_named(String key, String replacement, int line) {
    StringBuilder yaml = new StringBuilder();
    GROUP
        .lines()
        .map(
            l ->
                l.strip().startsWith(key + ":")
                    ? (replacement == null ? "" : "    " + replacement)
                    : l)
        .filter(l -> !l.isEmpty())
        .forEach(l -> yaml.append(l).append('\n'));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> files.parse(yaml.toString()))
        .satisfies(
            e -> {
              assertThat(e.key()).isEqualTo("kmip_hosts.vault." + key);
              assertThat(e.line()).isEqualTo(line);
            });
  }

  @Test
  void the_source_of_each_store_password_is_known_for_messages() {
    Path secret = files.write("keystore.password", "from the file\n");
    String yaml =
        GROUP
            .replace("keystore_password: secret1", "keystore_password: {file: keystore.password}")
            .replace("truststore_password: secret2", "truststore_password: {env: STORE_PASSWORD}");
    TlsSettings tls =
        ConfigFiles.vault(files.parse("tde.yaml", yaml, Map.of("STORE_PASSWORD", "x")))
            .settings()
            .tls();
    assertThat(tls.keystorePasswordSource()).isEqualTo("keystore_password from " + secret);
    assertThat(tls.truststorePasswordSource())
        .isEqualTo("truststore_password from the environment variable STORE_PASSWORD");
    TlsSettings plain = ConfigFiles.vault(files.parse(GROUP)).settings().tls();
    assertThat(plain.keystorePasswordSource())
        .isEqualTo("keystore_password of " + files.directory.resolve("tde.yaml"));
  }

  @Test
  void a_dse_yaml_may_hold_other_sections_but_no_misspelt_ones_of_ours() {
    String foreign =
        GROUP
            + "authentication_options: {enabled: false}\n"
            + "spark_ui_options: {}\n"
            + "max_memory_to_lock_mb: 5\n";
    assertThat(files.parse("dse.yaml", foreign, Map.of()).warnings())
        .singleElement()
        .asString()
        .contains("authentication_options, max_memory_to_lock_mb, spark_ui_options");
    assertThatThrownBy(() -> files.parse("dse.yaml", GROUP + "kmip_host: {}\n", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("kmip_host");
  }

  @Test
  void what_is_no_yaml_or_no_mapping_is_refused() {
    for (String text :
        List.of(
            "",
            "- a\n",
            "a: [1\n",
            "\tb: 1",
            "? [a]\n: b\n",
            "a: !!java.net.URL [x]\n",
            "just text")) {
      assertThatExceptionOfType(ConfigException.class)
          .as(text)
          .isThrownBy(() -> files.parse(text))
          .satisfies(e -> assertThat(e.remedy()).isNotBlank());
    }
    assertThatThrownBy(() -> TdeConfig.load(files.directory.resolve("none.yaml")))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void passwords_come_from_files_the_environment_and_encrypted_values() throws IOException {
    Path systemKey = files.directory.resolve("system_key");
    SystemKeyFile.create(systemKey, CipherSpec.AES_128);
    files.write("password.txt", "from file\n");
    String encrypted = new ValueEncryption(systemKey).encrypt("geheim ü".toCharArray());
    TdeConfig config =
        files.parse(
            "tde.yaml",
            GROUP.replace("secret1", "{file: password.txt}").replace("secret2", "{env: TRUST}")
                + "    username: me\n    password: "
                + encrypted
                + "\nconfig_encryption_active: true\n",
            Map.of("TRUST", "from env"));
    assertThat(settings(config).tls().keystorePassword()).isEqualTo("from file".toCharArray());
    assertThat(settings(config).tls().truststorePassword()).isEqualTo("from env".toCharArray());
    Credential credential = Objects.requireNonNull(settings(config).credential());
    assertThat(credential.password()).isEqualTo("geheim ü".toCharArray());
  }

  @Test
  void files_with_secrets_that_others_may_read_are_refused_or_warned_of() {
    files.write("password.txt", "p", "rw-r--r--");
    assertThatThrownBy(() -> files.parse(GROUP.replace("secret1", "{file: password.txt}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("chmod 600");
    Path open = files.write("tde.yaml", GROUP, "rw-r--r--");
    assertThat(TdeConfig.load(open).warnings()).singleElement().asString().contains("chmod 600");
  }

  /** Of the private key in it, that is; the truststore holds nothing secret. */
  @ParameterizedTest
  @CsvSource({"rw-r-----, its group", "rw----r--, others", "rw-rw-rw-, others"})
  void a_keystore_that_others_may_read_is_warned_of_with_its_line(String mode, String who) {
    Path keystore = files.write("keystore.jks", "x", mode);
    assertThat(files.parse(GROUP).warnings())
        .singleElement()
        .asString()
        .startsWith(files.directory.resolve("tde.yaml") + ":4: kmip_hosts.vault.keystore_path: ")
        .contains(keystore + ", which holds this node's private key", who + " may read", mode)
        .endsWith("chmod 600 it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------", "rw--w----"})
  void a_keystore_that_only_its_owner_may_read_is_not(String mode) {
    files.write("keystore.jks", "x", mode);
    files.write("truststore.jks", "x", "rw-r--r--");
    assertThat(files.parse(GROUP).warnings()).isEmpty();
  }

  @Test
  void a_value_that_was_encrypted_once_opens_for_ever() {
    Path file = files.write("system_key", "AES:256:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    // By an independent implementation (Python's hmac and cryptography): key 00..1f, salt 40..4f.
    assertThat(
            new ValueEncryption(file)
                .decrypt("ENC(v1:QEFCQ0RFRkdISUpLTE1OT79FGQ4tb6dzrPz4ukx0Bpk3lU3iHdHFkD+m)"))
        .isEqualTo("gehe\u00efm 42".toCharArray());
  }

  @Test
  void an_encrypted_value_opens_under_any_line_of_its_key_file_and_under_no_other()
      throws IOException {
    Path first = files.directory.resolve("first");
    SystemKeyFile.create(first, CipherSpec.AES_256);
    String encrypted = new ValueEncryption(first).encrypt("geheim".toCharArray());
    assertThat(encrypted)
        .matches("ENC\\(v1:[A-Za-z0-9+/=]+\\)")
        .isNotEqualTo(new ValueEncryption(first).encrypt("geheim".toCharArray()));
    Path second = files.directory.resolve("second");
    SystemKeyFile.create(second, CipherSpec.AES_256);
    assertThatThrownBy(() -> new ValueEncryption(second).decrypt(encrypted))
        .hasMessageContaining("not encrypted under");
    Files.writeString(first, Files.readString(first) + Files.readString(second));
    assertThat(new ValueEncryption(first).decrypt(encrypted)).isEqualTo("geheim".toCharArray());
    for (int i = "ENC(v1:".length(); i < encrypted.length() - 2; i++) {
      String changed =
          encrypted.substring(0, i)
              + (encrypted.charAt(i) == 'A' ? 'B' : 'A')
              + encrypted.substring(i + 1);
      if (!changed.endsWith("=)") || i < encrypted.length() - 4) {
        assertThatThrownBy(() -> new ValueEncryption(first).decrypt(changed))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void which_tables_a_policy_covers_and_by_whose_keys() {
    KeySpec vault = KeySpec.kmip("vault", null, CipherSpec.AES_256);
    EncryptionPolicy tables = files.parse(GROUP).policy();
    assertThat(tables.defaultKeyOf("ks", false)).isNull();
    assertThat(tables.defaultKeyOf("system", true)).isNull();
    EncryptionPolicy all = files.parse(GROUP + "encrypt: all\n").policy();
    assertThat(all.defaultKeyOf("ks", false)).isEqualTo(vault);
    assertThat(all.defaultKeyOf("system", true)).isEqualTo(vault);
    EncryptionPolicy some =
        files
            .parse(
                GROUP
                    + "encrypt: {keyspaces: [a, b]}\n"
                    + "default_key: {key_namespace: n, secret_key_strength: 128}\n")
            .policy();
    assertThat(some.defaultKeyOf("a", false))
        .isEqualTo(KeySpec.kmip("vault", "n", CipherSpec.AES_128));
    assertThat(some.defaultKeyOf("c", false)).isNull();
    assertThat(some.defaultKeyOf("system", true)).isNull();
    EncryptionPolicy system =
        files.parse(GROUP + "system_info_encryption: {enabled: true}\n").policy();
    assertThat(system.defaultKeyOf("system_auth", true)).isEqualTo(vault);
    assertThat(system.defaultKeyOf("ks", false)).isNull();
  }
}
