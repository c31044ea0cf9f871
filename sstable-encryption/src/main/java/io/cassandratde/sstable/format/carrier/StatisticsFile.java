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

  /** Of parts, numbered from 0 in the order in which they stand. */
  private static final int TYPES = 4;

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
   * <p>Cassandra reads the parts one after the other and takes their lengths alone from the table,
   * so each must stand where the one before ends: else other parts are verified than are read.
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
    int count = frame.getInt();
    frame.getInt(); // its checksum; Cassandra verifies it
    require(count > 0 && count <= TYPES, "the number of its parts");
    int[] places = new int[count + 1];
    for (int i = 0, last = -1; i < count; i++) {
      int type = frame.getInt();
      require(type > last, "the types of its parts");
      last = type;
      places[i] = frame.getInt();
    }
    frame.getInt(); // the table's checksum
    require(places[0] == frame.position(), "the place of its first part");
    places[count] = bytes.length;
    List<Carrier> carriers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int end = places[i + 1] - Integer.BYTES;
      require(places[i] < end, "the place of a part");
      ByteBuffer part = ByteBuffer.wrap(bytes, places[i], end - places[i]);
      if (part.get() == SEALED) {
        require(part.getInt() == part.remaining(), "the length of a part");
        carriers.add(CarriedBytes.carrier(Arrays.copyOfRange(bytes, part.position(), end)));
      }
    }
    return new Parts(carriers, carriers.size() < count);
  }

  private static void require(boolean asWritten, String what) throws CorruptCarrierException {
    if (!asWritten) {
      throw new CorruptCarrierException(
          what + " is not as Cassandra writes it: damaged or changed");
    }
  }
}
