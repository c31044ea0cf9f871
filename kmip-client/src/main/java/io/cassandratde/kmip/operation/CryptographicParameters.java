package io.cassandratde.kmip.operation;

import io.cassandratde.kmip.BlockCipherMode;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.PaddingMethod;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import org.jspecify.annotations.Nullable;

/**
 * How a key is used (KMIP 1.4 section 3.6). What is null is the server's choice.
 *
 * @param randomIv whether the server makes the nonce; servers may then refuse one of the client's
 * @param tagLength of an authenticated mode, in bytes
 */
public record CryptographicParameters(
    @Nullable BlockCipherMode mode,
    @Nullable PaddingMethod padding,
    @Nullable CryptographicAlgorithm algorithm,
    @Nullable Boolean randomIv,
    @Nullable Integer tagLength) {

  /** AES-GCM with a tag of 16 bytes. */
  public static final CryptographicParameters AES_GCM =
      new CryptographicParameters(BlockCipherMode.GCM, null, CryptographicAlgorithm.AES, null, 16);

  public CryptographicParameters withRandomIv() {
    return new CryptographicParameters(mode, padding, algorithm, true, tagLength);
  }

  Structure encode(ProtocolVersion version) {
    Payload fields =
        new Payload(version)
            .code(Tag.BLOCK_CIPHER_MODE, mode)
            .code(Tag.PADDING_METHOD, padding)
            .code(Tag.CRYPTOGRAPHIC_ALGORITHM, algorithm);
    if (randomIv != null) {
      fields.item(new TtlvItem.Bool(Tag.RANDOM_IV, randomIv));
    }
    return new Structure(
        Tag.CRYPTOGRAPHIC_PARAMETERS, fields.integer(Tag.TAG_LENGTH, tagLength).build().items());
  }
}
