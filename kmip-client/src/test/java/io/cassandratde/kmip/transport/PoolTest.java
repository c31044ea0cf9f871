package io.cassandratde.kmip.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.hostile.Answers;
import io.cassandratde.kmip.hostile.HostileServer;
import io.cassandratde.kmip.hostile.Talk;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.Destroy;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.Locate;
import io.cassandratde.kmip.operation.ReKey;
import io.cassandratde.kmip.operation.Revoke;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections are kept, bounded, given up in time, and no request is sent twice that must not be.
 */
@Timeout(120)
class PoolTest {
  @Test
  void should_use_one_connection_for_one_caller() throws KmipException {
    try (HostileServer server = new HostileServer(Talk::behave);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      for (int i = 0; i < 10; i++) {
        client.call(new Get("key")).close();
      }
      assertThat(server.connections()).isOne();
      assertThat(server.received(OperationCode.DISCOVER_VERSIONS)).isOne();
      assertThat(server.received(OperationCode.GET)).isEqualTo(10);
    }
  }

  @Test
  void should_not_notice_that_the_server_closes_idle_connections() throws KmipException {
    HostileServer.Behaviour onceOnly = talk -> talk.send(Answers.to(talk.read()));
    try (HostileServer server = new HostileServer(onceOnly);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      for (int i = 0; i < 5; i++) {
        client.call(new Get("key")).close();
        client.call(new Create(Attributes.EMPTY));
      }
      assertThat(server.received(OperationCode.GET)).isEqualTo(5);
      assertThat(server.received(OperationCode.CREATE)).isEqualTo(5);
    }
  }

  /** Reads the second request on each connection, and hangs up instead of answering. */
  private static HostileServer.Behaviour diesOnReuse() {
    return talk -> {
      talk.send(Answers.to(talk.read()));
      talk.read();
    };
  }

  @Test
  void should_repeat_an_idempotent_request_once_on_a_fresh_connection() throws KmipException {
    try (HostileServer server = new HostileServer(diesOnReuse());
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      client.call(new Get("key")).close();
      assertThat(server.received(OperationCode.GET)).isEqualTo(2);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void should_not_repeat_it_a_second_time() throws KmipException {
    // Answers the question for versions, and hangs up at whatever else.
    HostileServer.Behaviour dies =
        talk -> {
          Structure request = talk.read();
          while (Answers.isDiscovery(request)) {
            talk.send(Answers.to(request));
            request = talk.read();
          }
        };
    try (HostileServer server = new HostileServer(dies);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      assertThat(
              catchThrowableOfType(
                  KmipUnavailableException.class, () -> client.call(new Get("key"))))
          .hasMessageContaining("the connection ended before the answer");
      assertThat(server.received(OperationCode.GET)).isEqualTo(2);
    }
  }

  static Stream<Operation<?>> notIdempotent() {
    return Stream.of(
        new Create(Attributes.EMPTY),
        new Activate("key"),
        new Revoke("key", RevocationReason.UNSPECIFIED),
        new Destroy("key"),
        new ReKey("key"));
  }

  @ParameterizedTest
  @MethodSource("notIdempotent")
  void should_never_repeat(Operation<?> operation) throws KmipException {
    try (HostileServer server = new HostileServer(Talk::behave);
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = new KmipClient(HostileServer.settings(server, second))) {
      client.call(new Get("key")).close(); // negotiated, and a connection is pooled
      server.become(talk -> talk.read());
      assertThat(catchThrowableOfType(KmipUnavailableException.class, () -> client.call(operation)))
          .hasMessageContaining("It may have been carried out");
      assertThat(server.received(operation.code())).isOne();
      assertThat(second.connections()).isZero();
    }
  }

  @Test
  void should_hold_no_more_connections_than_allowed_under_16_threads() throws Exception {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger peak = new AtomicInteger();
    HostileServer.Behaviour counting =
        talk -> {
          while (true) {
            Structure request = talk.read();
            peak.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            Structure answer = Answers.to(request);
            inFlight.decrementAndGet();
            talk.send(answer);
          }
        };
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try (HostileServer server = new HostileServer(counting);
        KmipClient client =
            new KmipClient(HostileServer.settings(server).withPool(3, Duration.ofMinutes(1)))) {
      List<Callable<Object>> calls = new ArrayList<>();
      for (int i = 0; i < 160; i++) {
        Operation<?> operation =
            i % 8 == 0 ? new Create(Attributes.EMPTY) : new Locate(Attributes.EMPTY);
        calls.add(() -> client.call(operation));
      }
      for (Future<Object> result : threads.invokeAll(calls)) {
        assertThat(result.get()).isNotNull();
      }
      assertThat(peak).hasValueLessThanOrEqualTo(3);
      // Closed here may not yet be seen there.
      while (server.openConnections() > 3) {
        LockSupport.parkNanos(1_000_000); // ends with the test's time-out at the latest
      }
      assertThat(server.received(OperationCode.CREATE)).isEqualTo(20);
      assertThat(server.received(OperationCode.LOCATE)).isEqualTo(140);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void should_not_hold_it_against_a_host_that_the_pool_is_busy() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    HostileServer.Behaviour slow =
        talk -> {
          Structure request = talk.read();
          arrived.countDown();
          try {
            released.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          talk.send(Answers.to(request));
          talk.behave();
        };
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (HostileServer server = new HostileServer(slow);
        Failover failover =
            new Failover(
                HostileServer.settings(server).withPool(1, Duration.ofMinutes(1)),
                InstantSource.system(),
                System::nanoTime)) {
      Failover.HostCall<byte[]> patient =
          (channel, deadline) -> channel.exchange(discovery(), true, deadline);
      Future<byte[]> first = threads.submit(() -> failover.run("first", true, patient));
      arrived.await();
      Failover.HostCall<byte[]> hurried =
          (channel, deadline) ->
              channel.exchange(discovery(), true, deadline.orAfter(Duration.ofMillis(50)));
      assertThat(
              catchThrowableOfType(
                  KmipUnavailableException.class, () -> failover.run("second", true, hurried)))
          .hasMessageContaining("all 1 connections were busy")
          .hasMessageContaining("Raise max_connections_per_host");
      assertThat(failover.health(host -> null).get(0).consecutiveFailures()).isZero();
      released.countDown();
      assertThat(first.get()).isNotEmpty();
      failover.run("third", true, patient);
      assertThat(server.connections()).isOne();
    } finally {
      released.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void should_give_up_connections_that_were_idle_too_long() throws KmipException {
    AtomicLong nanos = new AtomicLong();
    try (HostileServer server = new HostileServer(Talk::behave);
        Failover failover =
            new Failover(
                HostileServer.settings(server)
                    .withTimeouts(
                        Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofHours(1))
                    .withPool(2, Duration.ofSeconds(20)),
                InstantSource.system(),
                nanos::get)) {
      Failover.HostCall<byte[]> call =
          (channel, deadline) -> channel.exchange(discovery(), true, deadline);
      failover.run("first", true, call);
      nanos.addAndGet(Duration.ofSeconds(20).toNanos());
      failover.run("at the limit", true, call);
      assertThat(server.connections()).isOne();
      nanos.addAndGet(Duration.ofSeconds(20).toNanos() + 1);
      failover.run("over the limit", true, call);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  private static byte[] discovery() {
    return TtlvEncoder.encode(
        new Structure(
            Tag.REQUEST_MESSAGE,
            new Structure(
                Tag.BATCH_ITEM,
                new TtlvItem.Enumeration(Tag.OPERATION, OperationCode.DISCOVER_VERSIONS.code()),
                new Structure(Tag.REQUEST_PAYLOAD))));
  }
}
