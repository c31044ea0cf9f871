package io.cassandratde.keys.replicated;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.crypto.X25519;
import io.cassandratde.keys.files.UnusableFileException;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A data key sealed to a public key, byte by byte as docs/FORMAT-KEY-COPY.md says: it opens with
 * the private one alone, which no node has. Whoever knows the public key can make one, so that a
 * file of them is authenticated as a whole. Holds nothing that is secret.
 */
public final class SealedKey {

  private static final byte[] MAGIC = "TDEKEYX".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int TAG = 16;
  private static final int PREFIX = MAGIC.length + 1;

  /** Longer than any. */
  private static final int MOST = 4096;

  private static final Hkdf HKDF = new Hkdf();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final DataKeyRow row;
  private final byte[] recipient;
  private final byte[] ephemeral;
  private final byte[] bytes;
  private final int headLength;

  private SealedKey(
      DataKeyRow row, byte[] recipient, byte[] ephemeral, byte[] bytes, int headLength) {
    this.row = row;
    this.recipient = recipient;
    this.ephemeral = ephemeral;
    this.bytes = bytes;
    this.headLength = headLength;
  }

  /**
   * Seals a key.
   *
   * @param material stays the caller's
   * @throws IllegalStateException the recipient is no public key
   */
  static SealedKey seal(DataKeyRow row, byte[] material, byte[] recipient) {
    byte[] ephemeral = X25519.newPrivateKey(RANDOM);
    try {
      return seal(row, material, recipient, ephemeral);
    } finally {
      Arrays.fill(ephemeral, (byte) 0);
    }
  }

  /** For vectors: a private key must never come twice. */
  static SealedKey seal(
      DataKeyRow row, byte[] material, byte[] recipient, byte[] ephemeralPrivate) {
    byte[] ephemeral = X25519.publicKey(ephemeralPrivate);
    byte[] head = head(row, recipient, ephemeral);
    byte[] key;
    try {
      key = key(ephemeralPrivate, recipient, ephemeral, recipient);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("no data key is sealed to this key: " + e.getMessage());
    }
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, head).doFinal(material);
      byte[] bytes = Arrays.copyOf(head, head.length + sealed.length);
      System.arraycopy(sealed, 0, bytes, head.length, sealed.length);
      return new SealedKey(row, recipient.clone(), ephemeral, bytes, head.length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM/NoPadding does not work: " + e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] head(DataKeyRow row, byte[] recipient, byte[] ephemeral) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(MAGIC);
      out.writeByte(VERSION);
      CopyFormat.write(out, row);
      out.write(recipient);
      out.write(ephemeral);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * What {@link #bytes} gave.
   *
   * @throws IOException they are damaged
   */
  public static SealedKey parse(byte[] bytes) throws IOException {
    if (bytes.length < PREFIX || bytes.length > MOST) {
      throw new IOException("a sealed key of %d bytes".formatted(bytes.length));
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    for (byte b : MAGIC) {
      if (in.get() != b) {
        throw new IOException("it is no sealed key");
      }
    }
    int version = in.get();
    if (version != VERSION) {
      throw new IOException("it has version " + version + ", not " + VERSION);
    }
    try {
      DataKeyRow row = CopyFormat.row(in);
      CopyFormat.need(in, 2 * X25519.BYTES);
      byte[] recipient = new byte[X25519.BYTES];
      byte[] ephemeral = new byte[X25519.BYTES];
      in.get(recipient).get(ephemeral);
      if (in.remaining() != row.line().cipher().bits() / 8 + TAG) {
        throw new IOException("its key has another length than it states");
      }
      return new SealedKey(row, recipient, ephemeral, bytes.clone(), in.position());
    } catch (UnusableFileException e) {
      throw new IOException(e.why());
    }
  }

  /**
   * Opens it for as long as {@code use} takes; wiped afterwards.
   *
   * @throws DamagedWrapException it was changed, is sealed to another key, or opens to a key of
   *     another check value
   */
  public <T> T open(byte[] privateKey, Function<byte[], T> use) throws DamagedWrapException {
    byte[] material = opened(privateKey);
    try {
      DataKey key = DataKey.of(0, row.keyId().toString(), material, HKDF);
      int checkValue = key.reference().checkValue();
      key.retire();
      if (checkValue != row.checkValue()) {
        throw new DamagedWrapException(
            "%s opens to a key with check value %08x, and %08x is stated"
                .formatted(row.binding(), checkValue, row.checkValue()));
      }
      return use.apply(material);
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  private byte[] opened(byte[] privateKey) throws DamagedWrapException {
    byte[] key = new byte[0];
    try {
      if (!MessageDigest.isEqual(X25519.publicKey(privateKey), recipient)) {
        throw new DamagedWrapException(row.binding() + " is sealed to another key");
      }
      key = key(privateKey, ephemeral, ephemeral, recipient);
      byte[] head = Arrays.copyOf(bytes, headLength);
      return cipher(Cipher.DECRYPT_MODE, key, head)
          .doFinal(bytes, headLength, bytes.length - headLength);
    } catch (AEADBadTagException | InvalidKeyException e) {
      throw new DamagedWrapException(
          row.binding() + " does not open: it was changed, or is another's");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM/NoPadding does not work: " + e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * The key under a master key: opened, wrapped, wiped.
   *
   * @param at when that was
   * @throws DamagedWrapException as {@link #open}
   * @throws io.cassandratde.keys.KeyException the master key cannot be had
   */
  public StoredKey under(MasterKeys masters, byte[] privateKey, Instant at)
      throws DamagedWrapException {
    var by = masters.current();
    WrappedKey wrapped =
        this.<WrappedKey>open(
            privateKey, material -> ProvenWrap.of(masters, by, row.binding(), material));
    return new StoredKey(row, List.of(new KeyWrap(at, wrapped)));
  }

  private static byte[] key(byte[] ownPrivate, byte[] other, byte[] ephemeral, byte[] recipient)
      throws InvalidKeyException {
    byte[] shared = X25519.agree(ownPrivate, other);
    byte[] salt = ByteBuffer.allocate(2 * X25519.BYTES).put(ephemeral).put(recipient).array();
    try {
      return HKDF.derive(shared, salt, KeyUse.KEY_EXPORT.info(new byte[0]), 32);
    } finally {
      Arrays.fill(shared, (byte) 0);
    }
  }

  /** The nonce is zero: each key seals once. */
  private static Cipher cipher(int mode, byte[] key, byte[] head) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, new byte[12]));
    cipher.updateAAD(head);
    return cipher;
  }

  public DataKeyRow row() {
    return row;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "SealedKey[" + row.binding() + "]";
  }
}
