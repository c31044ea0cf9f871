package io.cassandratde.keys.localcache;

import io.cassandratde.keys.files.UnusableFileException;
import io.cassandratde.kmip.KeyState;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The part in clear of a cache file, byte by byte as docs/FORMAT-LOCAL-CACHE.md says. */
final class EntryFormat {

  static final int SALT = 16;
  static final int SYSTEM_KEY_ID = 16;
  static final int TAG = 16;

  /** Longer than any file of the format, and all that is ever read. */
  static final int MAX_FILE = 8192;

  private static final byte[] MAGIC = "TDEKEYC".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int KEY = 1;
  private static final int SEALING = 2;
  private static final int AES_256_GCM = 1;
  private static final int MAX_TEXT = 1024;
  private static final long NO_END = Long.MAX_VALUE;

  private EntryFormat() {}

  /**
   * What {@link #parse} found.
   *
   * @param length of the header: the sealed part begins there
   */
  record Header(Entry entry, Bytes systemKeyId, Bytes salt, int length) {}

  /** Read-only. */
  record Bytes(ByteBuffer value) {
    byte[] copy() {
      byte[] copy = new byte[value.remaining()];
      value.duplicate().get(copy);
      return copy;
    }
  }

  static byte[] encode(Entry entry, byte[] systemKeyId, byte[] salt) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      Entry.Sealing sealing = entry.sealing();
      out.write(MAGIC);
      out.writeByte(VERSION);
      out.writeByte(sealing == null ? KEY : SEALING);
      out.writeByte(AES_256_GCM);
      out.write(systemKeyId);
      out.write(salt);
      out.writeLong(entry.written().toEpochMilli());
      out.writeInt(entry.checkValue());
      out.writeShort(entry.bits());
      out.writeByte(entry.state() == null ? 0 : entry.state().code());
      write(out, entry.cluster());
      write(out, entry.group());
      write(out, entry.keyId());
      if (sealing != null) {
        writeOptional(out, sealing.namespace());
        writeOptional(out, sealing.template());
        out.writeLong(sealing.until() == null ? NO_END : sealing.until().toEpochMilli());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length == 0 || utf8.length > MAX_TEXT) {
      throw new IllegalArgumentException(
          "a name of " + utf8.length + " bytes; 1 to " + MAX_TEXT + " can be kept");
    }
    out.writeShort(utf8.length);
    out.write(utf8);
  }

  private static void writeOptional(DataOutputStream out, @Nullable String text)
      throws IOException {
    out.writeByte(text == null ? 0 : 1);
    if (text != null) {
      write(out, text);
    }
  }

  /** Nothing is believed of what it gives until the tag has verified. */
  static Header parse(byte[] file) throws UnusableFileException {
    ByteBuffer in = ByteBuffer.wrap(file);
    if (file.length < MAGIC.length + 3 + SYSTEM_KEY_ID + SALT + 15) {
      throw new UnusableFileException("it is too short");
    }
    for (byte b : MAGIC) {
      if (in.get() != b) {
        throw new UnusableFileException("it is no file of the local key cache");
      }
    }
    int version = in.get();
    if (version != VERSION) {
      throw new UnusableFileException("it has version " + version + ", not " + VERSION);
    }
    int kind = in.get();
    if ((kind != KEY && kind != SEALING) || in.get() != AES_256_GCM) {
      throw new UnusableFileException("its kind or algorithm is unknown");
    }
    Bytes systemKeyId = bytes(in, SYSTEM_KEY_ID);
    Bytes salt = bytes(in, SALT);
    Instant written = time(in);
    int checkValue = in.getInt();
    int bits = in.getShort();
    if (bits != 128 && bits != 192 && bits != 256) {
      throw new UnusableFileException("it has a key of " + bits + " bits");
    }
    KeyState state = state(in.get());
    String cluster = text(in);
    String group = text(in);
    String keyId = text(in);
    Entry.Sealing sealing = null;
    if (kind == SEALING) {
      sealing = sealing(in);
      if (state != KeyState.ACTIVE) {
        throw new UnusableFileException("it lets a key seal that is not Active");
      }
    }
    if (in.remaining() != (kind == KEY ? bits / 8 : 0) + TAG) {
      throw new UnusableFileException("it has another length than it states");
    }
    Entry entry = new Entry(cluster, group, keyId, checkValue, bits, state, written, sealing);
    return new Header(entry, systemKeyId, salt, in.position());
  }

  private static Bytes bytes(ByteBuffer in, int length) {
    Bytes part = new Bytes(in.slice(in.position(), length).asReadOnlyBuffer());
    in.position(in.position() + length);
    return part;
  }

  private static Entry.Sealing sealing(ByteBuffer in) throws UnusableFileException {
    String namespace = optionalText(in);
    String template = optionalText(in);
    need(in, Long.BYTES);
    boolean open = in.getLong(in.position()) == NO_END;
    Instant until = time(in);
    return new Entry.Sealing(namespace, template, open ? null : until);
  }

  private static Instant time(ByteBuffer in) throws UnusableFileException {
    long millis = in.getLong();
    if (millis < 0) {
      throw new UnusableFileException("it has a time before 1970");
    }
    return Instant.ofEpochMilli(millis);
  }

  private static @Nullable KeyState state(int code) throws UnusableFileException {
    if (code == 0) {
      return null;
    }
    for (KeyState state : KeyState.values()) {
      if (state.code() == code && state.canOpen()) {
        return state;
      }
    }
    throw new UnusableFileException("it has a key in state " + code);
  }

  private static @Nullable String optionalText(ByteBuffer in) throws UnusableFileException {
    need(in, 1);
    int present = in.get();
    if (present != 0 && present != 1) {
      throw new UnusableFileException("a name is neither there nor absent");
    }
    return present == 0 ? null : text(in);
  }

  private static String text(ByteBuffer in) throws UnusableFileException {
    need(in, Short.BYTES);
    int length = Short.toUnsignedInt(in.getShort());
    if (length == 0 || length > MAX_TEXT) {
      throw new UnusableFileException("it has a name of " + length + " bytes");
    }
    need(in, length);
    ByteBuffer utf8 = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new UnusableFileException("it has a name that is not UTF-8");
    }
  }

  private static void need(ByteBuffer in, int bytes) throws UnusableFileException {
    if (in.remaining() < bytes) {
      throw new UnusableFileException("it ends early");
    }
  }
}
