package io.cassandratde.kmip;

import io.cassandratde.kmip.Messages.Item;
import io.cassandratde.kmip.Messages.Refusal;
import io.cassandratde.kmip.ttlv.TtlvException;

/** What the client does with the bytes of an answer, without a network, for tests elsewhere. */
public final class ResponseReading {
  /** Of the request that was asked. */
  public static final byte BATCH_ITEM_ID = 1;

  private static final KmipHost HOST = new KmipHost("host", 5696);
  private static final Refusals REFUSALS = new Refusals("group");

  private ResponseReading() {}

  /**
   * As in {@link KmipClient#call}.
   *
   * @param answer is wiped
   */
  public static <R> R read(byte[] answer, Operation<R> operation, ProtocolVersion version)
      throws TtlvException, KmipException {
    Item item = Messages.decode(answer, 1, BATCH_ITEM_ID).items().get(0);
    Refusal refusal = item.refusal();
    if (refusal != null) {
      throw REFUSALS.of(HOST, operation, refusal);
    }
    return operation.decodeResponse(item.payload(), version);
  }
}
