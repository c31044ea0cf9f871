package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts by a key that stays on the server (KMIP 1.4 section 4.30), in one part. The result is
 * the caller's to close.
 *
 * @param parameters as in {@link Encrypt}
 * @param additionalData as it was given to {@link Encrypt}
 * @param tag of an authenticated mode; null: none, or at the end of the data
 */
public record Decrypt(
    String uniqueIdentifier,
    @Nullable CryptographicParameters parameters,
    TtlvItem.Bytes data,
    TtlvItem.@Nullable Bytes nonce,
    TtlvItem.@Nullable Bytes additionalData,
    TtlvItem.@Nullable Bytes tag)
    implements Operation<SecretBytes> {

  /** Takes the arrays over, without copies. */
  public static Decrypt of(
      String uniqueIdentifier,
      @Nullable CryptographicParameters parameters,
      byte[] data,
      byte @Nullable [] nonce,
      byte @Nullable [] additionalData,
      byte @Nullable [] tag) {
    return new Decrypt(
        uniqueIdentifier,
        parameters,
        new TtlvItem.Bytes(Tag.DATA, data),
        Payload.bytes(Tag.IV_COUNTER_NONCE, nonce),
        Payload.bytes(Tag.AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA, additionalData),
        Payload.bytes(Tag.AUTHENTICATED_ENCRYPTION_TAG, tag));
  }

  @Override
  public OperationCode code() {
    return OperationCode.DECRYPT;
  }

  @Override
  public Structure encodeRequest(ProtocolVersion version) {
    return new Payload(version)
        .id(uniqueIdentifier)
        .optional(parameters == null ? null : parameters.encode(version))
        .item(data)
        .optional(nonce)
        .optional(additionalData)
        .optional(tag)
        .build();
  }

  @Override
  public SecretBytes decodeResponse(Structure payload, ProtocolVersion version)
      throws TtlvException {
    String unused = Payload.sameId(payload, uniqueIdentifier);
    return new SecretBytes(Encrypt.data(payload).value());
  }

  @Override
  public ProtocolVersion since() {
    return additionalData == null && tag == null ? ProtocolVersion.V1_2 : ProtocolVersion.V1_4;
  }

  @Override
  public boolean idempotent() {
    return true;
  }

  @Override
  public String subject() {
    return uniqueIdentifier;
  }
}
