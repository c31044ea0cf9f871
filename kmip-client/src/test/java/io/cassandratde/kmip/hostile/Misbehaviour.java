package io.cassandratde.kmip.hostile;

import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipProtocolException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.io.IOException;
import java.time.Duration;

/**
 * One way to answer a request wrongly, on a connection whose handshake was in order.
 *
 * @param expected what the caller gets when this is the only host
 * @param readTimeout short where nothing else ends the call, and yet long enough for the good
 *     answers that stand under it too, on a busy machine
 */
record Misbehaviour(
    String name, Class<? extends KmipException> expected, Duration readTimeout, Reaction reaction) {
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration LONG = HostileServerTest.LONG;

  /** What is done about a request that was read. */
  @FunctionalInterface
  interface Reaction {
    void to(Talk talk, Structure request) throws IOException, TtlvException;
  }

  /** What the client understands to be wrong. */
  static Misbehaviour wrong(String name, Reaction reaction) {
    return new Misbehaviour(name, KmipProtocolException.class, LONG, reaction);
  }

  /** What looks like an outage. */
  static Misbehaviour outage(String name, Reaction reaction) {
    return new Misbehaviour(name, KmipUnavailableException.class, LONG, reaction);
  }

  /** What only a time-out ends. */
  static Misbehaviour stall(String name, Reaction reaction) {
    return new Misbehaviour(name, KmipUnavailableException.class, SHORT, reaction);
  }

  boolean isStall() {
    return readTimeout.equals(SHORT);
  }

  /** Negotiates in good order; misbehaves from then on. */
  HostileServer.Behaviour afterNegotiation() {
    return talk -> {
      while (true) {
        Structure request = talk.read();
        if (Answers.isDiscovery(request)) {
          talk.send(Answers.to(request));
        } else {
          react(talk, request);
        }
      }
    };
  }

  /** Misbehaves from the first request on. */
  HostileServer.Behaviour fromTheStart() {
    return talk -> {
      while (true) {
        react(talk, talk.read());
      }
    };
  }

  private void react(Talk talk, Structure request) throws IOException {
    try {
      reaction.to(talk, request);
    } catch (TtlvException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
