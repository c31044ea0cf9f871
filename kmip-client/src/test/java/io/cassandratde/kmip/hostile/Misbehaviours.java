package io.cassandratde.kmip.hostile;

import static io.cassandratde.kmip.hostile.Misbehaviour.outage;
import static io.cassandratde.kmip.hostile.Misbehaviour.stall;
import static io.cassandratde.kmip.hostile.Misbehaviour.wrong;

import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The catalogue: framing, timing, structure, and answers to another question. */
final class Misbehaviours {
  /** As the client's limit: 2 MiB with the header. */
  private static final int LARGEST_BODY = 2 * 1024 * 1024 - 8;

  private static final Duration DRIP = Duration.ofMillis(100);

  private Misbehaviours() {}

  /** Whatever the question was. */
  static List<Misbehaviour> toAnything() {
    return List.of(
        outage("closes at once", (talk, request) -> hangUp()),
        outage("resets the connection", (talk, request) -> talk.reset()),
        outage("half-closes", (talk, request) -> talk.halfClose()),
        stall("never answers", (talk, request) -> talk.stall()),
        stall("drips a byte every 100 ms", (talk, request) -> talk.drip(good(request), DRIP)),
        outage("sends half a header", (talk, request) -> cut(talk, good(request), 5)),
        outage("sends a header only", (talk, request) -> cut(talk, good(request), 8)),
        outage("sends half a body", (talk, request) -> cut(talk, good(request), 40)),
        stall(
            "announces what the limit allows and sends none of it",
            (talk, request) -> {
              talk.send(Talk.header(LARGEST_BODY));
              talk.stall();
            }),
        outage("breaks the TLS layer", (talk, request) -> breakTls(talk)),
        outage("sends a TLS alert", (talk, request) -> talk.alert()),
        wrong("announces 2 GiB", (talk, request) -> talk.send(Talk.header(0x7FFFFFF8))),
        wrong("announces 4 GiB", (talk, request) -> talk.send(Talk.header(-8))),
        wrong("announces 8 over limit", (talk, request) -> talk.send(Talk.header(2097152))),
        wrong("announces an odd length", (talk, request) -> talk.send(Talk.header(41))),
        wrong("sends garbage", (talk, request) -> talk.send(garbage())),
        wrong("speaks HTTP", (talk, request) -> talk.send(http())),
        wrong("sends the request back", (talk, request) -> talk.send(request)),
        wrong("nests 10000 deep", (talk, request) -> talk.send(nested())),
        wrong("sends 100001 items", (talk, request) -> talk.send(items(100_001))),
        wrong("an inner length leaves its parent", (talk, request) -> talk.send(leaving(request))),
        wrong("sends an empty message", (talk, request) -> talk.send(Talk.header(0))));
  }

  /** Well-formed, but no answer to a Get. */
  static List<Misbehaviour> toGet() {
    return List.of(
        wrong("answers another operation", (talk, request) -> talk.send(otherOperation())),
        wrong("has no items", (talk, request) -> talk.send(Answers.message(0))),
        wrong(
            "announces two items and has one",
            (talk, request) -> talk.send(Answers.message(2, item(Answers.to(request))))),
        wrong(
            "has two items, asked for one",
            (talk, request) -> {
              Structure item = item(Answers.to(request));
              talk.send(Answers.message(2, item, item));
            }),
        wrong("another key's identifier", (talk, request) -> get(talk, request, "other")),
        wrong("has no payload", (talk, request) -> payload(talk, request)),
        wrong(
            "an identifier that is a number",
            (talk, request) ->
                payload(
                    talk,
                    request,
                    Answers.type(),
                    new TtlvItem.IntegerItem(Tag.UNIQUE_IDENTIFIER, 1),
                    Answers.key(new byte[32]))),
        wrong(
            "an object that is a text",
            (talk, request) ->
                payload(talk, request, Answers.type(), new TtlvItem.Text(Tag.SYMMETRIC_KEY, "k"))),
        wrong(
            "an object type that does not exist",
            (talk, request) ->
                payload(
                    talk, request, new TtlvItem.Enumeration(Tag.OBJECT_TYPE, 99), asked(request))),
        wrong("a key of half the bits it claims", (talk, request) -> key(talk, request, 16)),
        wrong("a key of no bits", (talk, request) -> key(talk, request, 0)),
        wrong(
            "a wrapped key",
            (talk, request) ->
                payload(
                    talk,
                    request,
                    Answers.type(),
                    asked(request),
                    Answers.key(new byte[32], new Structure(Tag.KEY_WRAPPING_DATA)))),
        wrong("a status that is a text", (talk, request) -> talk.send(status("Success"))),
        wrong("says pending", (talk, request) -> talk.send(pending())));
  }

  private static void hangUp() throws EOFException {
    throw new EOFException("as intended");
  }

  private static byte[] good(Structure request) {
    return TtlvEncoder.encode(Answers.to(request));
  }

  private static void cut(Talk talk, byte[] bytes, int at) throws IOException {
    talk.send(Arrays.copyOf(bytes, at));
    hangUp();
  }

  private static void breakTls(Talk talk) throws IOException {
    talk.raw().getOutputStream().write(garbage());
    talk.stall();
  }

  private static byte[] garbage() {
    byte[] bytes = new byte[4096];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] http() {
    return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] nested() {
    int levels = 10_000;
    ByteBuffer out = ByteBuffer.allocate(levels * 8).put(Talk.header((levels - 1) * 8));
    for (int left = levels - 2; left >= 0; left--) {
      out.putInt(Tag.RESPONSE_HEADER << 8 | 1).putInt(left * 8);
    }
    return out.array();
  }

  private static byte[] items(int count) {
    ByteBuffer out = ByteBuffer.allocate(8 + count * 8).put(Talk.header(count * 8));
    for (int i = 0; i < count; i++) {
      out.putInt(Tag.UNIQUE_IDENTIFIER << 8 | 7).putInt(0);
    }
    return out.array();
  }

  private static byte[] leaving(Structure request) {
    byte[] bytes = good(request);
    ByteBuffer.wrap(bytes).putInt(12, bytes.length * 2);
    return bytes;
  }

  private static Structure otherOperation() throws TtlvException {
    return Answers.message(
        1,
        new Structure(
            Tag.BATCH_ITEM,
            new TtlvItem.Enumeration(Tag.OPERATION, OperationCode.DESTROY.code()),
            new TtlvItem.Enumeration(Tag.RESULT_STATUS, 0),
            Answers.payload(Answers.id("key"))));
  }

  private static Structure item(Structure message) throws TtlvException {
    return message.structure(Tag.BATCH_ITEM);
  }

  private static TtlvItem asked(Structure request) throws TtlvException {
    return Answers.id(item(request).structure(Tag.REQUEST_PAYLOAD).text(Tag.UNIQUE_IDENTIFIER));
  }

  private static void payload(Talk talk, Structure request, TtlvItem... items)
      throws IOException, TtlvException {
    talk.send(Answers.success(request, Answers.payload(items)));
  }

  private static void get(Talk talk, Structure request, String id)
      throws IOException, TtlvException {
    payload(talk, request, Answers.type(), Answers.id(id), Answers.key(Answers.material(id)));
  }

  private static void key(Talk talk, Structure request, int bytes)
      throws IOException, TtlvException {
    payload(talk, request, Answers.type(), asked(request), Answers.key(new byte[bytes]));
  }

  private static Structure status(String text) {
    return Answers.message(
        1, new Structure(Tag.BATCH_ITEM, new TtlvItem.Text(Tag.RESULT_STATUS, text)));
  }

  private static Structure pending() {
    return Answers.message(
        1, new Structure(Tag.BATCH_ITEM, new TtlvItem.Enumeration(Tag.RESULT_STATUS, 2)));
  }
}
