package io.cassandratde.sstable.format.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.cassandratde.sstable.format.CompressionInfo;
import io.cassandratde.sstable.format.log.LogFileReport.Kind;
import io.cassandratde.sstable.format.log.LogFileReport.Protection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The header of a log file, as Cassandra 3.0 to 5.0 write it.
 *
 * <pre>
 * segment: version 4 | id 8 | length 2 | JSON | CRC 4
 * hints:   version 4 | time 8 | host 16 | length 4 | CRC 4 of what is before | JSON | CRC 4
 * </pre>
 *
 * @param id of a segment; its sync markers depend on it
 * @param end where the blocks begin
 */
record LogDescriptor(
    int version,
    long id,
    Protection protection,
    String compressor,
    Map<String, String> options,
    int end) {

  private static final int SEGMENT_FIXED = 4 + 8 + 2;
  private static final int HINTS_FIXED = 4 + 8 + 16 + 4 + 4;
  private static final int CRC = 4;

  /** A segment's limit is that of its two-byte length; one for hints, which have four. */
  private static final int MOST_JSON = 0xFFFF;

  private static final ObjectReader JSON =
      new ObjectMapper()
          .readerForMapOf(Object.class)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final List<String> PACKAGES =
      List.of("org.apache.cassandra.io.compress.", "com.datastax.bdp.cassandra.crypto.");

  static LogDescriptor read(Kind kind, FileWindow file) throws IOException {
    return kind == Kind.COMMIT_LOG ? ofSegment(file) : ofHints(file);
  }

  private static LogDescriptor ofSegment(FileWindow file) throws IOException {
    requireRoom(file, SEGMENT_FIXED);
    ByteBuffer fixed = file.at(0, SEGMENT_FIXED);
    int version = fixed.getInt();
    long id = fixed.getLong();
    int length = Short.toUnsignedInt(fixed.getShort());
    requireRoom(file, (long) SEGMENT_FIXED + length + CRC);
    byte[] json = file.bytes(SEGMENT_FIXED, length);
    CRC32 crc = new CRC32();
    crc.update(
        ByteBuffer.allocate(4 + 8 + 4).putInt(version).putLong(swap(id)).putInt(length).flip());
    crc.update(json);
    requireCrc(file, SEGMENT_FIXED + length, crc);
    Map<String, Object> parameters = parse(json);
    String compressor = text(parameters, "compressionClass");
    return of(
        version,
        id,
        compressor,
        texts(parameters.get("compressionParameters")),
        parameters.containsKey("encCipher"),
        SEGMENT_FIXED + length + CRC);
  }

  private static LogDescriptor ofHints(FileWindow file) throws IOException {
    requireRoom(file, HINTS_FIXED);
    ByteBuffer fixed = file.at(0, HINTS_FIXED);
    int version = fixed.getInt();
    long time = fixed.getLong();
    long hostHigh = fixed.getLong();
    long hostLow = fixed.getLong();
    int length = fixed.getInt();
    CRC32 crc = new CRC32();
    crc.update(
        ByteBuffer.allocate(HINTS_FIXED - CRC)
            .putInt(version)
            .putLong(swap(time))
            .putLong(swap(hostHigh))
            .putLong(swap(hostLow))
            .putInt(length)
            .flip());
    requireCrc(file, HINTS_FIXED - CRC, crc);
    if (length < 0 || length > MOST_JSON) {
      throw new IOException("its header has " + length + " bytes of parameters");
    }
    requireRoom(file, (long) HINTS_FIXED + length + CRC);
    byte[] json = file.bytes(HINTS_FIXED, length);
    crc.update(json);
    requireCrc(file, HINTS_FIXED + length, crc);
    Map<String, Object> parameters = parse(json);
    Map<?, ?> compression = parameters.get("compression") instanceof Map<?, ?> map ? map : Map.of();
    return of(
        version,
        0,
        compression.get("class_name") instanceof String name ? name : "",
        texts(compression.get("parameters")),
        parameters.containsKey("encryption"),
        HINTS_FIXED + length + CRC);
  }

  private static LogDescriptor of(
      int version,
      long id,
      String compressor,
      Map<String, String> options,
      boolean encrypted,
      int end) {
    Protection protection =
        encrypted
            ? Protection.CASSANDRA_CBC
            : isOurs(compressor) ? Protection.SEALED : Protection.PLAINTEXT;
    return new LogDescriptor(version, id, protection, compressor, options, end);
  }

  static boolean isOurs(String compressor) {
    for (String name : PACKAGES) {
      if (compressor.startsWith(name)) {
        return CompressionInfo.isOurs(compressor.substring(name.length()));
      }
    }
    return CompressionInfo.isOurs(compressor);
  }

  /** Cassandra's checksums take the low half of a long first. */
  private static long swap(long value) {
    return Long.rotateLeft(value, 32);
  }

  private static void requireRoom(FileWindow file, long length) throws IOException {
    if (file.size() < length) {
      throw new IOException(
          "it ends within its header, after "
              + file.size()
              + " bytes: begun when the node crashed, or cut off");
    }
  }

  private static void requireCrc(FileWindow file, int at, CRC32 crc) throws IOException {
    if (ByteBuffer.wrap(file.bytes(at, CRC)).getInt() != (int) crc.getValue()) {
      throw new IOException("the checksum of its header does not fit: it is damaged");
    }
  }

  /** As Cassandra wrote it, which uses the same parser. */
  private static Map<String, Object> parse(byte[] json) throws IOException {
    try {
      return JSON.readValue(json);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "the parameters in its header are no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String text(Map<String, Object> map, String name) {
    return map.get(name) instanceof String value ? value : "";
  }

  private static Map<String, String> texts(@Nullable Object object) {
    Map<String, String> result = new LinkedHashMap<>();
    if (object instanceof Map<?, ?> map) {
      map.forEach(
          (name, value) -> {
            if (name instanceof String key && value instanceof String text) {
              result.put(key, text);
            }
          });
    }
    return Collections.unmodifiableMap(result);
  }
}
