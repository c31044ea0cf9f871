package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.ArrayList;
import java.util.List;

/**
 * Which versions the server speaks (KMIP 1.1 section 4.26).
 *
 * @param offered ours, preferred first; the answer holds the common ones only. Empty: all of the
 *     server's
 */
public record DiscoverVersions(List<ProtocolVersion> offered)
    implements Operation<List<ProtocolVersion>> {
  public DiscoverVersions {
    offered = List.copyOf(offered);
  }

  @Override
  public OperationCode code() {
    return OperationCode.DISCOVER_VERSIONS;
  }

  @Override
  public ProtocolVersion since() {
    return ProtocolVersion.V1_1;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version)
        .items(offered.stream().map(DiscoverVersions::encode).toList())
        .build();
  }

  /** A Protocol Version structure. */
  public static Structure encode(ProtocolVersion version) {
    return new Structure(
        Tag.PROTOCOL_VERSION,
        new TtlvItem.IntegerItem(Tag.PROTOCOL_VERSION_MAJOR, version.major()),
        new TtlvItem.IntegerItem(Tag.PROTOCOL_VERSION_MINOR, version.minor()));
  }

  /** Reads a Protocol Version structure. */
  public static ProtocolVersion decode(Structure item) throws TtlvException {
    return new ProtocolVersion(
        item.integer(Tag.PROTOCOL_VERSION_MAJOR), item.integer(Tag.PROTOCOL_VERSION_MINOR));
  }

  @Override
  public List<ProtocolVersion> decodeResponse(Structure payload, ProtocolVersion version)
      throws TtlvException {
    List<ProtocolVersion> versions = new ArrayList<>();
    for (Structure item : payload.all(Tag.PROTOCOL_VERSION, Structure.class)) {
      versions.add(decode(item));
    }
    return List.copyOf(versions);
  }

  @Override
  public boolean idempotent() {
    return true;
  }
}
