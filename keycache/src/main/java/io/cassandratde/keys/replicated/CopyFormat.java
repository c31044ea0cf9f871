package io.cassandratde.keys.replicated;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.files.UnusableFileException;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.WrappedKey;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * A local copy of a data key, byte by byte as docs/FORMAT-KEY-COPY.md says. Its checksum tells what
 * a disk did; what somebody did is told by the wraps, which open for this key alone.
 */
final class CopyFormat {

  /** Longer than any file of the format, and all that is ever read. */
  static final int MAX_FILE = 81_920;

  /** Older ones are not copied. */
  static final int MAX_WRAPS = 64;

  static final int MAX_TEXT = 1024;

  private static final byte[] MAGIC = "TDEKEYR".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int MAX_WRAPPED = 1100;
  private static final int CHECKSUM = 32;
  private static final int ROW = 16 + 4 + 4 + 2 + 1 + 3 * 8;
  private static final int LEAST = 67 + 2 + 1 + 2 + 2 + CHECKSUM;

  private CopyFormat() {}

  static byte[] encode(Copy copy) {
    DataKeyRow row = copy.key().row();
    List<KeyWrap> wraps = copy.key().wraps();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(MAGIC);
      out.writeByte(VERSION);
      out.writeLong(copy.confirmed().toEpochMilli());
      write(out, row);
      int count = Math.min(wraps.size(), MAX_WRAPS);
      out.writeShort(count);
      for (KeyWrap wrap : wraps.subList(0, count)) {
        out.writeLong(wrap.wrappedAt().toEpochMilli());
        write(out, wrap.wrapped().bytes());
      }
      out.write(sha256(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** All of a key but what opens it. */
  static void write(DataOutputStream out, DataKeyRow row) throws IOException {
    out.writeLong(row.keyId().getMostSignificantBits());
    out.writeLong(row.keyId().getLeastSignificantBits());
    out.writeInt(row.version());
    out.writeInt(row.checkValue());
    out.writeShort(row.line().cipher().bits());
    out.writeByte(code(row.state()));
    out.writeLong(row.createdAt().toEpochMilli());
    out.writeLong(row.activeFrom().toEpochMilli());
    out.writeLong(row.changedAt().toEpochMilli());
    write(out, text(row.line().master()));
    write(out, text(row.line().namespace()));
  }

  private static byte[] text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > MAX_TEXT) {
      throw new IllegalArgumentException("a name of %d bytes".formatted(utf8.length));
    }
    return utf8;
  }

  private static void write(DataOutputStream out, byte[] field) throws IOException {
    out.writeShort(field.length);
    out.write(field);
  }

  /** Only what seals or opens is copied: no key that is in the making or gone. */
  private static int code(DataKeyState state) {
    return switch (state) {
      case ACTIVE -> 2;
      case INACTIVE -> 3;
      case REKEYING -> 4;
      case DEPRECATED -> 5;
      case PENDING, RETIRED, REMOVED ->
          throw new IllegalArgumentException("a key that is %s has no copy".formatted(state));
    };
  }

  static Copy parse(byte[] file) throws UnusableFileException {
    if (file.length < LEAST) {
      throw new UnusableFileException("it is too short");
    }
    int end = file.length - CHECKSUM;
    ByteBuffer in = ByteBuffer.wrap(file, 0, end);
    for (byte b : MAGIC) {
      if (in.get() != b) {
        throw new UnusableFileException("it is no local copy of a key");
      }
    }
    int format = in.get();
    if (format != VERSION) {
      throw new UnusableFileException("it has version " + format + ", not " + VERSION);
    }
    byte[] sum = Arrays.copyOfRange(file, end, file.length);
    if (!MessageDigest.isEqual(sum, sha256(Arrays.copyOf(file, end)))) {
      throw new UnusableFileException("its checksum is wrong: it was cut off or damaged");
    }
    Instant confirmed = time(in);
    DataKeyRow row = row(in);
    return new Copy(new StoredKey(row, wraps(in)), confirmed);
  }

  /** What {@link #write(DataOutputStream, DataKeyRow)} wrote. */
  static DataKeyRow row(ByteBuffer in) throws UnusableFileException {
    need(in, ROW);
    UUID keyId = new UUID(in.getLong(), in.getLong());
    int version = in.getInt();
    int checkValue = in.getInt();
    int bits = in.getShort();
    if (version < 1
        || version > KeyBinding.MAX_VERSION
        || (bits != 128 && bits != 192 && bits != 256)) {
      throw new UnusableFileException("version or strength of its key is none");
    }
    DataKeyState state = state(in.get());
    Instant createdAt = time(in);
    Instant activeFrom = time(in);
    Instant changedAt = time(in);
    String master = text(in, 1);
    KeyLine line = new KeyLine(master, text(in, 0), CipherSpec.aes(bits));
    return new DataKeyRow(
        line, version, keyId, checkValue, state, createdAt, activeFrom, changedAt);
  }

  private static List<KeyWrap> wraps(ByteBuffer in) throws UnusableFileException {
    need(in, 2);
    int count = Short.toUnsignedInt(in.getShort());
    if (count < 1 || count > MAX_WRAPS) {
      throw new UnusableFileException("it has " + count + " wraps");
    }
    List<KeyWrap> wraps = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      need(in, 8);
      Instant wrappedAt = time(in);
      try {
        wraps.add(new KeyWrap(wrappedAt, WrappedKey.parse(field(in, 1, MAX_WRAPPED))));
      } catch (DamagedWrapException e) {
        throw new UnusableFileException(String.valueOf(e.getMessage()));
      }
    }
    if (in.hasRemaining()) {
      throw new UnusableFileException("it is longer than it states");
    }
    return wraps;
  }

  private static DataKeyState state(int code) throws UnusableFileException {
    return switch (code) {
      case 2 -> DataKeyState.ACTIVE;
      case 3 -> DataKeyState.INACTIVE;
      case 4 -> DataKeyState.REKEYING;
      case 5 -> DataKeyState.DEPRECATED;
      default -> throw new UnusableFileException("it has a key in state " + code);
    };
  }

  private static Instant time(ByteBuffer in) throws UnusableFileException {
    long millis = in.getLong();
    if (millis < 0) {
      throw new UnusableFileException("it has a time before 1970");
    }
    return Instant.ofEpochMilli(millis);
  }

  private static String text(ByteBuffer in, int least) throws UnusableFileException {
    try {
      ByteBuffer utf8 = ByteBuffer.wrap(field(in, least, MAX_TEXT));
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new UnusableFileException("it has a name that is not UTF-8");
    }
  }

  private static byte[] field(ByteBuffer in, int least, int most) throws UnusableFileException {
    need(in, 2);
    int length = Short.toUnsignedInt(in.getShort());
    if (length < least || length > most) {
      throw new UnusableFileException("it has a field of " + length + " bytes");
    }
    need(in, length);
    byte[] field = new byte[length];
    in.get(field);
    return field;
  }

  static void need(ByteBuffer in, int bytes) throws UnusableFileException {
    if (in.remaining() < bytes) {
      throw new UnusableFileException("it ends early");
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
