package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A replacement key under a new identifier, which is the answer (KMIP 1.4 section 4.4). The old key
 * keeps its state; its name moves.
 *
 * @param offset from the creation of the replacement to its activation, null for none
 */
public record ReKey(String uniqueIdentifier, @Nullable Duration offset, Attributes template)
    implements Operation<String> {
  public ReKey(String uniqueIdentifier) {
    this(uniqueIdentifier, null, Attributes.EMPTY);
  }

  @Override
  public OperationCode code() {
    return OperationCode.RE_KEY;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    Payload payload = new Payload(version).id(uniqueIdentifier);
    if (offset != null) {
      payload.item(new TtlvItem.Interval(Tag.OFFSET, offset.toSeconds()));
    }
    if (!template.isEmpty()) {
      payload.template(template);
    }
    return payload.build();
  }

  @Override
  public String decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    return payload.text(Tag.UNIQUE_IDENTIFIER);
  }

  @Override
  public boolean idempotent() {
    return false;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
