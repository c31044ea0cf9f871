package io.cassandratde.tools.backup;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.tools.backup.KeyCheck.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for local keys in key files. The files of a backup name a key by its id alone, not the file
 * that holds it: so all of system_key_directory is looked through, as a node does. A file that may
 * hold it and cannot be read leaves open whether the key is lost.
 */
final class LocalKeys {

  private static final int LONGEST = 64 * 1024;

  private final Map<String, Set<Integer>> checkValues = new HashMap<>();
  private final List<String> unread = new ArrayList<>();
  private final List<Path> looked = new ArrayList<>();
  private final Hkdf hkdf;

  /**
   * Reads them.
   *
   * @param named key files outside of the directory
   */
  LocalKeys(Path directory, List<Path> named, Hkdf hkdf) {
    this.hkdf = hkdf;
    looked.add(directory);
    looked.addAll(named);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, Files::isRegularFile)) {
      for (Path file : files) {
        if (mayBeKeyFile(file)) {
          read(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      unread.add(directory + " cannot be listed (" + e + ")");
    }
    named.forEach(this::read);
  }

  /** By its first line that is no comment: a configuration directory holds other files too. */
  private static boolean mayBeKeyFile(Path file) throws IOException {
    if (Files.size(file) > LONGEST) {
      return false;
    }
    if (!Files.isReadable(file)) {
      return true;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .findFirst()
          .map(line -> line.startsWith("AES"))
          .orElse(false);
    }
  }

  private void read(Path file) {
    try {
      for (SystemKeyFile.Entry entry : SystemKeyFile.read(file, hkdf)) {
        try (entry) {
          DataKey key = DataKey.of(0, entry.id(), entry.material(), hkdf);
          checkValues
              .computeIfAbsent(entry.id(), none -> new HashSet<>())
              .add(key.reference().checkValue());
          key.retire();
        }
      }
    } catch (KeyException | IllegalStateException e) {
      unread.add(String.valueOf(e.getMessage()));
    }
  }

  KeyCheck check(NeededKey key) {
    KeyReference wanted = key.reference();
    Set<Integer> found = checkValues.getOrDefault(wanted.keyId(), Set.of());
    if (found.contains(wanted.checkValue())) {
      return KeyCheck.opens(key, null);
    }
    if (!found.isEmpty()) {
      return new KeyCheck(key, Outcome.WRONG_KEY, null, "a key file has another key under this id");
    }
    String where = "no key file in " + looked + " has it";
    return unread.isEmpty()
        ? new KeyCheck(
            key,
            Outcome.LOST,
            null,
            where + ": restore the file, or name where it is by --key-file")
        : new KeyCheck(
            key,
            Outcome.NOT_ASKED,
            null,
            where + ", as far as they could be read: " + String.join("; ", unread));
  }
}
