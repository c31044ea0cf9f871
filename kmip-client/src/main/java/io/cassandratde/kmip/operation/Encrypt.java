package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ttlv.StructureView;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts by a key that stays on the server (KMIP 1.4 section 4.29), in one part.
 *
 * @param parameters null: those in the key's attributes
 * @param data wipe it when the call is over
 * @param nonce null: the server makes one, or the mode has none
 * @param additionalData authenticated with the data; from KMIP 1.4 on
 */
public record Encrypt(
    String uniqueIdentifier,
    @Nullable CryptographicParameters parameters,
    TtlvItem.Bytes data,
    TtlvItem.@Nullable Bytes nonce,
    TtlvItem.@Nullable Bytes additionalData)
    implements Operation<Encrypt.Result> {

  /** Takes the arrays over, without copies: the caller wipes {@code data}. */
  public static Encrypt of(
      String uniqueIdentifier,
      @Nullable CryptographicParameters parameters,
      byte[] data,
      byte @Nullable [] nonce,
      byte @Nullable [] additionalData) {
    return new Encrypt(
        uniqueIdentifier,
        parameters,
        new TtlvItem.Bytes(Tag.DATA, data),
        Payload.bytes(Tag.IV_COUNTER_NONCE, nonce),
        Payload.bytes(Tag.AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA, additionalData));
  }

  /**
   * What the server made.
   *
   * @param nonce the one that the server used, if it told; mostly where it made it itself
   * @param tag null: the mode has none, or the server has put it at the end of the data
   */
  public record Result(
      TtlvItem.Bytes data, TtlvItem.@Nullable Bytes nonce, TtlvItem.@Nullable Bytes tag) {}

  @Override
  public OperationCode code() {
    return OperationCode.ENCRYPT;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version)
        .id(uniqueIdentifier)
        .optional(parameters == null ? null : parameters.encode(version))
        .item(data)
        .optional(nonce)
        .optional(additionalData)
        .build();
  }

  @Override
  public Result decodeResponse(Structure payload, ProtocolVersion version) throws TtlvException {
    String unused = Payload.sameId(payload, uniqueIdentifier);
    return new Result(
        data(payload),
        payload.optional(Tag.IV_COUNTER_NONCE, TtlvItem.Bytes.class),
        payload.optional(Tag.AUTHENTICATED_ENCRYPTION_TAG, TtlvItem.Bytes.class));
  }

  static TtlvItem.Bytes data(StructureView payload) throws TtlvException {
    return payload.required(Tag.DATA, TtlvItem.Bytes.class);
  }

  @Override
  public ProtocolVersion since() {
    return additionalData == null ? ProtocolVersion.V1_2 : ProtocolVersion.V1_4;
  }

  /** It uses the key once more, and that is all. */
  @Override
  public boolean idempotent() {
    return true;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
