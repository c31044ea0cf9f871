package io.cassandratde.sstable.format.log;

import io.cassandratde.keys.DataKey;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.SealingSession;
import io.cassandratde.sstable.format.SessionLimits;
import io.cassandratde.sstable.format.SessionPool;
import io.cassandratde.sstable.format.TestKeys;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/** Commit-log segments and hints files, byte by byte as Cassandra 5.0 writes them. */
public final class LogFiles {

  static final long SEGMENT_ID = 1_700_000_000_123L;
  static final String SEGMENT = "CommitLog-7-" + SEGMENT_ID + ".log";
  static final String HINTS = new UUID(1, 2) + "-1700000000456-2.hints";

  private LogFiles() {}

  /** A block as our compressors make it. */
  public static byte[] block(DataKey key, String plain) {
    return block(key, plain, Salts.ofOperatingSystem());
  }

  static byte[] block(DataKey key, String plain, Salts salts) {
    byte[] clear = plain.getBytes(StandardCharsets.UTF_8);
    try (SessionPool pool =
        new SessionPool(() -> key, TestKeys.sunJce(), SessionLimits.DEFAULTS, () -> 0, salts, 1)) {
      SealingSession session = pool.take(clear.length);
      byte[] sealed = new byte[session.sealedLength(clear.length)];
      session.seal(InnerCompression.STORED, clear, clear.length, sealed);
      pool.give(session);
      return sealed;
    }
  }

  static String segmentJson(String compressor) {
    return "{\"compressionClass\":\""
        + compressor
        + "\",\"compressionParameters\":{\"key_provider\":\"KmipKeyProviderFactory\",\"kmip_host\":\"prod\"}}";
  }

  static String hintsJson(String compressor) {
    return "{\"compression\":{\"class_name\":\""
        + compressor
        + "\",\"parameters\":{\"kmip_host\":\"prod\"}}}";
  }

  /** With a section per block, and zeros where the next one would begin. */
  public static byte[] segment(String json, List<byte[]> blocks) {
    return writing(
        out -> {
          byte[] text = json.getBytes(StandardCharsets.UTF_8);
          CRC32 crc = new CRC32();
          out.writeInt(7);
          update(crc, 7);
          out.writeLong(SEGMENT_ID);
          update(crc, (int) SEGMENT_ID);
          update(crc, (int) (SEGMENT_ID >>> 32));
          out.writeShort(text.length);
          update(crc, text.length);
          out.write(text);
          crc.update(text);
          out.writeInt((int) crc.getValue());
          for (byte[] block : blocks) {
            int place = out.size();
            CRC32 marker = new CRC32();
            update(marker, (int) SEGMENT_ID);
            update(marker, (int) (SEGMENT_ID >>> 32));
            update(marker, place);
            out.writeInt(place + 12 + block.length);
            out.writeInt((int) marker.getValue());
            out.writeInt(block.length);
            out.write(block);
          }
          out.writeLong(0);
        });
  }

  /** With these blocks, one after the other. */
  public static byte[] hints(String json, List<byte[]> blocks) {
    return writing(
        out -> {
          byte[] text = json.getBytes(StandardCharsets.UTF_8);
          CRC32 crc = new CRC32();
          out.writeInt(2);
          update(crc, 2);
          for (long part : new long[] {1_700_000_000_456L, 1, 2}) {
            out.writeLong(part);
            update(crc, (int) part);
            update(crc, (int) (part >>> 32));
          }
          out.writeInt(text.length);
          update(crc, text.length);
          out.writeInt((int) crc.getValue());
          out.write(text);
          crc.update(text);
          out.writeInt((int) crc.getValue());
          for (byte[] block : blocks) {
            out.writeInt(block.length);
            out.writeInt(block.length);
            out.write(block);
          }
        });
  }

  private static void update(CRC32 crc, int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      crc.update(value >>> shift);
    }
  }

  private interface Content {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] writing(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      content.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
