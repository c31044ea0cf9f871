package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.QueryFunction;
import io.cassandratde.kmip.WireCode;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server can do (KMIP 1.4 section 4.25). */
public record Query(List<QueryFunction> functions) implements Operation<Query.Result> {
  public Query {
    functions = List.copyOf(functions);
  }

  public Query(QueryFunction... functions) {
    this(List.of(functions));
  }

  /**
   * What it can do.
   *
   * @param operations those we know; the server may name others
   * @param raw the whole answer, for the rest of it
   */
  public record Result(
      List<OperationCode> operations,
      List<ObjectType> objectTypes,
      @Nullable String vendor,
      List<String> applicationNamespaces,
      Structure raw) {}

  @Override
  public OperationCode code() {
    return OperationCode.QUERY;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    Payload payload = new Payload(version);
    functions.forEach(function -> payload.code(Tag.QUERY_FUNCTION, function));
    return payload.build();
  }

  @Override
  public Result decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return new Result(
        known(payload, Tag.OPERATION, OperationCode.class),
        known(payload, Tag.OBJECT_TYPE, ObjectType.class),
        payload.textOrNull(Tag.VENDOR_IDENTIFICATION),
        payload.texts(Tag.APPLICATION_NAMESPACE),
        payload);
  }

  private static <E extends Enum<E> & WireCode> List<E> known(
      Structure payload, int tag, Class<E> type) throws TtlvException {
    List<E> found = new ArrayList<>();
    for (TtlvItem.Enumeration item : payload.all(tag, TtlvItem.Enumeration.class)) {
      E constant = WireCode.of(type, item.value());
      if (constant != null) {
        found.add(constant);
      }
    }
    return List.copyOf(found);
  }

  @Override
  public boolean idempotent() {
    return true;
  }
}
