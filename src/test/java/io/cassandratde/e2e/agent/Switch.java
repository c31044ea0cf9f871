package io.cassandratde.e2e.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadata;

/**
 * What is written in clear now; called by the code that {@link Agent} puts into the product's
 * classes. What was written before is read as it was written, whatever is switched off since.
 */
public final class Switch {

  /** Nothing is switched off. */
  public static final String NONE = "";

  private static final byte[] PAGE_FILE = {'T', 'D', 'E', 'P', 'A', 'G', 'E'};

  /** A tag that says: this is not encrypted. */
  private static final byte NO_TAG = (byte) 0xCC;

  private static final int TAG_BYTES = 16;
  private static volatile Path control = Path.of("/nonexistent");

  private Switch() {}

  static void controlledBy(Path file) {
    control = file;
  }

  private static boolean isOff(String part) {
    try {
      return Files.readString(control).strip().equals(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A component in pages: its file as Cassandra's own, when it is written or was written so. */
  public static File file(File encrypted, String component) {
    if (component.equals("Encryption.db")) {
      return encrypted;
    }
    Path path = Path.of(encrypted.path());
    return isPlain(path, component) ? new File(path) : encrypted;
  }

  private static boolean isPlain(Path path, String component) {
    try {
      if (!Files.exists(path) || Files.size(path) == 0) {
        String last = component.substring(component.lastIndexOf('+') + 1);
        return isOff(last) || (component.startsWith("SI_") && isOff("SASI"));
      }
      try (InputStream in = Files.newInputStream(path)) {
        return !Arrays.equals(in.readNBytes(PAGE_FILE.length), PAGE_FILE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a whole table is to be taken for one that nothing protects. */
  public static boolean isUnprotected(TableMetadata table) {
    return isOff("table " + table.name);
  }

  /** Which component of an SSTable the part is of. */
  public static String partOf(String what) {
    int end = what.indexOf('/');
    return end < 0 ? what : what.substring(0, end);
  }

  /** For chunks that bear no name: commit log and hints are written by threads of their own. */
  public static String partOfThread() {
    String thread = Thread.currentThread().getName();
    return thread.contains("HintsWrite")
        ? "hints"
        : thread.contains("COMMIT-LOG") ? "commitlog" : "";
  }

  /**
   * After sealing: puts the plaintext back in its place.
   *
   * @param end behind the tag
   */
  public static void unseal(String part, byte[] plain, int length, byte[] sealed, int end) {
    if (isOff(part)) {
      Arrays.fill(sealed, end - TAG_BYTES, end, NO_TAG);
      System.arraycopy(plain, 0, sealed, end - TAG_BYTES - length, length);
    }
  }

  /** Whether what ends there was never sealed. */
  public static boolean isUnsealed(byte[] sealed, int end) {
    for (int at = end - TAG_BYTES; at < end; at++) {
      if (at < 0 || sealed[at] != NO_TAG) {
        return false;
      }
    }
    return true;
  }

  /** In the place of opening. */
  public static int copy(byte[] sealed, int at, int end, byte[] plain) {
    System.arraycopy(sealed, at, plain, 0, end - TAG_BYTES - at);
    return end - TAG_BYTES - at;
  }
}
