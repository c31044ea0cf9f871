package io.cassandratde.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.devserver.DevServerSettings;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.devca.DevCertificates;
import io.cassandratde.tools.devca.DevStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A development server over mutual TLS, and a session whose configuration names it as prod. */
public final class KmipFixture implements AutoCloseable {

  private final DevStores stores;
  private final KmipDevServer server;
  private final TestSession session = new TestSession();

  /** How far the server's clock has moved on. */
  private volatile Duration serverTime = Duration.ZERO;

  public KmipFixture(Path directory) throws Exception {
    stores = DevCertificates.create(directory, List.of(), new SecureRandom(), Instant.now());
    server =
        KmipDevServer.start(
            DevServerSettings.of(
                    stores.serverStore(),
                    stores.password(stores.serverStore()),
                    stores.trustStore(),
                    stores.password(stores.trustStore()))
                .withClock(() -> Instant.now().plus(serverTime)));
    stores.writeConfiguration("prod", "127.0.0.1:" + server.port());
    String text = Files.readString(stores.configuration());
    assertThat(text).contains("timeout: 5000");
    // A time-out that no busy machine reaches.
    configure(text.replace("timeout: 5000", "timeout: 60000"));
    session.environment("TDE_CONFIG", stores.configuration().toString());
  }

  public TestSession session() {
    return session;
  }

  public KmipDevServer server() {
    return server;
  }

  public Path configuration() {
    return stores.configuration();
  }

  public void configure(String text) throws IOException {
    Files.writeString(stores.configuration(), text);
  }

  /** More options at the end of the configuration. */
  public void configureToo(String text) throws IOException {
    configure(Files.readString(stores.configuration()) + text);
  }

  /** Past every date that a command would wait for. */
  public void anHourPasses() {
    serverTime = serverTime.plus(Duration.ofHours(1));
  }

  /** The id of a new key. */
  public String newKey() {
    assertThat(session.run("createsystemkey", "AES", "256", "-k=prod"))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    return session.out().split(" ", 4)[2];
  }

  @Override
  public void close() {
    server.close();
  }
}
