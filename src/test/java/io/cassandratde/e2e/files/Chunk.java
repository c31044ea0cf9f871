package io.cassandratde.e2e.files;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * The first chunk of a Data.db, for damaging it. Cassandra writes a CRC32 behind each chunk, which
 * would catch any accident; somebody who tampers recomputes it.
 *
 * @param plaintext how many bytes all chunks of the file hold before compression
 */
public record Chunk(Path dataFile, int length, long plaintext) {

  private static final int CRC_BYTES = 4;

  public static Chunk first(Path dataFile) {
    Path info =
        dataFile.resolveSibling(
            dataFile.getFileName().toString().replace("Data.db", "CompressionInfo.db"));
    try (DataInputStream in = new DataInputStream(Files.newInputStream(info))) {
      in.readUTF();
      for (int options = in.readInt(); options > 0; options--) {
        in.readUTF();
        in.readUTF();
      }
      in.readInt(); // chunk length
      in.readInt(); // max compressed length
      long plaintext = in.readLong();
      int chunks = in.readInt();
      in.readLong();
      long end = chunks > 1 ? in.readLong() : Files.size(dataFile);
      return new Chunk(dataFile, (int) end - CRC_BYTES, plaintext);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flips one bit in the middle of the chunk. */
  public void damage(boolean withCorrectChecksum) {
    try (RandomAccessFile file = new RandomAccessFile(dataFile.toFile(), "rw")) {
      byte[] bytes = new byte[length];
      file.readFully(bytes);
      bytes[length / 2] ^= 1;
      file.seek(0);
      file.write(bytes);
      if (withCorrectChecksum) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        file.writeInt((int) crc.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
