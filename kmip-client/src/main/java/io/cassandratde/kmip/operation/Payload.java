package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.WireCode;
import io.cassandratde.kmip.attribute.AttributeCodec;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.ttlv.StructureView;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDump;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a Request Payload in the order the specification lists its fields; absent ones left out.
 */
final class Payload {
  private final ProtocolVersion version;
  private final List<TtlvItem> items = new ArrayList<>();

  Payload(ProtocolVersion version) {
    this.version = version;
  }

  Payload id(String uniqueIdentifier) {
    return item(new TtlvItem.Text(Tag.UNIQUE_IDENTIFIER, uniqueIdentifier));
  }

  Payload item(TtlvItem item) {
    items.add(item);
    return this;
  }

  Payload optional(@Nullable TtlvItem item) {
    return item == null ? this : item(item);
  }

  static TtlvItem.@Nullable Bytes bytes(int tag, byte @Nullable [] value) {
    return value == null ? null : new TtlvItem.Bytes(tag, value);
  }

  Payload items(List<? extends TtlvItem> more) {
    items.addAll(more);
    return this;
  }

  Payload code(int tag, @Nullable WireCode code) {
    return code == null ? this : item(new TtlvItem.Enumeration(tag, code.code()));
  }

  Payload integer(int tag, @Nullable Integer value) {
    return value == null ? this : item(new TtlvItem.IntegerItem(tag, value));
  }

  Payload date(int tag, @Nullable Instant value) {
    return value == null
        ? this
        : item(new TtlvItem.DateTime(tag, Instant.ofEpochSecond(value.getEpochSecond())));
  }

  Payload template(Attributes attributes) {
    return item(AttributeCodec.encodeTemplate(attributes, version));
  }

  /** A template that starts from others the server holds (KMIP 1.x). */
  Payload template(List<String> names, Attributes attributes) {
    Structure own = AttributeCodec.encodeTemplate(attributes, version);
    List<TtlvItem> all = new ArrayList<>();
    for (String name : names) {
      Attributes.builder().name(name).build().all().forEach(named -> all.add(named.value()));
    }
    all.addAll(own.items());
    return item(new Structure(own.tag(), all));
  }

  Structure build() {
    return new Structure(Tag.REQUEST_PAYLOAD, items);
  }

  /**
   * The identifier in an answer, which must be the one asked for: PyKMIP's placeholder can leak
   * between clients. Servers that leave it out are believed.
   */
  static String sameId(StructureView payload, String asked) throws TtlvException {
    String answered = payload.textOrNull(Tag.UNIQUE_IDENTIFIER);
    if (answered != null && !answered.equals(asked)) {
      throw new TtlvException(
          "asked for %s, the answer is about %s"
              .formatted(TtlvDump.printable(asked), TtlvDump.printable(answered)),
          Tag.name(payload.tag()));
    }
    return asked;
  }
}
