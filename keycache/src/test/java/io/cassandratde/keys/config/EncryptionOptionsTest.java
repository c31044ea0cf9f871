package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionOptionsTest {

  private static final Map<String, String> KMIP =
      Map.of("key_provider", "KmipKeyProviderFactory", "kmip_host", "vault");

  private static Map<String, String> with(String... pairs) {
    Map<String, String> options = new TreeMap<>(KMIP);
    for (int i = 0; i < pairs.length; i += 2) {
      options.put(pairs[i], pairs[i + 1]);
    }
    return options;
  }

  @Test
  void the_vendors_ddl_is_taken_as_it_stands() {
    EncryptionOptions options =
        EncryptionOptions.parse(
            Map.of(
                "cipher_algorithm", "AES/CBC/PKCS5Padding",
                "secret_key_strength", "128",
                "key_provider", "KmipKeyProviderFactory",
                "kmip_host", "vault",
                "key_namespace", "ns",
                "template_name", "template",
                "system_key_file", "system_key",
                "iv_length", "16"));
    assertThat(options.spec())
        .isEqualTo(
            new KeySpec(ProviderKind.KMIP, "vault", "ns", CipherSpec.AES_128, "template", null));
    assertThat(options.legacyCipher()).isEqualTo("AES/CBC/PKCS5Padding");
    assertThat(options.warnings())
        .hasSize(3)
        .anyMatch(w -> w.contains("AES-GCM"))
        .anyMatch(w -> w.contains("system_key_file"));
  }

  @Test
  void aliases_mean_the_same_and_tables_with_equal_settings_share_a_key() {
    EncryptionOptions first =
        EncryptionOptions.parse(with("key_namespace", "ns", "secret_key_strength", "256"));
    EncryptionOptions second =
        EncryptionOptions.parse(
            Map.of(
                "secret_key_provider_factory_class",
                    "com.datastax.bdp.cassandra.crypto.KmipKeyProviderFactory",
                "kmip_host", "vault",
                "key_keyspace", "ns",
                "cipher_algorithm", "AES/GCM/NoPadding",
                "chunk_length_in_kb", "64",
                "class", "EncryptingLZ4Compressor"));
    assertThat(second.spec()).isEqualTo(first.spec()).hasSameHashCodeAs(first.spec());
    assertThat(second.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, 256, false",
        "AES, -, 256, false",
        "AES/GCM/NoPadding, 128, 128, false",
        "AES/CBC/PKCS5Padding, -, 256, true",
        "AES/CBC/PKCS5Padding, 192, 192, true",
        "AES/ECB/PKCS5Padding, 128, 128, true",
        "aes/ecb/pkcs5padding, 128, 128, true",
        "DES/CBC/PKCS5Padding, 56, 256, true",
        "DESede/CBC/PKCS5Padding, 112, 256, true",
        "DESede/CBC/PKCS5Padding, 168, 256, true",
        "Blowfish/CBC/PKCS5Padding, 32, 256, true",
        "Blowfish/CBC/PKCS5Padding, 448, 256, true",
        "RC2/CBC/PKCS5Padding, 40, 256, true",
        "RC2/CBC/PKCS5Padding, 128, 256, true",
      })
  void ciphers_and_strengths(String cipher, String strength, int bits, boolean legacy) {
    Map<String, String> options = new TreeMap<>(KMIP);
    if (cipher != null) {
      options.put("cipher_algorithm", cipher);
    }
    if (strength != null) {
      options.put("secret_key_strength", strength);
    }
    EncryptionOptions parsed = EncryptionOptions.parse(options);
    assertThat(parsed.spec().cipher()).isEqualTo(CipherSpec.aes(bits));
    assertThat(parsed.legacyCipher()).isEqualTo(legacy ? cipher : null);
    if (legacy) {
      assertThatThrownBy(() -> EncryptionOptions.parse(options, Set.of(), LegacyCiphers.REJECT))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("legacy_ciphers: reject");
    } else {
      assertThat(EncryptionOptions.parse(options, Set.of(), LegacyCiphers.REJECT))
          .isEqualTo(parsed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cipher_algorithm, ROT13, AES/GCM/NoPadding",
    "cipher_algorithm, AES/GCM/PKCS5Padding, AES/GCM/NoPadding",
    "cipher_algorithm, AES/XYZ/NoPadding, AES/GCM/NoPadding",
    "cipher_algorithm, ' ', empty",
    "secret_key_strength, 129, '128, 192 and 256'",
    "secret_key_strength, strong, not a number",
    "iv_length, long, not a number",
    "key_provider, Pkcs11KeyProviderFactory, pkcs11",
    "key_provider, evil.KmipKeyProviderFactory, KmipKeyProviderFactory",
    "key_provider, Nothing, KmipKeyProviderFactory",
    "chunk_length_kb, 64, chunk_length_in_kb",
    "sstable_compression, LZ4Compressor, class",
    "kmip_hosts, vault, kmip_host",
    "key_keyspace, other, alias",
  })
  void what_is_wrong_is_refused_with_the_remedy(String name, String value, String remedy) {
    Map<String, String> options = with("key_namespace", "ns", name, value);
    assertThatThrownBy(() -> EncryptionOptions.parse(options))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining(remedy);
  }

  @Test
  void a_legacy_strength_that_its_cipher_does_not_have_is_refused() {
    assertThatThrownBy(
            () ->
                EncryptionOptions.parse(
                    with("cipher_algorithm", "DES/CBC/PKCS5Padding", "secret_key_strength", "128")))
        .hasMessageContaining("56");
    assertThatThrownBy(
            () ->
                EncryptionOptions.parse(
                    with(
                        "cipher_algorithm",
                        "DESede/CBC/PKCS5Padding",
                        "secret_key_strength",
                        "128")))
        .hasMessageContaining("112");
  }

  @Test
  void local_keys_need_a_file_and_take_either_name_of_the_option() {
    EncryptionOptions one =
        EncryptionOptions.parse(
            Map.of(
                "key_provider",
                "LocalFileSystemKeyProviderFactory",
                "secret_key_file",
                "keys/table_key"));
    assertThat(one.spec()).isEqualTo(KeySpec.local("keys/table_key", CipherSpec.AES_256));
    assertThat(
            EncryptionOptions.parse(
                    Map.of(
                        "key_provider",
                        "LocalFileSystemKeyProviderFactory",
                        "system_key_file",
                        "keys/table_key"))
                .spec())
        .isEqualTo(one.spec());
    assertThatThrownBy(
            () ->
                EncryptionOptions.parse(
                    Map.of("key_provider", "LocalFileSystemKeyProviderFactory")))
        .hasMessageContaining("secret_key_file");
  }

  @Test
  void without_a_provider_the_options_tell_and_else_it_is_the_vendors_default() {
    assertThat(EncryptionOptions.parse(Map.of("kmip_host", "vault")).spec().provider())
        .isEqualTo(ProviderKind.KMIP);
    assertThat(EncryptionOptions.parse(Map.of("secret_key_file", "f")).spec().provider())
        .isEqualTo(ProviderKind.LOCAL);
    assertThat(EncryptionOptions.parse(Map.of("pkcs11", "hsm")).spec())
        .isEqualTo(KeySpec.pkcs11("hsm", CipherSpec.AES_256));
    assertThat(EncryptionOptions.parse(Map.of("cipher_algorithm", "AES")).spec())
        .isEqualTo(KeySpec.replicated("system_key", null, CipherSpec.AES_256));
    assertThat(EncryptionOptions.parse(Map.of("system_key_file", "payments")).spec())
        .isEqualTo(KeySpec.replicated("payments", null, CipherSpec.AES_256));
    assertThatThrownBy(
            () -> EncryptionOptions.parse(Map.of("key_provider", "KmipKeyProviderFactory")))
        .hasMessageContaining("kmip_host");
  }

  @Test
  void replicated_keys_are_of_a_master_key_and_a_namespace_and_of_nothing_else() {
    EncryptionOptions options =
        EncryptionOptions.parse(
            with(
                "key_provider",
                "com.datastax.bdp.cassandra.crypto.ReplicatedKeyProviderFactory",
                "key_namespace",
                "ns",
                "secret_key_strength",
                "128",
                "template_name",
                "t",
                "secret_key_file",
                "f",
                "pkcs11",
                "hsm"));
    assertThat(options.spec())
        .isEqualTo(KeySpec.replicated("system_key", "ns", CipherSpec.AES_128));
    assertThat(options.warnings())
        .allMatch(warning -> warning.contains("is ignored: keys come from the cluster's own table"))
        .extracting(warning -> warning.split(" ", 2)[0])
        .containsExactly("kmip_host", "template_name", "secret_key_file", "pkcs11");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/shadow", "../other", "keys/../../other", ".."})
  void a_master_key_is_named_and_no_path_out_of_the_directory(String name) {
    assertThatThrownBy(() -> EncryptionOptions.parse(Map.of("system_key_file", name)))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("replicated_keys.master_keys");
  }

  @Test
  void keys_of_a_token_are_of_that_alone() {
    EncryptionOptions options =
        EncryptionOptions.parse(
            with("key_provider", "Pkcs11KeyProviderFactory", "pkcs11", "hsm", "key_keyspace", "k"));
    assertThat(options.spec()).isEqualTo(KeySpec.pkcs11("hsm", CipherSpec.AES_256));
    assertThat(options.warnings()).hasSize(2);
  }

  @Test
  void options_of_the_inner_compressor_pass_through_and_those_of_another_are_refused() {
    Map<String, String> options = with("compression_level", "5");
    assertThat(
            EncryptionOptions.parse(options, Set.of("compression_level"), LegacyCiphers.UPGRADE)
                .innerOptions())
        .containsExactly(Map.entry("compression_level", "5"));
    assertThatThrownBy(
            () ->
                EncryptionOptions.parse(
                    options, Set.of("lz4_compressor_type"), LegacyCiphers.UPGRADE))
        .hasMessageContaining("compression_level")
        .hasMessageContaining("lz4_compressor_type");
  }
}
