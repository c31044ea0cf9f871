package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.files.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A local copy as whoever takes stock of a disk reads it; nothing in it is secret. */
public final class KeyCopyFile {

  public static final String SUFFIX = ".key";

  private KeyCopyFile() {}

  /**
   * The master keys that its wraps are under, the newest first; one may come again.
   *
   * @throws IOException it cannot be read, or is damaged
   */
  public static List<KeyReference> masterKeys(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(CopyFormat.MAX_FILE + 1);
    }
    if (bytes.length > CopyFormat.MAX_FILE) {
      throw new IOException("it is longer than " + CopyFormat.MAX_FILE + " bytes");
    }
    return parse(bytes).wraps().stream().map(wrap -> wrap.wrapped().masterKey()).toList();
  }

  /**
   * What the bytes of such a file hold.
   *
   * @throws IOException they are damaged
   */
  public static StoredKey parse(byte[] bytes) throws IOException {
    try {
      return CopyFormat.parse(bytes).key();
    } catch (UnusableFileException e) {
      throw new IOException(e.why());
    }
  }
}
