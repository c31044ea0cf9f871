package io.cassandratde.keys.local;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.KeyUse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * DSE's key file: one line {@code <cipher>:<bits>:<base64>} per key. The last line of a strength is
 * the current key, the lines before it only open; so a key is replaced by adding a line.
 *
 * <p>A key's id is a UUID derived from the key itself, so copying, renaming or moving the file
 * changes nothing.
 */
public final class SystemKeyFile {

  private static final int MAX_BYTES = 64 * 1024;
  private static final byte[] NONE = new byte[0];
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private SystemKeyFile() {}

  /** One line. The holder wipes it. */
  public static final class Entry implements AutoCloseable {
    private final CipherSpec cipher;
    private final byte[] material;
    private final String id;

    private Entry(CipherSpec cipher, byte[] material, Hkdf hkdf) {
      this.cipher = cipher;
      this.material = material;
      this.id = idOf(material, hkdf);
    }

    public CipherSpec cipher() {
      return cipher;
    }

    public String id() {
      return id;
    }

    /** The array itself, not a copy; wiped by {@link #close}. */
    public byte[] material() {
      return material;
    }

    @Override
    public void close() {
      Arrays.fill(material, (byte) 0);
    }

    @Override
    public String toString() {
      return "Entry[" + id + ", " + cipher + "]";
    }
  }

  /** A version-8 UUID (RFC 9562, section 5.8) of 16 bytes derived from the key. */
  static String idOf(byte[] material, Hkdf hkdf) {
    ByteBuffer bytes =
        ByteBuffer.wrap(hkdf.derive(material, NONE, KeyUse.LOCAL_KEY_ID.info(NONE), 16));
    long high = (bytes.getLong() & ~0xF000L) | 0x8000L;
    long low = (bytes.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  /** Makes a new file with one new key; never overwrites. The file is on disk when this returns. */
  public static void create(Path file, CipherSpec cipher) throws IOException {
    byte[] material = new byte[cipher.bytes()];
    new SecureRandom().nextBytes(material);
    byte[] encoded = Base64.getEncoder().encode(material);
    byte[] head = (cipher + ":").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer line = ByteBuffer.allocate(head.length + encoded.length + 1);
    line.put(head).put(encoded).put((byte) '\n').flip();
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(file + " is no file name");
    }
    Path temporary = Files.createTempFile(directory, "." + file.getFileName(), ".new", OWNER_ONLY);
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        while (line.hasRemaining()) {
          channel.write(line);
        }
        channel.force(true);
      }
      // A hard link appears whole or not at all and, unlike a rename, refuses to replace an
      // existing key.
      Files.createLink(file, temporary);
      try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
        folder.force(true);
      }
    } catch (FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "a key file is never overwritten: choose another name");
    } finally {
      Files.deleteIfExists(temporary);
      Arrays.fill(material, (byte) 0);
      Arrays.fill(encoded, (byte) 0);
      Arrays.fill(line.array(), (byte) 0);
    }
  }

  /** All keys of the file, in its order. */
  public static List<Entry> read(Path file, Hkdf hkdf) {
    byte[] bytes = bytes(file);
    try {
      return parse(file, bytes, hkdf);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Applies {@code use} to the last key of the file, then wipes what was read. */
  public static <T> T withLast(Path file, Hkdf hkdf, Function<Entry, T> use) {
    List<Entry> entries = read(file, hkdf);
    try {
      return use.apply(entries.get(entries.size() - 1));
    } finally {
      entries.forEach(Entry::close);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new KeyConfigException(file + " is a directory: name a key file in it");
      }
      refuseForeignReaders(file);
      if (Files.size(file) > MAX_BYTES) {
        throw new KeyConfigException(
            file + " is too long for a key file (more than " + MAX_BYTES + " bytes)");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new KeyNotFoundException(
          "key file "
              + file
              + " is not there: restore it, or make one with `cassandra-tde createsystemkey`");
    } catch (AccessDeniedException e) {
      throw new KeyAccessDeniedException(
          "key file " + file + " may not be read by this user: chown it");
    } catch (IOException e) {
      throw new KeyUnavailableException("key file " + file + " cannot be read", e);
    }
  }

  private static void refuseForeignReaders(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)
        || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
      throw new KeyConfigException(
          "key file "
              + file
              + " is open to others ("
              + PosixFilePermissions.toString(permissions)
              + "): chmod 600 it");
    }
  }

  private static List<Entry> parse(Path file, byte[] bytes, Hkdf hkdf) {
    List<Entry> entries = new ArrayList<>();
    CharBuffer text = StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(bytes));
    try {
      int number = 0;
      for (int start = 0; start < text.length(); ) {
        number++;
        int end = start;
        while (end < text.length() && text.get(end) != '\n') {
          end++;
        }
        CharBuffer line = text.subSequence(start, end);
        start = end + 1;
        if (!isBlank(line) && line.charAt(0) != '#') {
          entries.add(entry(file, number, line, hkdf));
        }
      }
    } catch (RuntimeException e) {
      entries.forEach(Entry::close);
      throw e;
    } finally {
      Arrays.fill(text.array(), '\0');
    }
    if (entries.isEmpty()) {
      throw new KeyConfigException("key file " + file + " holds no key: restore it");
    }
    return entries;
  }

  private static Entry entry(Path file, int number, CharBuffer line, Hkdf hkdf) {
    int first = indexOf(line, 0);
    int second = first < 0 ? -1 : indexOf(line, first + 1);
    if (second < 0) {
      throw malformed(file, number, "it has no two colons");
    }
    String cipher = line.subSequence(0, first).toString().strip();
    String bits = line.subSequence(first + 1, second).toString().strip();
    if (!cipher.equals("AES") && !cipher.startsWith("AES/")) {
      throw malformed(file, number, "its cipher is not AES, and only AES keys can be used");
    }
    byte[] encoded = new byte[line.length() - second - 1];
    for (int i = 0; i < encoded.length; i++) {
      encoded[i] = (byte) line.charAt(second + 1 + i);
    }
    byte[] trimmed = trim(encoded);
    byte[] material = null;
    try {
      material = Base64.getDecoder().decode(trimmed);
      CipherSpec spec = CipherSpec.aes(Integer.parseInt(bits));
      if (material.length != spec.bytes()) {
        throw malformed(
            file, number, "it holds " + material.length * 8 + " bits and says otherwise");
      }
      Entry entry = new Entry(spec, material, hkdf);
      material = null;
      return entry;
    } catch (IllegalArgumentException e) {
      // Its text could quote key material, so it is not passed on.
      throw malformed(file, number, "bits or base64 are wrong");
    } finally {
      Arrays.fill(encoded, (byte) 0);
      Arrays.fill(trimmed, (byte) 0);
      if (material != null) {
        Arrays.fill(material, (byte) 0);
      }
    }
  }

  private static byte[] trim(byte[] bytes) {
    int from = 0;
    int to = bytes.length;
    while (from < to && bytes[from] <= ' ') {
      from++;
    }
    while (to > from && bytes[to - 1] <= ' ') {
      to--;
    }
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static boolean isBlank(CharBuffer line) {
    return line.chars().allMatch(c -> c <= ' ');
  }

  private static int indexOf(CharBuffer line, int from) {
    for (int i = from; i < line.length(); i++) {
      if (line.charAt(i) == ':') {
        return i;
      }
    }
    return -1;
  }

  private static KeyConfigException malformed(Path file, int line, String why) {
    return new KeyConfigException(
        "key file " + file + ", line " + line + " is not <cipher>:<bits>:<base64>: " + why);
  }
}
