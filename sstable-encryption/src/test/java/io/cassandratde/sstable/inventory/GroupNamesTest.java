package io.cassandratde.sstable.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.KeyGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupNamesTest {

  private static final int GROUP = KeyGroup.kmip("vault").tag();
  private static final int MASTER = KeyGroup.replicated("vault").tag();
  private static final int TOKEN = KeyGroup.token("vault").tag();

  @Test
  void equal_names_of_two_providers_are_told_apart() {
    GroupNames names =
        new GroupNames(
            List.of(KeyGroup.kmip("vault"), KeyGroup.replicated("vault"), KeyGroup.token("vault")));
    assertThat(names.name(GROUP, Map.of())).isEqualTo("vault");
    assertThat(names.name(MASTER, Map.of())).isEqualTo("replicated:vault");
    assertThat(names.name(TOKEN, Map.of())).isEqualTo("pkcs11:vault");
    assertThat(names.name(KeyGroup.LOCAL.tag(), Map.of())).isEqualTo("local");
  }

  @Test
  void an_sstables_own_options_are_believed_for_the_tag_they_have() {
    GroupNames none = new GroupNames(List.of());
    Map<String, String> all =
        Map.of("kmip_host", "vault", "system_key_file", "vault", "pkcs11", "vault");
    assertThat(none.name(GROUP, all)).isEqualTo("vault");
    assertThat(none.name(MASTER, all)).isEqualTo("replicated:vault");
    assertThat(none.name(TOKEN, all)).isEqualTo("pkcs11:vault");
    assertThat(none.name(KeyGroup.replicated("system_key").tag(), Map.of()))
        .isEqualTo("replicated:system_key");
    assertThat(none.name(MASTER, Map.of("kmip_host", "vault"))).startsWith("tag:");
  }
}
