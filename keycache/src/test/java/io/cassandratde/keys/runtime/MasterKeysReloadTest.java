package io.cassandratde.keys.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.keys.pkcs11.SoftToken;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.kmip.devserver.TestStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Master keys as the configuration names them: in real key files, a KMIP server over TLS, and a
 * token of SoftHSM2; and how they move while the process runs.
 */
@Timeout(120)
class MasterKeysReloadTest {

  private static final KeyBinding BINDING =
      new KeyBinding("prod", "cycling", CipherSpec.AES_256, UUID.randomUUID(), 1);

  private final Path directory;
  private final byte[] material = new byte[32];
  private final KmipDevServer server;

  MasterKeysReloadTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    server = KmipDevServer.start(TestStores.get().serverSettings());
  }

  @BeforeEach
  void keyFile() throws IOException {
    SystemKeyFile.create(directory.resolve("pay_key"), CipherSpec.AES_256);
    Path pin = Files.writeString(directory.resolve("pin"), SoftToken.PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    material[0] = 1;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void write(String masterKeys, String more) throws IOException {
    TestStores stores = TestStores.get();
    String password = new String(stores.password());
    String yaml =
        """
        kmip_hosts:
          vault:
            hosts: 127.0.0.1:%d
            keystore_path: %s
            keystore_type: pkcs12
            keystore_password: %s
            truststore_path: %s
            truststore_type: pkcs12
            truststore_password: %s
            timeout: 60000
        replicated_keys:
          directory: copies
          master_keys:
            %s
        """
            .formatted(
                server.port(),
                stores.client(),
                password,
                stores.truststore(),
                password,
                masterKeys);
    Files.writeString(directory.resolve("tde.yaml"), yaml + more);
  }

  private TdeRuntime open(String masterKeys, String more) throws IOException {
    write(masterKeys, more);
    return TdeRuntime.open(TdeConfig.load(directory.resolve("tde.yaml")));
  }

  private String token(SoftToken token, String keys) throws Exception {
    return """
        pkcs11:
          hsm: {library: %s, slot: %d, pin: {file: pin}, %s}
        """
        .formatted(SoftToken.LIBRARY, token.slot(), keys);
  }

  private byte[] opened(TdeRuntime runtime, WrappedKey wrapped) throws Exception {
    return runtime.masterKeys("pay").unwrap(wrapped, BINDING, byte[]::clone);
  }

  private WrappedKey wrap(TdeRuntime runtime) {
    KeyReference current = runtime.masterKeys("pay").current();
    return runtime.masterKeys("pay").wrap(current, material, BINDING);
  }

  @Test
  void a_master_key_moves_from_a_file_to_kmip_and_into_a_token_while_all_it_wrapped_opens()
      throws Exception {
    SoftToken token = SoftToken.unused();
    token.makeKey("a", 256);
    try (TdeRuntime runtime = open("pay: {system_key_file: pay_key}", "")) {
      WrappedKey byFile = wrap(runtime);
      assertThat(runtime.masterKeys("pay").source())
          .isEqualTo("key file " + directory.resolve("pay_key"));
      write("pay: {kmip_host: vault, key_namespace: m, former: [{system_key_file: pay_key}]}", "");
      assertThat(runtime.reload().changed()).containsExactly("replicated_keys.master_keys");
      WrappedKey byServer = wrap(runtime);
      assertThat(byServer.masterKey().groupTag()).isEqualTo(KeyGroup.kmip("vault").tag());
      assertThat(opened(runtime, byFile)).isEqualTo(material);
      write(
          "pay: {pkcs11: hsm, former: [{system_key_file: pay_key}, {kmip_host: vault}]}",
          token(token, "primary_key: a"));
      assertThat(runtime.reload().changed())
          .containsExactly("pkcs11.hsm (added)", "replicated_keys.master_keys");
      WrappedKey byToken = wrap(runtime);
      assertThat(byToken.masterKey().groupTag()).isEqualTo(KeyGroup.token("hsm").tag());
      for (WrappedKey each : new WrappedKey[] {byFile, byServer, byToken}) {
        assertThat(opened(runtime, each)).isEqualTo(material);
      }
      write("pay: {pkcs11: hsm}", token(token, "primary_key: a"));
      runtime.reload();
      assertThat(opened(runtime, byToken)).isEqualTo(material);
      assertThatThrownBy(() -> opened(runtime, byFile))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("former of replicated_keys.master_keys.pay");
    }
  }

  @Test
  void a_fetched_master_key_goes_on_at_its_server_and_is_refused_where_the_server_cannot()
      throws Exception {
    String held = "pay: {kmip_host: vault, key_namespace: held, wrap_at: server, former: [%s]}";
    String fetched = "{kmip_host: vault, key_namespace: m}";
    try (TdeRuntime runtime = open("pay: " + fetched, "")) {
      WrappedKey byNode = wrap(runtime);
      write(held.formatted(fetched), "");
      server.behaviour().lackingOperation("Decrypt");
      assertThatThrownBy(runtime::reload)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("has not both of Encrypt and Decrypt");
      assertThat(wrap(runtime).method()).isEqualTo(WrappedKey.Method.HKDF);
      server.behaviour().knowingAll();
      assertThat(runtime.reload().changed()).containsExactly("replicated_keys.master_keys");
      final long fetchedBefore = server.behaviour().received("Get");
      WrappedKey byServer = wrap(runtime);
      assertThat(byServer.method()).isEqualTo(WrappedKey.Method.SERVER);
      assertThat(opened(runtime, byServer)).isEqualTo(material);
      assertThat(server.behaviour().received("Get")).as("none of it").isEqualTo(fetchedBefore);
      assertThat(opened(runtime, byNode)).isEqualTo(material);
      assertThat(runtime.masterKeys("pay").source()).contains("wrapping at the server");
      write("pay: " + fetched, "");
      runtime.reload();
      assertThatThrownBy(() -> opened(runtime, byServer))
          .isInstanceOf(KeyNotFoundException.class)
          .hasMessageContaining("wrap_at: server");
    }
  }

  @Test
  void labels_of_a_token_are_others_after_a_reload_and_a_wrong_one_changes_nothing()
      throws Exception {
    SoftToken token = SoftToken.unused();
    token.makeKey("a", 256);
    token.makeKey("b", 256);
    try (TdeRuntime runtime = open("pay: {pkcs11: hsm}", token(token, "primary_key: a"))) {
      WrappedKey before = wrap(runtime);
      write("pay: {pkcs11: hsm}", token(token, "primary_key: mistyped, secondary_key: a"));
      assertThatThrownBy(runtime::reload)
          .isInstanceOf(KeyNotFoundException.class)
          .hasMessageContaining("mistyped");
      assertThat(wrap(runtime).masterKey()).isEqualTo(before.masterKey());
      write("pay: {pkcs11: hsm}", token(token, "primary_key: b, secondary_key: a"));
      assertThat(runtime.reload().changed())
          .containsExactly("pkcs11.hsm.primary_key", "pkcs11.hsm.secondary_key");
      assertThat(wrap(runtime).masterKey()).isNotEqualTo(before.masterKey());
      assertThat(opened(runtime, before)).isEqualTo(material);
    }
  }

  @Test
  void a_pin_that_cannot_be_read_is_told_with_its_line_at_the_start_and_at_each_use()
      throws Exception {
    SoftToken token = SoftToken.unused();
    token.makeKey("a", 256);
    Files.delete(directory.resolve("pin"));
    try (TdeRuntime runtime = open("pay: {pkcs11: hsm}", token(token, "primary_key: a"))) {
      assertThatThrownBy(runtime::requirePins)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(": pkcs11.hsm.pin.file: names");
      assertThatThrownBy(() -> wrap(runtime))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining(": pkcs11.hsm.pin.file: names");
      keyFileAgain();
      runtime.requirePins();
      assertThat(opened(runtime, wrap(runtime))).isEqualTo(material);
    }
  }

  private void keyFileAgain() throws IOException {
    Files.delete(directory.resolve("pay_key"));
    keyFile();
  }

  @Test
  void a_new_key_file_that_is_not_there_is_refused_and_a_name_of_none_is_one_of_a_file()
      throws Exception {
    try (TdeRuntime runtime = open("pay: {system_key_file: pay_key}", "")) {
      assertThat(runtime.masterKeys("pay_key").current())
          .isEqualTo(runtime.masterKeys("pay").current());
      write("pay: {system_key_file: nowhere, former: [{system_key_file: pay_key}]}", "");
      assertThatThrownBy(runtime::reload)
          .isInstanceOf(KeyException.class)
          .hasMessageContaining("nowhere");
      assertThat(opened(runtime, wrap(runtime))).isEqualTo(material);
    }
  }

  @Test
  void a_token_by_whose_keys_this_node_seals_stays() throws Exception {
    SoftToken token = SoftToken.unused();
    token.makeKey("a", 256);
    KeySpec spec = KeySpec.pkcs11("hsm", CipherSpec.AES_256);
    try (TdeRuntime runtime = open("x: {kmip_host: vault}", token(token, "primary_key: a"))) {
      KeyReference key = runtime.keys().current(spec).get(Patience.WAIT).reference();
      assertThat(runtime.keys().openingKey(KeySpec.kmip("(any)", null, CipherSpec.AES_256), key))
          .isNotNull();
      write("x: {kmip_host: vault}", "");
      assertThatThrownBy(runtime::reload)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("[pkcs11:hsm]");
    }
  }

  @Test
  void a_master_key_that_is_named_as_a_kmip_group_is_another_thing() throws Exception {
    try (TdeRuntime runtime = open("vault: {system_key_file: pay_key}", "")) {
      assertThat(runtime.groups())
          .contains(KeyGroup.kmip("vault"), KeyGroup.replicated("vault"), KeyGroup.LOCAL);
      KeySpec direct = KeySpec.kmip("vault", null, CipherSpec.AES_256);
      KeyReference ofServer = runtime.keys().current(direct).get(Patience.WAIT).reference();
      assertThat(runtime.masterKeys("vault").current().groupTag()).isEqualTo(KeyGroup.LOCAL.tag());
      assertThat(
              runtime
                  .keys()
                  .openingKey(KeySpec.replicated("vault", null, CipherSpec.AES_256), ofServer)
                  .reference())
          .isEqualTo(ofServer);
    }
  }
}
