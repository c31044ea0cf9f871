package io.cassandratde.kmip.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.Get;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that fail before a request can be sent. Then even a Create may go to the next host. */
@Timeout(120)
class HostileHandshakeTest {
  private static final Duration SHORT = Duration.ofMillis(700);
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Where a sound handshake follows under the same time-out, perhaps on a busy machine. */
  private static final Duration FIVE = Duration.ofSeconds(5);

  /** For a busy machine, over the time-out; what ends by the overall deadline only is later. */
  private static final Duration ROOM = Duration.ofSeconds(20);

  private static final byte[] HANDSHAKE_FAILURE = {0x15, 3, 3, 0, 2, 2, 40};

  private record Case(
      String name,
      Class<? extends KmipException> expected,
      String reason,
      HostileServer.Behaviour behaviour) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> stalls() {
    return Stream.of(
        stall("never shakes hands", Talk::stall),
        stall("drips its handshake", HostileHandshakeTest::drip));
  }

  private static Case stall(String name, HostileServer.Behaviour behaviour) {
    return new Case(
        name, KmipUnavailableException.class, "no TLS handshake within 700 ms", behaviour);
  }

  static Stream<Case> faults() {
    return Stream.of(
        new Case(
            "closes at once",
            KmipUnavailableException.class,
            "closed during the TLS handshake",
            talk -> {}),
        new Case(
            "resets",
            KmipUnavailableException.class,
            "closed during the TLS handshake",
            HostileHandshakeTest::resetAfterTheFirstBytes),
        new Case(
            "speaks plain text",
            KmipTlsException.class,
            "does not speak TLS",
            talk -> plain(talk, "220 mail.example ESMTP\r\n".getBytes(StandardCharsets.UTF_8))),
        new Case(
            "sends a TLS alert",
            KmipTlsException.class,
            "no protocol and cipher suite in common",
            talk -> plain(talk, HANDSHAKE_FAILURE)));
  }

  /** Before them, the reset may also end connect() itself, which is another failure. */
  private static void resetAfterTheFirstBytes(Talk talk) throws IOException {
    talk.raw().getInputStream().read(new byte[16]);
    talk.reset();
  }

  private static void plain(Talk talk, byte[] bytes) throws IOException {
    talk.raw().getInputStream().read(new byte[16]);
    talk.raw().getOutputStream().write(bytes);
    talk.stall();
  }

  private static void drip(Talk talk) throws IOException {
    // A handshake record of 16000 bytes that never gets there.
    talk.raw().getOutputStream().write(new byte[] {0x16, 3, 3, 0x3E, (byte) 0x80});
    while (true) {
      talk.raw().getOutputStream().write(2);
      talk.pause(Duration.ofMillis(100));
    }
  }

  private static KmipSettings settings(Duration connect, HostileServer... servers) {
    return HostileServer.settings(servers).withTimeouts(connect, LONG, LONG.multipliedBy(2));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void should_end_typed(Case each) throws KmipException {
    try (HostileServer server = new HostileServer(each.behaviour());
        KmipClient client = new KmipClient(settings(LONG, server))) {
      assertFails(client, server, each);
    }
  }

  @ParameterizedTest
  @MethodSource("stalls")
  void should_end_in_time(Case each) throws KmipException {
    try (HostileServer server = new HostileServer(each.behaviour());
        KmipClient client = new KmipClient(settings(SHORT, server))) {
      long start = System.nanoTime();
      assertFails(client, server, each);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, SHORT.plus(ROOM));
    }
  }

  private static void assertFails(KmipClient client, HostileServer server, Case each) {
    assertThat(catchThrowable(() -> client.call(new Get("key"))))
        .isExactlyInstanceOf(each.expected())
        .hasMessageContaining(server.host().toString())
        .hasMessageContaining(each.reason());
  }

  @ParameterizedTest
  @MethodSource({"faults", "stalls"})
  void should_create_on_the_second_host(Case each) throws KmipException {
    try (HostileServer first = new HostileServer(each.behaviour());
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client =
            new KmipClient(
                settings(each.reason().contains("700 ms") ? FIVE : LONG, first, second))) {
      assertThat(client.call(new Create(Attributes.EMPTY)).uniqueIdentifier()).isEqualTo("created");
      assertThat(second.received(OperationCode.CREATE)).isOne();
    }
  }

  @Test
  void should_give_up_on_a_port_that_accepts_nobody() throws IOException, KmipException {
    // Linux drops further SYNs when the queue of a socket that never accepts is full.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket one = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket two = new Socket(full.getInetAddress(), full.getLocalPort());
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client =
            new KmipClient(
                HostileServer.settings(
                        List.of(new KmipHost("127.0.0.1", full.getLocalPort()), second.host()))
                    .withTimeouts(FIVE, LONG, LONG.multipliedBy(2)))) {
      assertThat(one.isConnected() && two.isConnected()).isTrue();
      client.call(new Get("key")).close();
      assertThat(client.health().get(0).lastError()).contains("no connection within 5000 ms");
    }
  }
}
