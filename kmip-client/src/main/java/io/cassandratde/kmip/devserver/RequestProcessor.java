package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers request messages: header, batch and error handling (KMIP 1.4 specification, chapters 6
 * and 7). A whole request runs under the store's lock; what it changed is on disk before the answer
 * leaves.
 */
final class RequestProcessor {
  private static final int SUCCESS = 0;
  private static final int FAILED = 1;
  private static final int UNDONE = 3;
  private static final int CONTINUE = 1;
  private static final int STOP = 2;
  private static final int UNDO = 3;
  private static final int MAX_BATCH_ITEMS = 256;

  private final DevServerSettings settings;
  private final ObjectStore store;

  RequestProcessor(DevServerSettings settings, ObjectStore store) {
    this.settings = settings;
    this.store = store;
  }

  /**
   * The answer to one message.
   *
   * @throws IOException when the store file cannot be written; the client then gets no answer, as
   *     none would be true
   */
  byte[] answer(byte[] message, String client) throws IOException {
    settings.behaviour().countMessage();
    Fields request;
    Fields header;
    int version;
    try {
      TtlvItem item = Wire.decode(message);
      if (item.tag() != Wire.tag("RequestMessage")) {
        throw new KmipFailure(Reason.INVALID_MESSAGE, "not a request message");
      }
      request = Fields.of(item);
      header = request.structure("RequestHeader");
      Fields protocol = header.structure("ProtocolVersion");
      version =
          protocol.requireInteger("ProtocolVersionMajor") * 100
              + protocol.requireInteger("ProtocolVersionMinor");
      if (!QueryOperations.speaks(version, settings.behaviour())) {
        throw new KmipFailure(
            Reason.INVALID_MESSAGE, "protocol version " + version / 100 + "." + version % 100);
      }
      if (header.requireInteger("BatchCount") != request.items("BatchItem").size()) {
        throw new KmipFailure(Reason.INVALID_MESSAGE, "the batch count is wrong");
      }
      if (request.items("BatchItem").size() > maxBatchItems()) {
        throw new KmipFailure(Reason.INVALID_MESSAGE, "too many batch items");
      }
    } catch (KmipFailure e) {
      return wholeFailure(100, e);
    }
    return process(request, header, version, client);
  }

  private int maxBatchItems() {
    return settings.behaviour().batches() == DevServerBehaviour.Batches.REFUSED
        ? 1
        : MAX_BATCH_ITEMS;
  }

  private byte[] process(Fields request, Fields header, int version, String client)
      throws IOException {
    Exchange exchange = new Exchange(settings, store, client, version);
    List<TtlvItem> answers;
    for (Fields item : request.structures("BatchItem")) {
      settings.behaviour().arriving(Operations.name(item.integer("Operation")));
    }
    store.lock().lock();
    try {
      answers = batch(request, header.integer("BatchErrorContinuationOption", STOP), exchange);
      if (exchange.changed()) {
        store.save();
      }
    } finally {
      store.lock().unlock();
    }
    byte[] response = message(version, header.text("ClientCorrelationValue"), answers);
    Integer limit = header.integer("MaximumResponseSize");
    if (limit != null && response.length > limit) {
      KmipFailure failure =
          new KmipFailure(Reason.RESPONSE_TOO_LARGE, response.length + " > " + limit);
      return message(
          version,
          header.text("ClientCorrelationValue"),
          request.structures("BatchItem").stream()
              .map(item -> answer(item, FAILED, failure, null))
              .toList());
    }
    return response;
  }

  private List<TtlvItem> batch(Fields request, int onError, Exchange exchange) {
    List<Fields> items = request.structures("BatchItem");
    List<ManagedObject> before = onError == UNDO ? store.snapshot() : List.of();
    List<TtlvItem> answers = new ArrayList<>();
    for (Fields item : items) {
      KmipFailure failure = null;
      TtlvItem payload = null;
      try {
        if (item.structure("MessageExtension").bool("CriticalityIndicator")) {
          throw new KmipFailure(Reason.FEATURE_NOT_SUPPORTED, "a critical message extension");
        }
        payload =
            Operations.run(item.integer("Operation"), item.structure("RequestPayload"), exchange);
      } catch (KmipFailure e) {
        failure = e;
      }
      answers.add(answer(item, failure == null ? SUCCESS : FAILED, failure, payload));
      if (failure != null && onError == UNDO) {
        store.restore(before);
        return undone(items, answers);
      }
      if (failure != null
          && (onError != CONTINUE
              || settings.behaviour().batches() == DevServerBehaviour.Batches.ENDED_BY_A_FAILURE)) {
        return answers;
      }
    }
    return answers;
  }

  /** The items before the failed one are answered as undone, without their payloads. */
  private static List<TtlvItem> undone(List<Fields> items, List<TtlvItem> answers) {
    List<TtlvItem> undone = new ArrayList<>();
    for (int i = 0; i < answers.size() - 1; i++) {
      undone.add(answer(items.get(i), UNDONE, null, null));
    }
    undone.add(answers.get(answers.size() - 1));
    return undone;
  }

  private static TtlvItem answer(
      Fields item, int status, @Nullable KmipFailure failure, @Nullable TtlvItem payload) {
    Build answer = new Build("BatchItem");
    TtlvItem operation = item.item("Operation");
    if (operation != null) {
      answer.item(operation);
    }
    TtlvItem id = item.item("UniqueBatchItemID");
    if (id != null) {
      answer.item(id);
    }
    answer.enumeration("ResultStatus", status);
    if (failure != null) {
      answer
          .enumeration("ResultReason", failure.reasonCode())
          .text("ResultMessage", failure.text());
    }
    return payload == null ? answer.build() : answer.item(payload).build();
  }

  /** A message that cannot be processed at all is answered by one item without an operation. */
  private byte[] wholeFailure(int version, KmipFailure failure) {
    TtlvItem item = answer(Fields.of(null), FAILED, failure, null);
    return message(version, null, List.of(item));
  }

  private byte[] message(int version, @Nullable String correlation, List<TtlvItem> answers) {
    Build header = new Build("ResponseHeader").structure(QueryOperations.version(version));
    if (settings.behaviour().timeStamps()) {
      header.date("TimeStamp", settings.clock().instant());
    }
    if (correlation != null) {
      header.text("ServerCorrelationValue", "dev-" + correlation);
    }
    header.integer("BatchCount", answers.size());
    return Wire.encode(new Build("ResponseMessage").structure(header).items(answers).build());
  }
}
