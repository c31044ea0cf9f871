package io.cassandratde.sstable.format.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Authenticates all that CompressionInfo.db says: without it, class, length and offsets could be
 * edited into "read raw bytes" or "end early" (docs/RULES.md R10). HMAC-SHA-256 under a key derived
 * from the SSTable's data key with the data file's salt.
 */
public final class ChunkIndexMac {

  /** The option of CompressionInfo.db that holds the code; itself not covered by it. */
  public static final String OPTION = "mac";

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BLOCK_BYTES = 1 << 13;

  private ChunkIndexMac() {}

  /**
   * What a CompressionInfo.db says.
   *
   * @param options all of them; {@link #OPTION} is left out
   * @param offsets offset of chunk i in Data.db, for 0 <= i < chunks
   */
  public record Index(
      String compressor,
      Map<String, String> options,
      int chunkLength,
      int maxCompressedLength,
      long dataLength,
      int chunks,
      LongUnaryOperator offsets) {}

  /**
   * The code of this index.
   *
   * @param salt of the data file
   * @throws IOException the carrier has no such data key
   */
  public static byte[] of(SSTableKeys keys, int keyId, byte[] salt, Index index)
      throws IOException {
    byte[] macKey = keys.derive(keyId, KeyUse.CHUNK_INDEX, salt, "", 32);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(macKey, ALGORITHM));
      text(mac, index.compressor());
      Map<String, String> options = new TreeMap<>(index.options());
      options.remove(OPTION);
      mac.update(ByteBuffer.allocate(4).putInt(options.size()).flip());
      options.forEach(
          (name, value) -> {
            text(mac, name);
            text(mac, value);
          });
      mac.update(
          ByteBuffer.allocate(20)
              .putInt(index.chunkLength())
              .putInt(index.maxCompressedLength())
              .putLong(index.dataLength())
              .putInt(index.chunks())
              .flip());
      offsets(mac, index);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    } finally {
      Arrays.fill(macKey, (byte) 0);
    }
  }

  private static void offsets(Mac mac, Index index) {
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    for (int i = 0; i < index.chunks(); i++) {
      block.putLong(index.offsets().applyAsLong(i));
      if (!block.hasRemaining()) {
        mac.update(block.flip());
        block.clear();
      }
    }
    mac.update(block.flip());
  }

  private static void text(Mac mac, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    mac.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    mac.update(bytes);
  }
}
