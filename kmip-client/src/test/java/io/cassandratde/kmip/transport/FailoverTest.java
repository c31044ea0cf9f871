package io.cassandratde.kmip.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cassandratde.kmip.HostHealth;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.hostile.HostileServer;
import io.cassandratde.kmip.hostile.Talk;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.Get;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ordered hosts, back-off by an injected clock, and the overall deadline. */
@Timeout(120)
class FailoverTest {
  private volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private KmipClient client(KmipHost... hosts) throws KmipException {
    return new KmipClient(HostileServer.settings(List.of(hosts)), () -> now);
  }

  private static KmipHost answering(KmipClient client) throws KmipException {
    return client.exchange(new Get("key")).host();
  }

  @Test
  void should_ask_the_second_host_if_the_first_is_dead() throws KmipException {
    KmipHost dead = HostileServer.closedPort();
    try (HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = client(dead, second.host())) {
      assertThat(answering(client)).isEqualTo(second.host());
      HostHealth health = client.health().get(0);
      assertThat(health.host()).isEqualTo(dead);
      assertThat(health.consecutiveFailures()).isOne();
      assertThat(health.lastError()).contains("refused");
      assertThat(health.retryAfter()).isEqualTo(now.plusSeconds(1));
      assertThat(client.health().get(1).lastSuccess()).isEqualTo(now);
    }
  }

  @Test
  void should_create_on_the_second_host_if_the_first_is_dead() throws KmipException {
    try (HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = client(HostileServer.closedPort(), second.host())) {
      assertThat(client.call(new Create(Attributes.EMPTY)).uniqueIdentifier()).isEqualTo("created");
      assertThat(second.received(OperationCode.CREATE)).isOne();
    }
  }

  @Test
  void should_list_every_host_with_its_reason_if_all_are_down() throws KmipException {
    KmipHost dead = HostileServer.closedPort();
    KmipHost nameless = new KmipHost("no-such-host.invalid", 5696);
    try (HostileServer silent = new HostileServer(FailoverTest::hold);
        KmipClient client =
            new KmipClient(
                HostileServer.settings(List.of(dead, silent.host(), nameless))
                    .withTimeouts(
                        Duration.ofSeconds(10), Duration.ofMillis(600), Duration.ofSeconds(20)))) {
      KmipUnavailableException down =
          catchThrowableOfType(KmipUnavailableException.class, () -> client.call(new Get("key-7")));
      assertThat(down.reasons())
          .containsOnlyKeys(dead.toString(), silent.host().toString(), nameless.toString());
      assertThat(down.getMessage())
          .contains("Get of key key-7", "'test'", "no complete answer within the time-out")
          .contains(dead.toString(), silent.host().toString(), nameless.toString())
          .endsWith(
              ". Check that the servers run, host and port in kmip_hosts, and firewalls; a slow"
                  + " server needs a longer timeout.");
    }
  }

  private static void hold(Talk talk) throws IOException {
    talk.read();
    talk.read();
  }

  @Test
  void should_pass_over_a_failed_host_until_its_back_off_is_over() throws KmipException {
    try (HostileServer first = new HostileServer(talk -> {});
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = client(first.host(), second.host())) {
      assertThat(answering(client)).isEqualTo(second.host());
      int tried = first.connections();
      first.become(Talk::behave);

      pass(Duration.ofMillis(999));
      assertThat(answering(client)).isEqualTo(second.host());
      assertThat(first.connections()).isEqualTo(tried);

      pass(Duration.ofMillis(1));
      assertThat(answering(client)).isEqualTo(first.host());
      assertThat(client.health().get(0).lastError()).isNull();
    }
  }

  @Test
  void should_back_off_longer_each_time_up_to_a_minute() throws KmipException {
    try (HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = client(HostileServer.closedPort(), second.host())) {
      for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 64, 64}) {
        assertThat(answering(client)).isEqualTo(second.host());
        assertThat(client.health().get(0).retryAfter()).isEqualTo(now.plusSeconds(seconds));
        pass(Duration.ofSeconds(seconds));
      }
    }
  }

  @Test
  void should_still_try_every_host_if_all_back_off() throws KmipException {
    try (HostileServer first = new HostileServer(talk -> {});
        KmipClient client = client(first.host(), HostileServer.closedPort())) {
      assertThat(
              catchThrowableOfType(
                  KmipUnavailableException.class, () -> client.call(new Get("key"))))
          .isNotNull();
      first.become(Talk::behave);
      assertThat(answering(client)).isEqualTo(first.host());
      assertThat(client.health().get(0).latency()).isNotNull();
      assertThat(client.health().get(1).latency()).isNull();
    }
  }

  @Test
  void should_count_an_outage_once_however_many_calls_met_it() {
    Backoff backoff = new Backoff(() -> now);
    for (int i = 0; i < 16; i++) {
      backoff.failed("down");
    }
    assertThat(backoff.state().retryAfter()).isEqualTo(now.plusSeconds(1));
    assertThat(backoff.state().consecutiveFailures()).isEqualTo(16);
  }

  @Test
  void should_end_by_the_overall_deadline() throws KmipException {
    try (HostileServer one = new HostileServer(FailoverTest::hold);
        HostileServer two = new HostileServer(FailoverTest::hold);
        HostileServer three = new HostileServer(FailoverTest::hold);
        KmipClient client =
            new KmipClient(
                HostileServer.settings(one, two, three)
                    .withTimeouts(
                        Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(1)))) {
      long start = System.nanoTime();
      KmipUnavailableException down =
          catchThrowableOfType(KmipUnavailableException.class, () -> client.call(new Get("key")));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("by the deadline, and not by one of the time-outs of a minute")
          .isBetween(Duration.ofMillis(900), Duration.ofSeconds(30));
      assertThat(down.reasons().get(three.host().toString())).contains("not tried");
      assertThat(three.connections()).isZero();
    }
  }

  @Test
  void should_ask_only_the_host_that_is_named() throws KmipException {
    try (HostileServer first = new HostileServer(Talk::behave);
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = client(first.host(), second.host())) {
      assertThat(client.exchangeOn(second.host(), new Get("key")).host()).isEqualTo(second.host());
      int before = second.connections();
      client.exchangeOn(second.host(), new Get("key"));
      assertThat(second.connections()).as("a fresh one").isEqualTo(before + 1);
      assertThat(first.connections()).isZero();
      second.close();
      assertThat(
              catchThrowableOfType(
                      KmipUnavailableException.class,
                      () -> client.exchangeOn(second.host(), new Get("key")))
                  .reasons())
          .containsOnlyKeys(second.host().toString());
      assertThat(first.connections()).isZero();
    }
  }

  @Test
  void should_end_calls_in_flight_if_the_client_is_closed() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    HostileServer.Behaviour silent =
        talk -> {
          talk.read();
          arrived.countDown();
          talk.read();
        };
    try (HostileServer server = new HostileServer(silent)) {
      KmipClient client =
          new KmipClient(
              HostileServer.settings(server)
                  .withTimeouts(
                      Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5)));
      AtomicReference<KmipUnavailableException> thrown = new AtomicReference<>();
      Thread caller =
          new Thread(
              () ->
                  thrown.set(
                      catchThrowableOfType(
                          KmipUnavailableException.class, () -> client.call(new Get("key")))));
      caller.start();
      arrived.await();
      client.close();
      caller.join();
      assertThat(thrown.get()).isNotNull();
      assertThat(
              catchThrowableOfType(
                  KmipUnavailableException.class, () -> client.call(new Get("key"))))
          .hasMessageContaining("this KMIP client is closed");
    }
  }
}
