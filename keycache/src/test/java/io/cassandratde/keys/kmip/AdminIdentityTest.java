package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.ObjectState;
import io.cassandratde.kmip.operation.Get;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes own the keys and may not end them; administrators may, with a certificate of their own. */
class AdminIdentityTest {

  private static final RevocationReason WHY = RevocationReason.CESSATION_OF_OPERATION;

  private final DevGroup group = DevGroup.owned();

  @BeforeEach
  void onlyTheAdministratorEndsKeys() {
    group.behaviour().administrator("stranger");
  }

  @AfterEach
  void close() {
    group.close();
  }

  @Test
  void the_nodes_identity_is_refused_and_the_admin_section_is_not() throws Exception {
    try (KeyAdministration asNode = KeyAdministration.open(group.config());
        KeyAdministration admin = KeyAdministration.open(group.withAdmin())) {
      String id = asNode.create(CipherSpec.AES_256, null, null).id();
      assertThatThrownBy(() -> asNode.revoke(id, WHY, null, true))
          .isInstanceOf(KmipAccessDeniedException.class);
      assertThat(asNode.get(id).state()).isEqualTo(KeyState.ACTIVE);

      assertThat(admin.revoke(id, WHY, null, false).key().state()).isEqualTo(KeyState.DEACTIVATED);
      assertThatThrownBy(() -> asNode.destroy(id, true))
          .isInstanceOf(KmipAccessDeniedException.class);
      group.advance(java.time.Duration.ofHours(1));
      assertThat(admin.destroy(id)).isEmpty();
    }
  }

  @Test
  void keys_that_are_made_belong_to_the_nodes() throws Exception {
    try (KeyAdministration admin = KeyAdministration.open(group.withAdmin());
        KmipClient node = new KmipClient(group.config().settings());
        Get.Result key = node.call(new Get(admin.create(CipherSpec.AES_256, null, null).id()))) {
      assertThat(key.bits()).isEqualTo(256);
    }
  }

  /** docs/RULES.md R17: who must be able to read revoked keys are the nodes. */
  @Test
  void the_probe_reads_as_a_node_does() throws Exception {
    try (KeyAdministration admin = KeyAdministration.open(group.withAdmin())) {
      String id = admin.create(CipherSpec.AES_256, null, null).id();
      group.behaviour().refuseGetIn(ObjectState.DEACTIVATED);
      assertThatThrownBy(() -> admin.revoke(id, WHY, null, false))
          .isInstanceOf(DeactivatedKeysNotServedException.class);
      assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
    }
  }
}
