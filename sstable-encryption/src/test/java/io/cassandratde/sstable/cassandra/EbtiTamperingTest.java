package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.sstable.format.TestKeys;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What someone who can write to the disk does to encrypted SSTables, without a key. */
class EbtiTamperingTest {

  private static final int ROWS = 100;

  @TempDir private Path root = Path.of("set by JUnit");

  private TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  @BeforeEach
  void install() {
    runtime.close();
    runtime = new TestRuntime(TestKeys.corretto());
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private OfflineTable sealed() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(ROWS, OfflineTable.ebti());
    assertThat(table.leaks()).isFalse();
    assertThat(table.read()).hasSize(ROWS);
    return table;
  }

  private static byte[] withCrc(byte[] part) {
    CRC32 crc = new CRC32();
    crc.update(part);
    return ByteBuffer.allocate(part.length + 4).put(part).putInt((int) crc.getValue()).array();
  }

  /** A Statistics.db whose table has these positions, and whose parts are those bytes. */
  private static byte[] statistics(int[] positions, byte[] parts) {
    ByteBuffer table = ByteBuffer.allocate(4 + 8 * positions.length).putInt(positions.length);
    for (int type = 0; type < positions.length; type++) {
      table.putInt(type).putInt(positions[type]);
    }
    byte[] count = withCrc(Arrays.copyOf(table.array(), 4));
    byte[] whole = withCrc(table.array());
    return ByteBuffer.allocate(count.length + whole.length - 4 + parts.length)
        .put(count)
        .put(whole, 4, whole.length - 4)
        .put(parts)
        .array();
  }

  private static int[] positions(byte[] statistics) {
    ByteBuffer bytes = ByteBuffer.wrap(statistics);
    int[] positions = new int[bytes.getInt(0)];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = bytes.getInt(12 + 8 * i);
    }
    return positions;
  }

  @Test
  void a_statistics_file_with_a_part_in_clear_is_refused() throws Exception {
    OfflineTable clear = new OfflineTable(root, "LZ4Compressor", Map.of());
    clear.write(ROWS, OfflineTable.ebti());
    OfflineTable table = sealed();
    byte[] theirs = Files.readAllBytes(table.file("Statistics.db"));
    byte[] plain = Files.readAllBytes(clear.file("Statistics.db"));
    int[] at = positions(theirs);
    int start = at[0];
    byte[] header = Arrays.copyOfRange(plain, positions(plain)[3], plain.length - 4);
    byte[] sealedBefore = Arrays.copyOfRange(theirs, start, at[3]);

    byte[] forged =
        ByteBuffer.allocate(sealedBefore.length + header.length + 4)
            .put(sealedBefore)
            .put(withCrc(header))
            .array();
    Files.write(table.file("Statistics.db"), statistics(at, forged));
    assertThatThrownBy(table::read).hasStackTraceContaining("stands in clear");
  }

  /**
   * Cassandra reads parts in their order, not where the table says: so the table could point at
   * sealed ones, for whoever verifies, behind those that are read.
   */
  @Test
  void a_statistics_file_that_shows_the_verifier_other_parts_is_refused() throws Exception {
    OfflineTable clear = new OfflineTable(root, "LZ4Compressor", Map.of());
    clear.write(ROWS, OfflineTable.ebti());
    OfflineTable table = sealed();
    byte[] theirs = Files.readAllBytes(table.file("Statistics.db"));
    byte[] plain = Files.readAllBytes(clear.file("Statistics.db"));
    int[] at = positions(theirs);
    int start = at[0];
    int lastLength = theirs.length - at[3];
    byte[] header = Arrays.copyOfRange(plain, positions(plain)[3], plain.length - 4);
    byte[] genuine = Arrays.copyOfRange(theirs, start, theirs.length);

    byte[] read =
        ByteBuffer.allocate(at[3] - start + lastLength)
            .put(theirs, start, at[3] - start)
            .put(withCrc(Arrays.copyOf(header, lastLength - 4)))
            .array();
    int[] behind = Arrays.stream(at).map(position -> position + read.length).toArray();
    byte[] both = ByteBuffer.allocate(read.length + genuine.length).put(read).put(genuine).array();
    Files.write(table.file("Statistics.db"), statistics(behind, both));
    assertThatThrownBy(table::read).hasStackTraceContaining("the place of its first part");
  }

  /** The carrier is no secret: with it in the options, chunks would open in any table's file. */
  @Test
  void a_plain_sstable_whose_options_bring_a_carrier_along_is_refused() throws Exception {
    OfflineTable table = sealed();
    for (SSTableFormat<?, ?> format : OfflineTable.formats()) {
      OfflineTable clear = new OfflineTable(root, "LZ4Compressor", Map.of());
      clear.write(ROWS, format);
      Files.copy(table.file("Data.db"), clear.file("Data.db"), StandardCopyOption.REPLACE_EXISTING);
      Files.write(clear.file("CompressionInfo.db"), withCarrier(table));
      assertThatThrownBy(clear::read)
          .as(format.name())
          .hasStackTraceContaining("holds the carrier of an encrypted SSTable");
    }
  }

  private static byte[] withCarrier(OfflineTable table) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataInputStream in =
        new DataInputStream(Files.newInputStream(table.file("CompressionInfo.db")))) {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeUTF(in.readUTF());
      int options = in.readInt();
      out.writeInt(options + 1);
      for (int i = 0; i < 2 * options; i++) {
        out.writeUTF(in.readUTF());
      }
      out.writeUTF("carrier");
      out.writeUTF(HexFormat.of().formatHex(Files.readAllBytes(table.file("Encryption.db"))));
      out.write(in.readAllBytes());
    }
    return bytes.toByteArray();
  }
}
