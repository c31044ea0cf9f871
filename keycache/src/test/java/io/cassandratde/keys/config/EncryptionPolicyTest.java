package io.cassandratde.keys.config;

import static io.cassandratde.keys.config.ConfigFiles.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
