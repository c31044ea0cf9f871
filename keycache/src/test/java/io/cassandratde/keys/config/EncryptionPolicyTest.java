package io.cassandratde.keys.config;

import static io.cassandratde.keys.config.ConfigFiles.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose keys protect tables that name none, and what is refused. */
class EncryptionPolicyTest {

  private final ConfigFiles files;

  EncryptionPolicyTest(@TempDir Path directory) {
    files = new ConfigFiles(directory);
  }

  private EncryptionPolicy policy(String yaml) {
    return files.parse(yaml).policy();
  }

  @Test
  void one_group_is_the_default_with_aes_256() {
    assertThat(policy(GROUP + "encrypt: all\n").defaultKey())
        .isEqualTo(KeySpec.kmip("vault", null, CipherSpec.AES_256));
  }

  @Test
  void of_several_groups_one_must_be_named() {
    String two = GROUP + GROUP.replace("kmip_hosts:\n", "").replace("vault:", "other:");
    assertThatThrownBy(() -> policy(two + "encrypt: all\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("several groups are configured")
        .hasMessageContaining("default_key: {kmip_host: <one of [vault, other]>}");
    assertThat(policy(two + "encrypt: all\ndefault_key: {kmip_host: other}\n").defaultKey())
        .isEqualTo(KeySpec.kmip("other", null, CipherSpec.AES_256));
  }

  @Test
  void without_a_group_the_message_says_so() {
    assertThatThrownBy(() -> policy("encrypt: {system: true}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no group is configured in kmip_hosts")
        .hasMessageContaining("secret_key_file");
  }

  @Test
  void a_key_file_may_be_the_default() {
    String local = "encrypt: all\ndefault_key: {secret_key_file: /etc/keys/system}\n";
    KeySpec spec = KeySpec.local("/etc/keys/system", CipherSpec.AES_256);
    assertThat(policy(local).defaultKey()).isEqualTo(spec);
    assertThat(policy(GROUP + local).defaultKey()).isEqualTo(spec);
    assertThat(
            policy(
                    "encrypt: all\ndefault_key: {key_provider: LocalFileSystemKeyProviderFactory,"
                        + " secret_key_file: a, secret_key_strength: 128}\n")
                .defaultKey())
        .isEqualTo(KeySpec.local("a", CipherSpec.AES_128));
    assertThatThrownBy(
            () ->
                policy(
                    """
                    encrypt: all
                    default_key: {key_provider: LocalFileSystemKeyProviderFactory}
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("secret_key_file");
  }

  @Test
  void a_keyspace_that_is_named_is_protected_whatever_it_is() {
    EncryptionPolicy named = policy(GROUP + "encrypt: {keyspaces: [shop, system_auth]}\n");
    assertThat(named.defaultKeyOf("shop", false)).isNotNull();
    assertThat(named.defaultKeyOf("system_auth", true)).isNotNull();
    assertThat(named.defaultKeyOf("system", true)).isNull();
    assertThat(named.defaultKeyOf("other", false)).isNull();
    EncryptionPolicy system = policy(GROUP + "encrypt: {keyspaces: [shop], system: true}\n");
    assertThat(system.defaultKeyOf("system_auth", true)).isNotNull();
    assertThat(system.defaultKeyOf("other", false)).isNull();
  }

  @Test
  void plain_sstables_are_read_unless_they_are_refused() {
    assertThat(policy(GROUP).required()).isFalse();
    assertThat(policy(GROUP + "require_encrypted: true\n").required()).isTrue();
  }

  private static final String HIERARCHY =
      """
      pkcs11:
        hsm: {library: /lib/p11.so, pin: {env: PIN}, primary_key: a}
      replicated_keys: {directory: copies}
      """;

  @Test
  void a_token_may_be_the_default_of_everything() {
    KeySpec hsm = KeySpec.pkcs11("hsm", CipherSpec.AES_256);
    assertThat(policy(HIERARCHY + "encrypt: all\ndefault_key: {pkcs11: hsm}\n").defaultKey())
        .isEqualTo(hsm);
    assertThat(
            policy(
                    GROUP
                        + HIERARCHY
                        + "system_info_encryption: {enabled: true, key_provider:"
                        + " Pkcs11KeyProviderFactory, pkcs11: hsm}\n")
                .defaultKeyOf("system_auth", true))
        .isEqualTo(hsm);
    assertThatThrownBy(() -> policy(HIERARCHY + "encrypt: all\ndefault_key: {pkcs11: other}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tde.yaml:5: default_key.pkcs11: is 'other'")
        .hasMessageContaining("[hsm]");
  }

  @Test
  void replicated_keys_may_be_the_default_of_ordinary_keyspaces() {
    assertThat(
            policy(
                    GROUP
                        + HIERARCHY
                        + "encrypt: {keyspaces: [shop]}\ndefault_key: {system_key_file: pay}\n")
                .defaultKeyOf("shop", false))
        .isEqualTo(KeySpec.replicated("pay", null, CipherSpec.AES_256));
    assertThatThrownBy(
            () ->
                policy(
                    """
                    encrypt: {keyspaces: [shop]}
                    default_key: {key_provider: ReplicatedKeyProviderFactory}
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tde.yaml:2: default_key.key_provider")
        .hasMessageContaining("replicated_keys: {directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all",
        "{system: true}",
        "{keyspaces: [shop, system]}",
        "{keyspaces: [system_auth]}",
        "{keyspaces: [encryption_control]}",
      })
  void they_never_protect_what_they_are_in(String encrypt) {
    String key = "default_key: {key_provider: ReplicatedKeyProviderFactory}\n";
    assertThatThrownBy(() -> policy(HIERARCHY + key + "encrypt: " + encrypt + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tde.yaml:5: encrypt: covers ")
        .hasMessageContaining("write encrypt: {keyspaces: [<others>]}")
        .hasMessageContaining("secret_key_file");
  }

  @Test
  void nor_by_the_vendors_option_for_system_tables() {
    assertThatThrownBy(
            () ->
                policy(
                    HIERARCHY
                        + "system_info_encryption: {enabled: true, key_provider:"
                        + " ReplicatedKeyProviderFactory}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tde.yaml:4: system_info_encryption: covers system keyspaces");
  }
}
