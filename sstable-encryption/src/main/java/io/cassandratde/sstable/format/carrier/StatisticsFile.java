package io.cassandratde.sstable.format.carrier;

import io.cassandratde.sstable.format.UnknownVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The frame of an SSTable's Statistics.db in format ebti, readable without any key: it is
 * Cassandra's own, and each part within begins with a byte that tells whether it is sealed.
 *
 * <pre>
 * parts 4 | CRC 4 | (type 4 | place 4) … | CRC 4 | (part | CRC 4) …
 * part = 0 | Cassandra's bytes      or      1 | length 4 | {@link StatisticsPart}
 * </pre>
 */
public final class StatisticsFile {

  /** Parts are far below; a limit so that a damaged file takes no memory. */
  private static final int MAX_BYTES = 1 << 29;

  private static final int TYPES = 4;
  private static final int IN_CLEAR = 0;
  private static final int SEALED = 1;
  private static final int FORM_BYTES = 1 + Integer.BYTES;

  private StatisticsFile() {}

  /** One part, as it stands in the file. */
  public static final class Part {
    private final int type;
    private final byte[] bytes;

    private Part(int type, byte[] bytes) {
      this.type = type;
      this.bytes = bytes;
    }

    public static Part inClear(int type, byte[] cassandras) {
      return new Part(type, StatisticsFile.inClear(cassandras));
    }

    public static Part sealed(int type, byte[] sealed) {
      return new Part(type, StatisticsFile.sealed(sealed));
    }

    /** Its number among Cassandra's types of metadata. */
    public int type() {
      return type;
    }

    public boolean isSealed() {
      return bytes[0] == SEALED;
    }

    /** Cassandra's bytes of a part in clear. */
    public byte[] inClear() {
      return Arrays.copyOfRange(bytes, 1, bytes.length);
    }

    public StatisticsPart sealed() throws CorruptCarrierException {
      return StatisticsPart.parse(Arrays.copyOfRange(bytes, FORM_BYTES, bytes.length));
    }
  }

  /** A part in clear as it stands in the file. */
  public static byte[] inClear(byte[] cassandras) {
    return ByteBuffer.allocate(1 + cassandras.length).put((byte) IN_CLEAR).put(cassandras).array();
  }

  /** A sealed part as it stands in the file. */
  public static byte[] sealed(byte[] sealed) {
    return ByteBuffer.allocate(FORM_BYTES + sealed.length)
        .put((byte) SEALED)
        .putInt(sealed.length)
        .put(sealed)
        .array();
  }

  /**
   * One part by itself.
   *
   * @throws CorruptCarrierException it is of no known form, or not as long as it says
   */
  public static Part part(int type, byte[] bytes) throws CorruptCarrierException {
    require(bytes.length > 0, "the length of a part");
    if (bytes[0] != IN_CLEAR && bytes[0] != SEALED) {
      String what = "form " + bytes[0] + " of a part of Statistics.db";
      throw new CorruptCarrierException(
          what + " is unknown: damaged or changed", new UnknownVersionException(what));
    }
    require(
        bytes[0] == IN_CLEAR
            || (bytes.length >= FORM_BYTES
                && ByteBuffer.wrap(bytes).getInt(1) == bytes.length - FORM_BYTES),
        "the length of a part");
    return new Part(type, bytes);
  }

  /**
   * The parts of a file.
   *
   * @throws CorruptCarrierException it is damaged, or no file of this format
   */
  public static List<Part> read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new CorruptCarrierException(file + " has " + Files.size(file) + " bytes: damaged");
    }
    try {
      return parse(Files.readAllBytes(file));
    } catch (CorruptCarrierException e) {
      throw e.of(file);
    }
  }

  /**
   * Reads the frame.
   *
   * <p>Cassandra's own reader takes the parts one after the other and their lengths alone from the
   * table, so each must stand where the one before ends: else it would read other parts than this.
   *
   * @throws CorruptCarrierException where docs/FORMAT-EBTI.md says MUST
   */
  public static List<Part> parse(byte[] bytes) throws CorruptCarrierException {
    require(bytes.length >= 2 * Integer.BYTES, "its length");
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    int count = frame.getInt();
    require(count > 0 && count <= TYPES, "the number of its parts");
    require(frame.getInt() == crc(bytes, 0, 4), "the checksum of that number");
    require(frame.remaining() >= 2 * Integer.BYTES * count + Integer.BYTES, "its length");
    int[] types = new int[count];
    int[] places = new int[count + 1];
    for (int i = 0, last = -1; i < count; i++) {
      types[i] = frame.getInt();
      require(types[i] > last && types[i] < TYPES, "the types of its parts");
      last = types[i];
      places[i] = frame.getInt();
    }
    require(frame.getInt() == tableCrc(bytes, count), "the checksum of its table");
    require(places[0] == frame.position(), "the place of its first part");
    places[count] = bytes.length;
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int end = places[i + 1] - Integer.BYTES;
      require(places[i] < end && end <= bytes.length - Integer.BYTES, "the place of a part");
      require(
          frame.getInt(end) == crc(bytes, places[i], end - places[i]), "the checksum of a part");
      parts.add(part(types[i], Arrays.copyOfRange(bytes, places[i], end)));
    }
    return parts;
  }

  /** Puts a file of these parts in the place of the one that is there, in one step. */
  public static void replace(Path file, List<Part> parts) throws IOException {
    Replacement.replace(file, encode(parts));
  }

  /** A file of these parts, in the order of their types. */
  public static byte[] encode(List<Part> parts) {
    int place = 3 * Integer.BYTES + 2 * Integer.BYTES * parts.size();
    int length = place + parts.stream().mapToInt(p -> p.bytes.length + Integer.BYTES).sum();
    ByteBuffer file = ByteBuffer.allocate(length).putInt(parts.size());
    file.putInt(crc(file.array(), 0, 4));
    for (Part part : parts) {
      file.putInt(part.type).putInt(place);
      place += part.bytes.length + Integer.BYTES;
    }
    file.putInt(tableCrc(file.array(), parts.size()));
    for (Part part : parts) {
      file.put(part.bytes).putInt(crc(part.bytes, 0, part.bytes.length));
    }
    return file.array();
  }

  /** Of these bytes; the table's goes on from that of the number before it. */
  private static int crc(byte[] bytes, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private static int tableCrc(byte[] bytes, int parts) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, Integer.BYTES);
    crc.update(bytes, 2 * Integer.BYTES, 2 * Integer.BYTES * parts);
    return (int) crc.getValue();
  }

  private static void require(boolean asWritten, String what) throws CorruptCarrierException {
    if (!asWritten) {
      throw new CorruptCarrierException(what + " is not as it was written: damaged or changed");
    }
  }
}
