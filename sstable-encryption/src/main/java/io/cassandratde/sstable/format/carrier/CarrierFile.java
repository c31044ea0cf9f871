package io.cassandratde.sstable.format.carrier;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Carriers on disk. */
public final class CarrierFile {

  private CarrierFile() {}

  /**
   * Reads a carrier.
   *
   * @throws CorruptCarrierException it is no carrier, or was damaged
   */
  public static Carrier read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Carrier.MAX_BYTES) {
        throw new CorruptCarrierException(
            "bad carrier " + file + ": " + size + " bytes; at most " + Carrier.MAX_BYTES);
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new CorruptCarrierException(
              "bad carrier " + file + ": it became shorter meanwhile");
        }
      }
      return parse(file, bytes.array());
    }
  }

  /** Whether a file begins as a carrier does. */
  public static boolean begins(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Carrier.begins(in.readNBytes(Carrier.HEAD_BYTES));
    }
  }

  private static Carrier parse(Path file, byte[] bytes) throws CorruptCarrierException {
    try {
      return Carrier.parse(bytes);
    } catch (CorruptCarrierException e) {
      throw e.of(file);
    }
  }

  /**
   * Writes the carrier of a new SSTable, to last before any other file of it is begun.
   *
   * @throws java.nio.file.FileAlreadyExistsException there is one
   */
  public static void write(Path file, Carrier carrier) throws IOException {
    Replacement.writeNew(file, carrier.encode());
    Replacement.syncDirectoryOf(file);
  }

  /**
   * Puts another carrier in the place of the one that is there, in one step: after a crash there is
   * the old one or the new one. Never in place, because snapshots share the file and keep needing
   * the old key (docs/RULES.md R13).
   */
  public static void replace(Path file, Carrier carrier) throws IOException {
    Replacement.replace(file, carrier.encode());
  }
}
