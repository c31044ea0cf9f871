package io.cassandratde.kmip;

import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import org.jspecify.annotations.Nullable;

/**
 * One request with everything it needs, which knows how to write itself for a protocol version and
 * how to read its answer. Implementations are the records of {@code
 * io.cassandratde.kmip.operation}.
 */
public interface Operation<R> {
  OperationCode code();

  /** The Request Payload. */
  Structure encodeRequest(ProtocolVersion version);

  /** Reads a Response Payload; an empty one if the server sent none. */
  R decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException;

  /**
   * Whether sending it twice does no more than sending it once, so that it may be repeated silently
   * when a connection broke before the answer came.
   */
  boolean idempotent();

  /** The first version that can express this request. */
  default ProtocolVersion since() {
    return ProtocolVersion.V1_0;
  }

  /** The last version that can express this request. */
  default ProtocolVersion until() {
    return ProtocolVersion.V2_1;
  }

  /** The key it is about, for messages; null if none. */
  default @Nullable String subject() {
    return null;
  }

  default String name() {
    return code().label();
  }
}
