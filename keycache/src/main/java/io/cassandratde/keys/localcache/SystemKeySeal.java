package io.cassandratde.keys.localcache;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.files.UnusableFileException;
import io.cassandratde.keys.local.SystemKeyFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens cache files by a system key file: its last 256-bit line seals, every line opens.
 * The file is read anew for each use, so that its keys are in memory only then, and a new line
 * takes effect at once.
 *
 * <p>All that knows of the system key is here; a token would take this class's place.
 */
final class SystemKeySeal {

  private static final int BITS = 256;
  private static final byte[] NONCE = new byte[12];

  private final Path keyFile;
  private final Hkdf hkdf;
  private final Provider provider;
  private final SecureRandom random = new SecureRandom();

  SystemKeySeal(Path keyFile, Hkdf hkdf, Provider provider) {
    this.keyFile = keyFile;
    this.hkdf = hkdf;
    this.provider = provider;
  }

  /** What an entry's file holds. The holder wipes it. */
  static final class Opened implements AutoCloseable {
    private final Entry entry;
    private final byte[] material;
    private final boolean underLastKey;

    private Opened(Entry entry, byte[] material, boolean underLastKey) {
      this.entry = entry;
      this.material = material;
      this.underLastKey = underLastKey;
    }

    Entry entry() {
      return entry;
    }

    /** The array itself, not a copy; empty where the entry is no key. */
    byte[] material() {
      return material;
    }

    /** False: the key file has a newer line to seal with. */
    boolean isUnderLastKey() {
      return underLastKey;
    }

    @Override
    public void close() {
      Arrays.fill(material, (byte) 0);
    }

    @Override
    public String toString() {
      return "Opened[" + entry + "]";
    }
  }

  /**
   * Null: the key file can seal.
   *
   * @throws KeyException when the key file cannot be used
   */
  @Nullable String problem() {
    try (Keys keys = new Keys()) {
      return keys.last() == null ? "has no AES key of " + BITS + " bits" : null;
    }
  }

  /**
   * The whole file for this entry.
   *
   * @throws KeyException when the key file cannot be used
   */
  byte[] seal(Entry entry, byte[] material) throws UnusableFileException {
    byte[] salt = new byte[EntryFormat.SALT];
    random.nextBytes(salt);
    return seal(entry, material, salt);
  }

  /** For vectors: a salt must never come twice. */
  byte[] seal(Entry entry, byte[] material, byte[] salt) throws UnusableFileException {
    try (Keys keys = new Keys()) {
      SystemKeyFile.Entry last = keys.last();
      if (last == null) {
        throw new UnusableFileException(keyFile + " has no AES key of " + BITS + " bits");
      }
      byte[] id = id(last);
      byte[] header = EntryFormat.encode(entry, id, salt);
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, last, id, salt, header).doFinal(material);
      return ByteBuffer.allocate(header.length + sealed.length).put(header).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM/NoPadding does not work: " + e);
    }
  }

  /**
   * Opens a file whose header was parsed.
   *
   * @throws KeyException when the key file cannot be used
   */
  Opened open(EntryFormat.Header header, byte[] file) throws UnusableFileException {
    byte[] id = header.systemKeyId().copy();
    try (Keys keys = new Keys()) {
      SystemKeyFile.Entry key = keys.named(id);
      if (key == null) {
        throw new UnusableFileException(
            "it is sealed under a system key that is not in " + keyFile);
      }
      byte[] aad = Arrays.copyOf(file, header.length());
      byte[] material =
          cipher(Cipher.DECRYPT_MODE, key, id, header.salt().copy(), aad)
              .doFinal(file, header.length(), file.length - header.length());
      return new Opened(header.entry(), material, key == keys.last());
    } catch (GeneralSecurityException e) {
      throw new UnusableFileException("it was changed: its tag does not verify");
    }
  }

  private Cipher cipher(
      int mode, SystemKeyFile.Entry systemKey, byte[] id, byte[] salt, byte[] header)
      throws GeneralSecurityException {
    byte[] key = hkdf.derive(systemKey.material(), salt, KeyUse.LOCAL_CACHE.info(id), BITS / 8);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(
          mode,
          new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(EntryFormat.TAG * Byte.SIZE, NONCE));
      cipher.updateAAD(header);
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] id(SystemKeyFile.Entry key) {
    UUID id = UUID.fromString(key.id());
    return ByteBuffer.allocate(EntryFormat.SYSTEM_KEY_ID)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  /** The 256-bit lines of the key file, wiped after use: no weaker key wraps a key (R1). */
  private final class Keys implements AutoCloseable {
    private final List<SystemKeyFile.Entry> all = SystemKeyFile.read(keyFile, hkdf);

    SystemKeyFile.@Nullable Entry last() {
      SystemKeyFile.Entry last = null;
      for (SystemKeyFile.Entry key : all) {
        last = key.cipher().bits() == BITS ? key : last;
      }
      return last;
    }

    SystemKeyFile.@Nullable Entry named(byte[] id) {
      for (SystemKeyFile.Entry key : all) {
        if (key.cipher().bits() == BITS && Arrays.equals(id(key), id)) {
          return key;
        }
      }
      return null;
    }

    @Override
    public void close() {
      all.forEach(SystemKeyFile.Entry::close);
    }
  }
}
