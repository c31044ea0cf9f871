package io.cassandratde.sstable.format.carrier;

import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.UnknownVersionException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What an encrypted SSTable's carrier component holds; readable without any key. The rows are
 * authentic once their keys opened; the checksum tells damage from a missing key before that.
 *
 * <pre>
 * magic 7 | version 1 | uid 16 | rows 2 | row … | CRC-32 4
 * </pre>
 */
public final class Carrier {

  public static final int VERSION = 1;

  /** The most data keys an SSTable can have: its own, and one per file that was added later. */
  public static final int MAX_ROWS = 1024;

  /** Longest carrier that is read at all. */
  public static final int MAX_BYTES = 2 * 1024 * 1024;

  private static final byte[] MAGIC = "TDECARR".getBytes(StandardCharsets.US_ASCII);

  /** What tells a carrier from other files. */
  static final int HEAD_BYTES = MAGIC.length;

  private static final int HEADER_BYTES = MAGIC.length + 1 + SSTableUid.BYTES + 2;
  private static final int CRC_BYTES = 4;

  private final SSTableUid uid;
  private final List<WrappedKey> rows;

  Carrier(SSTableUid uid, List<WrappedKey> rows) {
    if (rows.size() > MAX_ROWS) {
      throw new IllegalArgumentException(
          "a carrier has at most " + MAX_ROWS + " data keys, not " + rows.size());
    }
    this.uid = uid;
    this.rows = List.copyOf(rows);
  }

  /** For an SSTable of a table that nothing protects: its files are in clear. */
  public static Carrier plain(Salts salts) {
    return new Carrier(SSTableUid.random(salts), List.of());
  }

  /** Whether the SSTable is in clear. Whoever knows that it may not be must refuse it then. */
  public boolean isPlain() {
    return rows.isEmpty();
  }

  public SSTableUid uid() {
    return uid;
  }

  /** In order of their ids. */
  public List<WrappedKey> rows() {
    return rows;
  }

  /** The row of this data key; null: there is none. */
  public @Nullable WrappedKey row(int id) {
    for (WrappedKey row : rows) {
      if (row.id() == id) {
        return row;
      }
    }
    return null;
  }

  /** This carrier with no row but this one. */
  public Carrier only(int id) {
    return new Carrier(uid, rows.stream().filter(row -> row.id() == id).toList());
  }

  /** This carrier with one data key more. */
  Carrier with(WrappedKey row) {
    List<WrappedKey> more = new ArrayList<>(rows);
    if (row.id() <= more.get(more.size() - 1).id()) {
      throw new IllegalArgumentException("data keys are added with rising ids: " + row);
    }
    more.add(row);
    return new Carrier(uid, more);
  }

  public byte[] encode() {
    int length = HEADER_BYTES + CRC_BYTES + rows.stream().mapToInt(WrappedKey::length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(length).put(MAGIC).put((byte) VERSION);
    uid.write(bytes).putShort((short) rows.size());
    rows.forEach(row -> row.write(bytes));
    return bytes.putInt(crc(bytes.array(), length - CRC_BYTES)).array();
  }

  /**
   * Reads a carrier's bytes.
   *
   * @throws CorruptCarrierException where docs/FORMAT-EBTI.md says MUST
   */
  public static Carrier parse(byte[] bytes) throws CorruptCarrierException {
    if (bytes.length < HEADER_BYTES + CRC_BYTES) {
      throw new CorruptCarrierException("bad carrier: " + bytes.length + " bytes are too few");
    }
    if (!begins(bytes)) {
      throw new CorruptCarrierException("this is no carrier: it does not begin with TDECARR");
    }
    if (bytes[MAGIC.length] != VERSION) {
      throw new CorruptCarrierException(
          "carrier of version "
              + (bytes[MAGIC.length] & 0xFF)
              + "; this reader knows version "
              + VERSION
              + ": was it written by a newer cassandra-tde?",
          UnknownVersionException.ofVersion("carrier", bytes[MAGIC.length], VERSION));
    }
    ByteBuffer from = ByteBuffer.wrap(bytes, 0, bytes.length - CRC_BYTES);
    if (ByteBuffer.wrap(bytes).getInt(from.limit()) != crc(bytes, from.limit())) {
      throw new CorruptCarrierException("bad carrier: its checksum does not match");
    }
    SSTableUid uid = SSTableUid.read(from.position(MAGIC.length + 1));
    int count = Short.toUnsignedInt(from.getShort());
    if (count > MAX_ROWS) {
      throw new CorruptCarrierException("bad carrier: " + count + " data keys");
    }
    List<WrappedKey> rows = new ArrayList<>();
    for (int i = 0, last = -1; i < count; i++) {
      WrappedKey row = WrappedKey.read(from);
      if (row.id() <= last) {
        throw new CorruptCarrierException("bad carrier: its data keys are out of order");
      }
      if (row.purpose() == WrappedKey.Purpose.STATISTICS) {
        throw new CorruptCarrierException("bad carrier: it holds a key of Statistics.db, " + row);
      }
      last = row.id();
      rows.add(row);
    }
    if (from.hasRemaining()) {
      throw new CorruptCarrierException(
          "bad carrier: " + from.remaining() + " bytes stand behind its last row");
    }
    return new Carrier(uid, rows);
  }

  static boolean begins(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  @Override
  public String toString() {
    return "carrier of SSTable " + uid + " with " + rows;
  }
}
