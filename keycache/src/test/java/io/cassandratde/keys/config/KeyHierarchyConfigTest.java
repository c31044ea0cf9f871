package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.pkcs11.Pkcs11Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pkcs11} and {@code replicated_keys}: tokens, and where master keys are. */
class KeyHierarchyConfigTest {

  private static final String TOKEN =
      """
      pkcs11:
        hsm:
          library: /lib/p11.so
          slot: 7
          pin: {file: pin}
          primary_key: a
      """;
  private static final String REPLICATED =
      """
      replicated_keys:
        directory: copies
        master_keys:
          pay:
            pkcs11: hsm
            former: [{kmip_host: vault, key_namespace: ns}, {system_key_file: old}]
          plain: {kmip_host: vault}
          held:
            kmip_host: vault
            key_namespace: m
            wrap_at: server
            former: [{kmip_host: vault, key_namespace: m, wrap_at: node}]
      """;

  private final Path directory;
  private final ConfigFiles files;
  private final Map<String, String> environment = new HashMap<>();

  KeyHierarchyConfigTest(@TempDir Path directory) {
    this.directory = directory;
    files = new ConfigFiles(directory);
  }

  private TdeConfig parse(String yaml) {
    return files.parse("tde.yaml", ConfigFiles.GROUP + yaml, environment);
  }

  private Pkcs11Config token(String yaml) {
    return Objects.requireNonNull(parse(yaml).tokens().get("hsm"));
  }

  private void assertRefused(String yaml, String... parts) {
    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(ConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void a_token_and_its_keys() {
    assertThat(token(TOKEN).settings())
        .isEqualTo(new Pkcs11Settings("hsm", Path.of("/lib/p11.so"), 7L, 0, "a", null));
    assertThat(
            token(TOKEN.replace("slot:", "slot_list_index:") + "    secondary_key: b\n").settings())
        .isEqualTo(new Pkcs11Settings("hsm", Path.of("/lib/p11.so"), null, 7, "a", "b"));
    assertThat(parse("").tokens()).isEmpty();
  }

  @Test
  void the_pin_is_read_at_each_use_and_not_with_the_file() {
    Pkcs11Config token = token(TOKEN);
    assertThatThrownBy(token::requirePin)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tde.yaml:12: pkcs11.hsm.pin.file: names")
        .hasMessageContaining("not there");
    files.write("pin", "1234\n");
    assertThat(token.pin().get()).containsExactly('1', '2', '3', '4');
    files.write("pin", "99");
    assertThat(token.pin().get()).containsExactly('9', '9');
    files.write("pin", "99", "rw-r--r--");
    assertThatThrownBy(token.pin()::get)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("pkcs11.hsm.pin: names")
        .hasMessageContaining("others may read");
    Pkcs11Config byVariable = token(TOKEN.replace("file: pin", "env: PIN"));
    assertThatThrownBy(byVariable::requirePin).hasMessageContaining("PIN, which is not set");
    environment.put("PIN", "5");
    assertThat(byVariable.pin().get()).containsExactly('5');
  }

  @Test
  void a_token_that_cannot_be_used_is_refused_with_line_and_remedy() {
    assertRefused(
        TOKEN.replace("{file: pin}", "'1234'"), "tde.yaml:12: pkcs11.hsm.pin: is a plain");
    assertThatThrownBy(() -> parse(TOKEN.replace("{file: pin}", "'1234'")))
        .hasMessageNotContaining("1234");
    assertRefused(TOKEN.replace("{file: pin}", "{}"), "pkcs11.hsm.pin: names no source, or two");
    assertRefused(
        TOKEN.replace("    pin: {file: pin}\n", ""), "tde.yaml:10: pkcs11.hsm.pin: is missing");
    assertRefused(
        TOKEN.replace("    library: /lib/p11.so\n", ""), "pkcs11.hsm.library: is missing");
    assertRefused(TOKEN.replace("p11.so", "p\"11.so"), "pkcs11.hsm.library: is refused", "quotes");
    assertRefused(TOKEN.replace("    primary_key: a\n", ""), "pkcs11.hsm.primary_key: is missing");
    assertRefused(TOKEN + "    secondary_key: a\n", "tde.yaml:14: pkcs11.hsm.secondary_key: is");
    assertRefused(TOKEN + "    slot_list_index: 0\n", "slot_list_index: stands beside slot");
    assertRefused(TOKEN.replace("slot: 7", "slot: x"), "pkcs11.hsm.slot: is no whole number");
    assertRefused(TOKEN + "    label: x\n", "pkcs11.hsm.label: is no known option");
  }

  @Test
  void master_keys_are_where_the_file_says_and_else_in_key_files() {
    ReplicatedKeysConfig keys = Objects.requireNonNull(parse(TOKEN + REPLICATED).replicatedKeys());
    assertThat(keys.directory()).isEqualTo(directory.resolve("copies"));
    assertThat(keys.masterKey("pay").source().toString()).isEqualTo("token hsm");
    assertThat(keys.masterKey("pay").former())
        .containsExactly(
            new MasterKeySource(ProviderKind.KMIP, "vault", "ns"), MasterKeySource.keyFile("old"));
    assertThat(keys.masterKey("plain").source())
        .isEqualTo(new MasterKeySource(ProviderKind.KMIP, "vault", null));
    assertThat(keys.masterKey("held").source())
        .isEqualTo(new MasterKeySource(ProviderKind.KMIP, "vault", "m", true))
        .hasToString("KMIP group vault, namespace m, wrapping at the server");
    assertThat(keys.masterKey("held").former())
        .containsExactly(new MasterKeySource(ProviderKind.KMIP, "vault", "m", false));
    assertThat(keys.masterKey("any"))
        .isEqualTo(new ReplicatedKeysConfig.MasterKey(MasterKeySource.keyFile("any"), List.of()));
    assertThat(parse(TOKEN).replicatedKeys()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "directory: copies || replicated_keys.directory: is missing",
        "pkcs11: hsm | pkcs11: other | .pay.pkcs11: is 'other', which pkcs11 has not",
        "plain: {kmip_host: vault} | plain: {kmip_host: x} | .plain.kmip_host: is 'x', which kmip_hosts",
        "plain: {kmip_host: vault} | plain: {} | .plain: does not say where the key is",
        "plain: {kmip_host: vault} | plain: {kmip_host: vault, system_key_file: x} | names several",
        "plain: {kmip_host: vault} | plain: {system_key_file: x, key_namespace: n} | without kmip_host",
        "plain: {kmip_host: vault} | plain: {kmip_host: vault, wrap_at: server} | .plain.wrap_at: is server without kmip_host and key_namespace",
        "plain: {kmip_host: vault} | plain: {system_key_file: x, wrap_at: server} | .plain.wrap_at: is server without",
        "plain: {kmip_host: vault} | plain: {kmip_host: vault, wrap_at: hsm} | .plain.wrap_at: is 'hsm'",
        "{system_key_file: old} | {pkcs11: hsm} | .pay.former.1: is token hsm a second time",
        "{system_key_file: old} | {kmip_host: vault, key_namespace: ns} | a second time",
        "{system_key_file: old} | {file: old} | does not say where the key is",
        "{system_key_file: old} | {system_key_file: old, by: x} | .former.1.by: is no known option",
        "{system_key_file: old} | plain | is no mapping",
        "pkcs11: hsm | secondary: x | .pay: does not say where the key is",
      })
  void what_is_wrong_is_refused_with_its_line(String part, String instead, String message) {
    String broken = REPLICATED.replace(part, instead == null ? "" : instead);
    assertThat(broken).isNotEqualTo(REPLICATED);
    assertRefused(TOKEN + broken, "tde.yaml:", message);
  }

  @Test
  void groups_have_names_that_tell_the_provider_where_another_could_be_meant() {
    TdeConfig config =
        parse(TOKEN + REPLICATED.replace("plain:", "vault:") + "group_aliases: {was: vault}\n");
    TreeSet<String> names = new TreeSet<>();
    config.groups().forEach(group -> names.add(group.toString()));
    assertThat(names)
        .containsExactly(
            "local",
            "pkcs11:hsm",
            "replicated:held",
            "replicated:pay",
            "replicated:system_key",
            "replicated:vault",
            "vault",
            "was");
    assertThat(config.groups())
        .allSatisfy(
            group ->
                assertThat(KeyGroup.parse(group.toString(), group.provider() == ProviderKind.KMIP))
                    .isEqualTo(group));
    assertThat(config.groups().stream().map(KeyGroup::tag).distinct()).hasSize(8);
    assertThatThrownBy(
            () -> files.parse(ConfigFiles.GROUP.replace("vault:", "'replicated:vault':")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "kmip_hosts.replicated:vault: has a name that is not for KMIP groups");
  }
}
