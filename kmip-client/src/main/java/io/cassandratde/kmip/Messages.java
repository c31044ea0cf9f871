package io.cassandratde.kmip;

import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvDump;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Request and response messages (KMIP 1.4 chapter 7). Request headers are minimal, as servers trip
 * over optional fields; responses are read with tolerance for missing and extra fields.
 */
final class Messages {
  private static final int STATUS_SUCCESS = 0;
  private static final int STATUS_PENDING = 2;

  /** Of the Batch Error Continuation Option: a refused item ends nothing (KMIP 1.4, 6.13). */
  private static final int CONTINUE = 1;

  /** For requests whose items carry no ids; answers then go by position. */
  static final long NO_IDS = 0;

  private static final Structure NO_PAYLOAD = new Structure(Tag.RESPONSE_PAYLOAD, List.of());

  /** Stands for the answer to an operation before which the server ended the batch. */
  private static final Item NOT_REACHED = new Item(null, null, NO_PAYLOAD, false);

  private Messages() {}

  /**
   * One answer of a batch.
   *
   * @param operation the code the server repeats; null where it does not
   * @param refusal null for a success
   * @param reached false: the server ended the batch before this one, so it has no answer
   */
  record Item(
      @Nullable Integer operation, @Nullable Refusal refusal, Structure payload, boolean reached) {}

  /** What a failed item says. */
  record Refusal(ResultReason reason, String message) {}

  /** A decoded response, one item for each operation asked for, in their order. */
  record Response(ProtocolVersion version, @Nullable Instant serverTime, List<Item> items) {}

  /**
   * The bytes of a request, which the caller wipes.
   *
   * @param firstId the batch item id of the first operation, the others count up from it; or {@link
   *     #NO_IDS}
   */
  static byte[] encode(
      List<? extends Operation<?>> operations,
      ProtocolVersion version,
      @Nullable Credential credential,
      long firstId) {
    List<TtlvItem> header = new ArrayList<>();
    header.add(DiscoverVersions.encode(version));
    if (credential != null) {
      header.add(authentication(credential));
    }
    if (operations.size() > 1) {
      header.add(new TtlvItem.Enumeration(Tag.BATCH_ERROR_CONTINUATION_OPTION, CONTINUE));
      header.add(new TtlvItem.Bool(Tag.BATCH_ORDER_OPTION, true));
    }
    header.add(new TtlvItem.IntegerItem(Tag.BATCH_COUNT, operations.size()));
    List<TtlvItem> message = new ArrayList<>();
    message.add(new Structure(Tag.REQUEST_HEADER, header));
    for (int i = 0; i < operations.size(); i++) {
      Operation<?> operation = operations.get(i);
      List<TtlvItem> item = new ArrayList<>();
      item.add(new TtlvItem.Enumeration(Tag.OPERATION, operation.code().code()));
      if (firstId != NO_IDS) {
        item.add(new TtlvItem.Bytes(Tag.UNIQUE_BATCH_ITEM_ID, batchId(firstId + i)));
      }
      item.add(operation.encodeRequest(version));
      message.add(new Structure(Tag.BATCH_ITEM, item));
    }
    return TtlvEncoder.encode(new Structure(Tag.REQUEST_MESSAGE, message));
  }

  private static byte[] batchId(long id) {
    return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
  }

  /** The password becomes a String here for the length of a request: TTLV has no other text. */
  private static Structure authentication(Credential credential) {
    char[] password = credential.password();
    try {
      Structure value =
          new Structure(
              Tag.CREDENTIAL_VALUE,
              new TtlvItem.Text(Tag.USERNAME, credential.user()),
              new TtlvItem.Text(Tag.PASSWORD, new String(password)));
      int usernameAndPassword = 1;
      return new Structure(
          Tag.AUTHENTICATION,
          new Structure(
              Tag.CREDENTIAL,
              new TtlvItem.Enumeration(Tag.CREDENTIAL_TYPE, usernameAndPassword),
              value));
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /** Reads a response to that many operations sent without ids; wipes the bytes. */
  static Response decode(byte[] bytes, int operations) throws TtlvException {
    return decode(bytes, operations, NO_IDS);
  }

  /**
   * Reads a response; wipes the bytes. An answer with the id of another request is refused: servers
   * and proxies that answer late would else have their answer taken for that to the next question.
   */
  static Response decode(byte[] bytes, int operations, long firstId) throws TtlvException {
    TtlvItem message;
    try {
      message = new TtlvDecoder().decode(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    if (message.tag() != Tag.RESPONSE_MESSAGE || !(message instanceof Structure response)) {
      throw new TtlvException("not a ResponseMessage", Tag.name(message.tag()));
    }
    Structure header = response.structure(Tag.RESPONSE_HEADER);
    ProtocolVersion version = DiscoverVersions.decode(header.structure(Tag.PROTOCOL_VERSION));
    List<Structure> items = response.all(Tag.BATCH_ITEM, Structure.class);
    Integer count = header.integerOrNull(Tag.BATCH_COUNT);
    if (count != null && count != items.size()) {
      throw new TtlvException(
          "BatchCount %d, but %d batch items".formatted(count, items.size()), "ResponseMessage");
    }
    return new Response(
        version, header.instantOrNull(Tag.TIME_STAMP), inOrder(items, operations, firstId));
  }

  /** One answer per operation, by batch item id where the server repeats it, else by position. */
  private static List<Item> inOrder(List<Structure> items, int operations, long firstId)
      throws TtlvException {
    if (items.isEmpty() || items.size() > operations) {
      throw new TtlvException(
          "%d answers to %d operations".formatted(items.size(), operations), "ResponseMessage");
    }
    @Nullable Item[] ordered = new Item[operations];
    for (int i = 0; i < items.size(); i++) {
      Structure item = items.get(i);
      byte[] id = item.bytesOrNull(Tag.UNIQUE_BATCH_ITEM_ID);
      long index = id == null || firstId == NO_IDS ? i : index(id, firstId);
      if (index < 0 || index >= operations || ordered[(int) index] != null) {
        throw new TtlvException("an answer to another request", "BatchItem");
      }
      ordered[(int) index] = decode(item);
    }
    List<Item> all = new ArrayList<>();
    Item lastGiven = decode(items.get(items.size() - 1));
    for (Item item : ordered) {
      // Only a failure may end a batch early, or stand for the answer to the whole message.
      if (item == null && lastGiven.refusal() == null) {
        throw new TtlvException("an operation of the batch has no answer", "ResponseMessage");
      }
      all.add(item == null ? NOT_REACHED : item);
    }
    return all;
  }

  private static long index(byte[] id, long firstId) {
    return id.length == Long.BYTES ? ByteBuffer.wrap(id).getLong() - firstId : -1;
  }

  private static Item decode(Structure item) throws TtlvException {
    Integer operation = item.enumerationOrNull(Tag.OPERATION);
    int status = item.enumeration(Tag.RESULT_STATUS);
    Structure payload = item.optional(Tag.RESPONSE_PAYLOAD, Structure.class);
    Structure present = payload == null ? NO_PAYLOAD : payload;
    if (status == STATUS_SUCCESS) {
      return new Item(operation, null, present, true);
    }
    if (status == STATUS_PENDING) {
      throw new TtlvException("an asynchronous answer, which was not asked for", "BatchItem");
    }
    Integer reason = item.enumerationOrNull(Tag.RESULT_REASON);
    String text = item.textOrNull(Tag.RESULT_MESSAGE);
    Refusal refusal =
        new Refusal(
            reason == null ? ResultReason.UNKNOWN : ResultReason.ofCode(reason),
            text == null ? "" : TtlvDump.printable(text));
    return new Item(operation, refusal, present, true);
  }
}
