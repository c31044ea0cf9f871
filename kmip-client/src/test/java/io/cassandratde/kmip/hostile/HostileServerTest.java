package io.cassandratde.kmip.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.Locate;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every wrong answer ends in a typed failure within the time-out, and spoils no later call. */
@Timeout(120)
class HostileServerTest {
  static final Duration LONG = Duration.ofSeconds(30);

  /** For a busy machine, over the time-outs; what ends by the overall deadline only is later. */
  private static final Duration ROOM = Duration.ofSeconds(20);

  private static KmipClient client(Duration readTimeout, HostileServer... servers)
      throws KmipException {
    return new KmipClient(
        HostileServer.settings(servers).withTimeouts(LONG, readTimeout, LONG.multipliedBy(2)));
  }

  static Stream<Misbehaviour> toAnything() {
    return Misbehaviours.toAnything().stream();
  }

  static Stream<Misbehaviour> all() {
    return Stream.concat(toAnything(), Misbehaviours.toGet().stream());
  }

  @ParameterizedTest
  @MethodSource("all")
  void should_end_typed_and_in_time_if_a_get_is_answered_so(Misbehaviour misbehaviour)
      throws KmipException {
    assertTypedAndHarmless(misbehaviour, misbehaviour.afterNegotiation());
  }

  @ParameterizedTest
  @MethodSource("toAnything")
  void should_end_typed_and_in_time_if_negotiation_is_answered_so(Misbehaviour misbehaviour)
      throws KmipException {
    assertTypedAndHarmless(misbehaviour, misbehaviour.fromTheStart());
  }

  private static void assertTypedAndHarmless(
      Misbehaviour misbehaviour, HostileServer.Behaviour behaviour) throws KmipException {
    try (HostileServer server = new HostileServer(behaviour);
        KmipClient client = client(misbehaviour.readTimeout(), server)) {
      long start = System.nanoTime();
      Throwable thrown = catchThrowable(() -> client.call(new Get("key")));
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);

      assertThat(thrown)
          .isExactlyInstanceOf(misbehaviour.expected())
          .hasMessageContaining("Get of key key")
          .hasMessageContaining("'test'")
          .hasMessageContaining(server.host().toString());
      assertThat(elapsed)
          .as("by the read time-out where the server stalls, by what it did where it does not")
          .isLessThan(misbehaviour.isStall() ? misbehaviour.readTimeout().plus(ROOM) : LONG);

      server.become(Talk::behave);
      assertGoodKey(client, "next");
      assertThat(client.health().get(0).consecutiveFailures()).isZero();
    }
  }

  private static void assertGoodKey(KmipClient client, String id) throws KmipException {
    try (Get.Result got = client.call(new Get(id))) {
      assertThat(got.key().sameAs(Answers.material(id))).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("toAnything")
  void should_send_a_create_once_only_if_it_is_answered_so(Misbehaviour misbehaviour)
      throws KmipException {
    try (HostileServer server = new HostileServer(misbehaviour.afterNegotiation());
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = client(misbehaviour.readTimeout(), server, second)) {
      assertThat(catchThrowable(() -> client.call(new Create(Attributes.EMPTY))))
          .isExactlyInstanceOf(misbehaviour.expected())
          .hasMessageContaining("It may have been carried out");
      assertThat(server.received(OperationCode.CREATE)).isOne();
      assertThat(second.received(OperationCode.CREATE)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void should_ask_the_second_host_if_the_first_answers_a_get_so(Misbehaviour misbehaviour)
      throws KmipException {
    try (HostileServer server = new HostileServer(misbehaviour.afterNegotiation());
        HostileServer second = new HostileServer(Talk::behave);
        KmipClient client = client(misbehaviour.readTimeout(), server, second)) {
      assertGoodKey(client, "key");
      assertThat(server.received(OperationCode.GET)).isPositive();
      assertThat(second.received(OperationCode.GET)).isOne();
    }
  }

  @Test
  void should_not_take_a_surplus_answer_for_the_next_one() throws KmipException {
    byte[] stale =
        TtlvEncoder.encode(
            Answers.message(
                1,
                new TtlvItem.Structure(
                    Tag.BATCH_ITEM,
                    new TtlvItem.Enumeration(Tag.RESULT_STATUS, 0),
                    Answers.payload(Answers.id("stale")))));
    HostileServer.Behaviour everyAnswerTwice =
        talk -> {
          while (true) {
            var request = talk.read();
            // In one record: what arrives later still is caught by its content, if by anything.
            talk.send(
                Answers.isDiscovery(request)
                    ? TtlvEncoder.encode(Answers.to(request))
                    : twice(TtlvEncoder.encode(Answers.to(request)), stale));
          }
        };
    try (HostileServer server = new HostileServer(everyAnswerTwice);
        KmipClient client = client(LONG, server)) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.call(new Locate(Attributes.EMPTY))).isEqualTo(List.of("found"));
      }
    }
  }

  private static byte[] twice(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  @Test
  void should_give_up_if_the_server_reads_nothing() throws KmipException {
    HostileServer.Behaviour deaf =
        talk -> {
          talk.send(Answers.to(talk.read()));
          talk.stall();
        };
    Attributes large = Attributes.builder().name("x".repeat(16 * 1024 * 1024)).build();
    try (HostileServer server = new HostileServer(deaf);
        KmipClient client = client(Duration.ofSeconds(2), server)) {
      long start = System.nanoTime();
      assertThat(catchThrowable(() -> client.call(new Locate(large))))
          .isExactlyInstanceOf(KmipUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(Duration.ofSeconds(2).plus(ROOM));
    }
  }

  @Test
  void should_make_a_hostile_message_printable() throws KmipException {
    HostileServer.Behaviour rude =
        talk -> {
          while (true) {
            var request = talk.read();
            talk.send(
                Answers.isDiscovery(request)
                    ? Answers.to(request)
                    : Answers.refusal(
                        OperationCode.GET.code(), 0x100, "\u001b[2J\nroot logged in\u202e\0"));
          }
        };
    try (HostileServer server = new HostileServer(rude);
        KmipClient client = client(LONG, server)) {
      Throwable thrown = catchThrowable(() -> client.call(new Get("key")));
      assertThat(thrown).isExactlyInstanceOf(KmipRefusedException.class);
      assertThat(String.valueOf(thrown.getMessage())).doesNotContainPattern("[\\p{Cntrl}\\p{Cf}]");
    }
  }
}
