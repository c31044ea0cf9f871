package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Who may connect, and whose objects are whose. */
class OwnershipTest {
  private static final int PERMISSION_DENIED = 12;
  private final TestStores stores = TestStores.get();

  @Test
  void objects_belong_to_the_common_name_that_made_them() throws IOException {
    try (KmipDevServer server = KmipDevServer.start(stores.serverSettings().withOwnerCheck(true));
        Dialogue owner = new Dialogue(server, 104);
        Dialogue sameOwner = new Dialogue(server, 104);
        Dialogue stranger = new Dialogue(server, 104, stores.otherClient())) {
      String id = owner.create();
      assertThat(sameOwner.material(id)).isEqualTo(owner.material(id));
      for (String operation :
          new String[] {"Get", "GetAttributes", "Activate", "Destroy", "ReKey"}) {
        assertThat(stranger.call(operation, payload(id)).reason())
            .as(operation)
            .isEqualTo(PERMISSION_DENIED);
      }
      assertThat(stranger.locate()).isEmpty();
      assertThat(owner.locate()).containsExactly(id);
      assertThat(owner.state(id)).isEqualTo(ObjectState.PRE_ACTIVE);
    }
  }

  @Test
  void without_the_check_everyone_shares() throws IOException {
    try (KmipDevServer server = KmipDevServer.start(stores.serverSettings());
        Dialogue one = new Dialogue(server, 104);
        Dialogue other = new Dialogue(server, 104, stores.otherClient())) {
      String id = one.create();
      assertThat(other.material(id)).isEqualTo(one.material(id));
    }
  }

  @Test
  void a_certificate_of_another_authority_is_refused() throws IOException {
    try (KmipDevServer server = KmipDevServer.start(stores.serverSettings())) {
      assertThatThrownBy(
              () -> {
                // TLS 1.3 tells the client only after its handshake: at the first answer.
                try (Dialogue foreign = new Dialogue(server, 104, stores.foreignClient())) {
                  foreign.locate();
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void the_banner_says_development_only_and_shows_no_password() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream banner = new PrintStream(out, true, StandardCharsets.UTF_8);
    DevServerSettings settings = stores.serverSettings().withBanner(banner);
    try (KmipDevServer server = KmipDevServer.start(settings)) {
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("DEVELOPMENT ONLY", String.valueOf(server.port()));
    }
    assertThat(settings.toString()).doesNotContain(new String(stores.password()));
  }

  @Test
  void a_wrong_password_names_the_file() {
    DevServerSettings settings =
        DevServerSettings.of(
            stores.server(), "wrong".toCharArray(), stores.truststore(), stores.password());
    assertThatThrownBy(() -> KmipDevServer.start(settings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(stores.server().toString());
  }
}
