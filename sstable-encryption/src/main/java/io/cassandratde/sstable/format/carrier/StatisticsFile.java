package io.cassandratde.sstable.format.carrier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The frame of an encrypted SSTable's Statistics.db, readable without any key: it is Cassandra's
 * own, and each part within begins with a byte that tells whether it is sealed.
 *
 * <pre>
 * parts 4 | CRC 4 | (type 4 | place 4) … | CRC 4 | (part | CRC 4) …
 * part = 0 | Cassandra's bytes      or      1 | length 4 | {@link CarriedBytes}
 * </pre>
 */
public final class StatisticsFile {

  /** Parts are far below; a limit so that a damaged file takes no memory. */
  private static final int MAX_BYTES = 1 << 29;

  private static final int MAX_PARTS = 16;
  private static final int SEALED = 1;

  private StatisticsFile() {}

  /**
   * The carriers within the sealed parts, and whether there is a part in clear.
   *
   * @param carriers not authentic before the parts are opened
   */
  public record Parts(List<Carrier> carriers, boolean anyInClear) {}

  /**
   * Reads the frame.
   *
   * @throws CorruptCarrierException it is damaged, or no file of this format
   */
  public static Parts read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new CorruptCarrierException(file + " has " + Files.size(file) + " bytes: damaged");
    }
    byte[] bytes = Files.readAllBytes(file);
    try {
      return parse(bytes);
    } catch (CorruptCarrierException e) {
      throw new CorruptCarrierException(file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new CorruptCarrierException(file + " is damaged", e);
    }
  }

  private static Parts parse(byte[] bytes) throws CorruptCarrierException {
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    int count = frame.getInt(0);
    if (count < 0 || count > MAX_PARTS) {
      throw new CorruptCarrierException(count + " parts: damaged");
    }
    List<Carrier> carriers = new ArrayList<>();
    boolean anyInClear = false;
    for (int i = 0; i < count; i++) {
      int place = frame.getInt(2 * Integer.BYTES + i * 2 * Integer.BYTES + Integer.BYTES);
      if (frame.get(place) != SEALED) {
        anyInClear = true;
        continue;
      }
      int length = frame.getInt(place + 1);
      int start = place + 1 + Integer.BYTES;
      if (length < 0 || length > bytes.length - start) {
        throw new CorruptCarrierException("a part of " + length + " bytes: damaged");
      }
      carriers.add(CarriedBytes.carrier(Arrays.copyOfRange(bytes, start, start + length)));
    }
    return new Parts(carriers, anyInClear);
  }
}
