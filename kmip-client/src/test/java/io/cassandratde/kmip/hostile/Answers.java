package io.cassandratde.kmip.hostile;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyFormatType;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers of a good KMIP 1.4 server without a memory: it creates key "created", locates
 * "found", and the material of every key follows from its identifier.
 */
public final class Answers {
  private static final int SUCCESS = 0;
  private static final int FAILED = 1;

  private Answers() {}

  static int operation(Structure request) throws TtlvException {
    return item(request).enumeration(Tag.OPERATION);
  }

  private static Structure item(Structure request) throws TtlvException {
    return request.structure(Tag.BATCH_ITEM);
  }

  /** What a good server answers. */
  public static Structure to(Structure request) {
    try {
      return success(request, goodPayload(request));
    } catch (TtlvException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it asks for versions only. */
  public static boolean isDiscovery(Structure request) {
    try {
      return operation(request) == OperationCode.DISCOVER_VERSIONS.code();
    } catch (TtlvException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Success with this payload. */
  static Structure success(Structure request, Structure payload) throws TtlvException {
    return message(
        1,
        new Structure(
            Tag.BATCH_ITEM,
            new TtlvItem.Enumeration(Tag.OPERATION, operation(request)),
            new TtlvItem.Enumeration(Tag.RESULT_STATUS, SUCCESS),
            payload));
  }

  static Structure refusal(int operation, int reason, String text) {
    return message(
        1,
        new Structure(
            Tag.BATCH_ITEM,
            new TtlvItem.Enumeration(Tag.OPERATION, operation),
            new TtlvItem.Enumeration(Tag.RESULT_STATUS, FAILED),
            new TtlvItem.Enumeration(Tag.RESULT_REASON, reason),
            new TtlvItem.Text(Tag.RESULT_MESSAGE, text)));
  }

  static Structure message(int batchCount, Structure... items) {
    List<TtlvItem> all = new ArrayList<>();
    all.add(
        new Structure(
            Tag.RESPONSE_HEADER,
            DiscoverVersions.encode(ProtocolVersion.V1_4),
            new TtlvItem.IntegerItem(Tag.BATCH_COUNT, batchCount)));
    all.addAll(List.of(items));
    return new Structure(Tag.RESPONSE_MESSAGE, all);
  }

  static Structure payload(TtlvItem... items) {
    return new Structure(Tag.RESPONSE_PAYLOAD, items);
  }

  private static Structure goodPayload(Structure request) throws TtlvException {
    Structure asked = item(request).structure(Tag.REQUEST_PAYLOAD);
    int operation = operation(request);
    if (operation == OperationCode.DISCOVER_VERSIONS.code()) {
      return payload(DiscoverVersions.encode(ProtocolVersion.V1_4));
    }
    if (operation == OperationCode.CREATE.code()) {
      return payload(type(), id("created"));
    }
    if (operation == OperationCode.LOCATE.code()) {
      return payload(id("found"));
    }
    TtlvItem id = asked.first(Tag.UNIQUE_IDENTIFIER);
    if (id == null) {
      return payload();
    }
    return operation == OperationCode.GET.code()
        ? payload(type(), id, key(material(asked.text(Tag.UNIQUE_IDENTIFIER))))
        : payload(id);
  }

  static TtlvItem type() {
    return new TtlvItem.Enumeration(Tag.OBJECT_TYPE, ObjectType.SYMMETRIC_KEY.code());
  }

  static TtlvItem id(String id) {
    return new TtlvItem.Text(Tag.UNIQUE_IDENTIFIER, id);
  }

  static Structure key(byte[] material, TtlvItem... more) {
    List<TtlvItem> block = new ArrayList<>();
    block.add(new TtlvItem.Enumeration(Tag.KEY_FORMAT_TYPE, KeyFormatType.RAW.code()));
    block.add(new Structure(Tag.KEY_VALUE, new TtlvItem.Bytes(Tag.KEY_MATERIAL, material)));
    block.add(
        new TtlvItem.Enumeration(Tag.CRYPTOGRAPHIC_ALGORITHM, CryptographicAlgorithm.AES.code()));
    block.add(new TtlvItem.IntegerItem(Tag.CRYPTOGRAPHIC_LENGTH, 256));
    block.addAll(List.of(more));
    return new Structure(Tag.SYMMETRIC_KEY, new Structure(Tag.KEY_BLOCK, block));
  }

  /** The 256 bits of a key. */
  public static byte[] material(String id) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
