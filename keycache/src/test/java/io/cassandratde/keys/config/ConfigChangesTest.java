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

  private static final String HIERARCHY =
      """
      pkcs11:
        hsm: {library: /lib/p11.so, slot: 7, pin: {env: PIN}, primary_key: a}
      replicated_keys:
        directory: copies
        master_keys:
          pay: {system_key_file: pay_key}
      """;

  @Test
  void labels_pins_and_places_of_master_keys_change_by_reload_and_the_directory_does_not() {
    TdeConfig now = files.parse(HIERARCHY);
    TdeConfig next =
        files.parse(
            HIERARCHY
                .replace("/lib/p11.so", "/lib/other.so")
                .replace("slot: 7", "slot_list_index: 1")
                .replace("env: PIN", "file: pin")
                .replace("primary_key: a", "primary_key: b, secondary_key: a")
                .replace("copies", "elsewhere")
                .replace(
                    "system_key_file: pay_key",
                    "pkcs11: hsm, former: [{system_key_file: pay_key}]"));
    ConfigChanges changes = ConfigChanges.between(now, next);
    assertThat(changes.byReload())
        .containsExactlyInAnyOrder(
            "pkcs11.hsm.library",
            "pkcs11.hsm.slot",
            "pkcs11.hsm.slot_list_index",
            "pkcs11.hsm.pin",
            "pkcs11.hsm.primary_key",
            "pkcs11.hsm.secondary_key",
            "replicated_keys.master_keys");
    assertThat(changes.byRestart()).containsExactly("replicated_keys.directory");
    TdeConfig reloaded = now.reloaded(next);
    assertThat(ConfigChanges.between(reloaded, next))
        .isEqualTo(new ConfigChanges(List.of(), List.of("replicated_keys.directory")));
    assertThat(ConfigChanges.between(now, files.parse(HIERARCHY)))
        .isEqualTo(new ConfigChanges(List.of(), List.of()));
  }

  @Test
  void tokens_come_and_go_by_reload_and_the_section_of_replicated_keys_by_restart() {
    TdeConfig none = files.parse(ConfigFiles.GROUP);
    TdeConfig all = files.parse(ConfigFiles.GROUP + HIERARCHY);
    assertThat(ConfigChanges.between(none, all))
        .isEqualTo(
            new ConfigChanges(List.of("pkcs11.hsm (added)"), List.of("replicated_keys.directory")));
    assertThat(ConfigChanges.between(all, none))
        .isEqualTo(
            new ConfigChanges(
                List.of("pkcs11.hsm (removed)"), List.of("replicated_keys.directory")));
  }
}
