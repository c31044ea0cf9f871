package io.cassandratde.sstable.cassandra.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.keys.config.TdeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key by the names that its group has and had. */
class NamedKeyTest {

  private static final String ID = "02d8f0cf";

  private final TdeConfig config;

  NamedKeyTest(@TempDir Path directory) throws IOException {
    Path store = Files.createFile(directory.resolve("store"));
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));
    String groups =
        """
        kmip_hosts:
          vault:
            hosts: kmip1.example.com
            keystore_path: %1$s
            keystore_password: secret
            truststore_path: %1$s
            truststore_password: secret
          other:
            hosts: kmip2.example.com
            keystore_path: %1$s
            keystore_password: secret
            truststore_path: %1$s
            truststore_password: secret
        pkcs11:
          vault: {library: /lib/p11.so, pin: {env: PIN}, primary_key: a}
        group_aliases: {former: vault, first: vault, strange: other}
        """
            .formatted(store);
    config = TdeConfig.load(Files.writeString(directory.resolve("tde.yaml"), groups));
  }

  private static KeyReference reference(ProviderKind kind, String group, String id) {
    return new KeyReference(GroupTag.of(kind, group), id, 77);
  }

  private static KeyReference kmip(String group) {
    return reference(ProviderKind.KMIP, group, ID);
  }

  @Test
  void what_was_sealed_under_a_former_name_of_the_group_is_meant_whichever_is_given() {
    for (String name : new String[] {"vault", "former", "first"}) {
      NamedKey key = NamedKey.of(config, name, ID);
      assertThat(key.group()).as("where it is asked for").isEqualTo("vault");
      assertThat(key.matches(kmip("vault"))).isTrue();
      assertThat(key.matches(kmip("former"))).isTrue();
      assertThat(key.matches(kmip("first"))).isTrue();
      assertThat(key.matches(kmip("strange"))).as("another group's former name").isFalse();
      assertThat(key.matches(kmip("other"))).isFalse();
      assertThat(key.matches(reference(ProviderKind.KMIP, "vault", "another id"))).isFalse();
      assertThat(key.fenced())
          .containsExactlyInAnyOrder(
              new Fences.Key(GroupTag.of(ProviderKind.KMIP, "vault"), ID),
              new Fences.Key(GroupTag.of(ProviderKind.KMIP, "former"), ID),
              new Fences.Key(GroupTag.of(ProviderKind.KMIP, "first"), ID));
      assertThat(key.reference().groupTag()).isEqualTo(GroupTag.of(ProviderKind.KMIP, "vault"));
    }
  }

  @Test
  void a_local_key_is_none_of_a_key_server() {
    NamedKey key = NamedKey.of(config, "local", "table_key");
    assertThat(key.matches(reference(ProviderKind.LOCAL, "local", "table_key"))).isTrue();
    assertThat(key.matches(reference(ProviderKind.KMIP, "local", "table_key"))).isFalse();
  }

  @Test
  void keys_of_other_providers_are_named_with_these_and_never_meant_by_the_name_of_a_kmip_group() {
    NamedKey replicated = NamedKey.of(config, "replicated:vault", ID);
    assertThat(replicated.matches(reference(ProviderKind.REPLICATED, "vault", ID))).isTrue();
    assertThat(replicated.matches(kmip("vault"))).isFalse();
    assertThat(replicated.group()).isEqualTo("replicated:vault");
    assertThat(replicated.hint()).isEqualTo(KeySpec.replicated("vault", null, CipherSpec.AES_256));
    assertThat(replicated.reference().groupTag())
        .isEqualTo(GroupTag.of(ProviderKind.REPLICATED, "vault"));
    NamedKey held = NamedKey.of(config, "pkcs11:vault", ID);
    assertThat(held.matches(reference(ProviderKind.PKCS11, "vault", ID))).isTrue();
    assertThat(held.matches(kmip("vault"))).isFalse();
    NamedKey served = NamedKey.of(config, "vault", ID);
    assertThat(served.matches(reference(ProviderKind.REPLICATED, "vault", ID))).isFalse();
    assertThat(served.matches(reference(ProviderKind.PKCS11, "vault", ID))).isFalse();
    assertThatThrownBy(() -> NamedKey.of(config, "pkcs11:nowhere", ID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void an_unknown_group_and_a_key_without_an_id_are_refused() {
    assertThatThrownBy(() -> NamedKey.of(config, "nowhere", ID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere")
        .hasMessageContaining("vault");
    assertThatThrownBy(() -> NamedKey.of(config, "vault", " "))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
