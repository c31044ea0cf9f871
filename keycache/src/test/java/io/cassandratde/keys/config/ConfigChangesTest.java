package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigChangesTest {

  private final ConfigFiles files;

  ConfigChangesTest(@TempDir Path directory) {
    files = new ConfigFiles(directory);
  }

  private ConfigChanges changes(String before, String after) {
    return ConfigChanges.between(files.parse(before), files.parse(after));
  }

  private ConfigChanges inGroup(String before, String after) {
    return changes(ConfigFiles.GROUP, ConfigFiles.GROUP.replace(before, after));
  }

  @Test
  void the_same_is_no_change() {
    assertThat(changes(ConfigFiles.GROUP, ConfigFiles.GROUP))
        .isEqualTo(new ConfigChanges(List.of(), List.of()));
  }

  @Test
  void options_of_groups_are_named_and_secrets_only_named() {
    assertThat(inGroup("secret1", "other1").byReload())
        .containsExactly("kmip_hosts.vault.keystore_password");
    assertThat(inGroup("kmip1:5697, kmip2", "kmip2").byReload())
        .containsExactly("kmip_hosts.vault.hosts");
    assertThat(
            changes(
                    ConfigFiles.GROUP + "    username: u\n    password: one\n",
                    ConfigFiles.GROUP + "    username: u\n    password: two\n")
                .byReload())
        .containsExactly("kmip_hosts.vault.password");
  }

  @Test
  void what_is_read_at_the_start_alone_is_told_and_kept() {
    String wanted =
        ConfigFiles.GROUP
            + """
            encrypt: all
            require_encrypted: true
            index_cache_size: 9MiB
            mapped_index_memory: 9MiB
            legacy_ciphers: reject
            crypto_provider: SunJCE
            client_key_wait: 1s
            local_key_cache: {directory: a, system_key_file: b}
            """;
    TdeConfig now = files.parse(ConfigFiles.GROUP);
    TdeConfig next = files.parse(wanted);
    ConfigChanges changes = ConfigChanges.between(now, next);
    assertThat(changes.byReload()).containsExactly("client_key_wait");
    assertThat(changes.byRestart())
        .containsExactlyInAnyOrder(
            "encrypt",
            "require_encrypted",
            "default_key",
            "index_cache_size",
            "mapped_index_memory",
            "legacy_ciphers",
            "crypto_provider",
            "local_key_cache");
    TdeConfig reloaded = now.reloaded(next);
    assertThat(reloaded.clientKeyWait()).isEqualTo(next.clientKeyWait());
    assertThat(ConfigChanges.between(reloaded, next))
        .isEqualTo(new ConfigChanges(List.of(), changes.byRestart()));
  }
}
