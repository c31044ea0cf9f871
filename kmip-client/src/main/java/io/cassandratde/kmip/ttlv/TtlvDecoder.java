package io.cassandratde.kmip.ttlv;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Reads one message within limits. Every length is held against what is left of its parent before
 * anything is allocated, so that memory used is bounded by the bytes really received.
 */
public final class TtlvDecoder {
  /** Tag, type and length: what precedes every value. */
  public static final int HEADER_BYTES = 8;

  // One more second and Instant.ofEpochSecond would throw.
  private static final long MIN_SECOND = Instant.MIN.getEpochSecond();
  private static final long MAX_SECOND = Instant.MAX.getEpochSecond();

  private final TtlvLimits limits;

  public TtlvDecoder(TtlvLimits limits) {
    this.limits = limits;
  }

  public TtlvDecoder() {
    this(TtlvLimits.DEFAULT);
  }

  /**
   * How many bytes follow the first eight of a message, once these announce the expected structure
   * and a size within limits.
   */
  public int bodyLength(byte[] header, int expectedTag) throws TtlvException {
    ByteBuffer in = ByteBuffer.wrap(header);
    int first = in.getInt();
    int length = in.getInt();
    String path = Tag.name(expectedTag);
    if (first >>> 8 != expectedTag || (first & 0xFF) != TtlvType.STRUCTURE.code()) {
      throw new TtlvException("not a KMIP " + path + " but " + hex(first), 0, "");
    }
    if (length < 0 || length > limits.maxMessageBytes() - HEADER_BYTES) {
      throw new TtlvException(
          "the message announces %d bytes, more than the limit of %d"
              .formatted(length & 0xFFFFFFFFL, limits.maxMessageBytes() - HEADER_BYTES),
          4,
          path);
    }
    if (length % 8 != 0) {
      throw new TtlvException("length " + length + " is not a multiple of 8", 4, path);
    }
    return length;
  }

  /** Decodes exactly one item that fills the whole array. */
  public TtlvItem decode(byte[] message) throws TtlvException {
    if (message.length > limits.maxMessageBytes()) {
      throw new TtlvException(
          "message of %d bytes, more than the limit of %d"
              .formatted(message.length, limits.maxMessageBytes()),
          0,
          "");
    }
    Run run = new Run(message);
    TtlvItem item = run.item(message.length);
    if (run.in.hasRemaining()) {
      throw new TtlvException(
          run.in.remaining() + " bytes too many after the item", run.in.position(), "");
    }
    return item;
  }

  private static String hex(int value) {
    return "0x%08X".formatted(value);
  }

  /** One pass over one message. */
  private final class Run {
    private final ByteBuffer in;
    private final Deque<Integer> path = new ArrayDeque<>();
    private int items;

    Run(byte[] message) {
      in = ByteBuffer.wrap(message);
    }

    private TtlvException fail(String problem, int offset) {
      List<String> names = new ArrayList<>();
      path.descendingIterator().forEachRemaining(tag -> names.add(Tag.name(tag)));
      return new TtlvException(problem, offset, String.join("/", names));
    }

    /** Reads an item that must end at or before {@code end}. */
    TtlvItem item(int end) throws TtlvException {
      int start = in.position();
      if (end - start < HEADER_BYTES) {
        throw fail("only %d bytes left for an item".formatted(end - start), start);
      }
      if (++items > limits.maxItems()) {
        throw fail("more than " + limits.maxItems() + " items", start);
      }
      int first = in.getInt();
      int length = in.getInt();
      int tag = first >>> 8;
      path.push(tag);
      TtlvType type = TtlvType.ofCode(first & 0xFF);
      if (type == null) {
        throw fail("unknown item type in " + hex(first), start);
      }
      checkLength(type, length, start, end);
      TtlvItem item = value(tag, type, length, start);
      path.pop();
      return item;
    }

    private void checkLength(TtlvType type, int length, int start, int end) throws TtlvException {
      int room = end - start - HEADER_BYTES;
      if (length < 0 || (length + 7L & ~7L) > room) {
        throw fail(
            "length %d of a %s is more than the %d bytes left"
                .formatted(length & 0xFFFFFFFFL, type.label(), room),
            start);
      }
      int fixed = type.fixedLength();
      if (fixed >= 0 && length != fixed) {
        throw fail("length %d of a %s, not %d".formatted(length, type.label(), fixed), start);
      }
      boolean eights = type == TtlvType.STRUCTURE || type == TtlvType.BIG_INTEGER;
      if (eights && length % 8 != 0) {
        throw fail("length %d of a %s, no multiple of 8".formatted(length, type.label()), start);
      }
    }

    private TtlvItem value(int tag, TtlvType type, int length, int start) throws TtlvException {
      return switch (type) {
        case STRUCTURE -> structure(tag, length, start);
        case BIG_INTEGER -> new TtlvItem.BigInt(tag, bigInteger(length, start));
        case TEXT_STRING -> new TtlvItem.Text(tag, text(length, start));
        case BYTE_STRING -> new TtlvItem.Bytes(tag, take(length));
        case INTEGER -> new TtlvItem.IntegerItem(tag, fourBytes());
        case ENUMERATION -> new TtlvItem.Enumeration(tag, fourBytes());
        case INTERVAL -> new TtlvItem.Interval(tag, fourBytes() & 0xFFFFFFFFL);
        case LONG_INTEGER -> new TtlvItem.LongInteger(tag, in.getLong());
        case DATE_TIME_EXTENDED -> new TtlvItem.DateTimeExtended(tag, in.getLong());
        case DATE_TIME -> new TtlvItem.DateTime(tag, instant(start));
        case BOOLEAN -> new TtlvItem.Bool(tag, bool(start));
      };
    }

    private BigInteger bigInteger(int length, int start) throws TtlvException {
      if (length == 0) {
        throw fail("a BigInteger without bytes", start);
      }
      return new BigInteger(take(length));
    }

    private Instant instant(int start) throws TtlvException {
      long seconds = in.getLong();
      if (seconds < MIN_SECOND || seconds > MAX_SECOND) {
        throw fail("DateTime " + seconds + " is out of range", start);
      }
      return Instant.ofEpochSecond(seconds);
    }

    private boolean bool(int start) throws TtlvException {
      long value = in.getLong();
      if (value != 0 && value != 1) {
        throw fail("a Boolean that is neither 0 nor 1", start);
      }
      return value == 1;
    }

    private TtlvItem structure(int tag, int length, int start) throws TtlvException {
      if (path.size() > limits.maxDepth()) {
        throw fail("structures nested deeper than " + limits.maxDepth(), start);
      }
      int end = in.position() + length;
      List<TtlvItem> children = new ArrayList<>();
      while (in.position() < end) {
        children.add(item(end));
      }
      return new TtlvItem.Structure(tag, children);
    }

    private int fourBytes() {
      int value = in.getInt();
      in.getInt(); // padding
      return value;
    }

    private byte[] take(int length) {
      byte[] value = new byte[length];
      in.get(value);
      skipPadding(length);
      return value;
    }

    private String text(int length, int start) throws TtlvException {
      byte[] raw = take(length);
      try {
        CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw));
        return chars.toString();
      } catch (CharacterCodingException e) {
        throw fail("a TextString that is not UTF-8", start);
      } finally {
        Arrays.fill(raw, (byte) 0); // it may be a password
      }
    }

    /** Padding is skipped, not checked: it has no meaning, and old servers left garbage in it. */
    private void skipPadding(int length) {
      in.position(in.position() + (-length & 7));
    }
  }
}
