package io.cassandratde.keys.localcache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.kmip.KeyState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Prints vectors/local-cache-v1.txt; docs/FORMAT-LOCAL-CACHE.md has the command. */
public final class CacheVectorGenerator {

  static final String CLUSTER = "Vectors";
  static final String GROUP = "vault";
  static final byte[] SYSTEM_KEY = counting(0x40, 32);
  static final byte[] SALT = counting(0x20, 16);

  private static final String UUID_ID = "0eb2277e-0acc-4adb-9241-1dd84dde691c";
  private static final Instant WRITTEN = Instant.ofEpochMilli(1_795_000_000_123L);

  /** The id of the line AES:256: with SYSTEM_KEY (docs/FORMAT.md, local keys). */
  private static final byte[] SYSTEM_KEY_ID = systemKeyId();

  private CacheVectorGenerator() {}

  public static void main(String[] args) {
    System.out.println(
        "# Vectors of the local key cache, version 1. Made by CacheVectorGenerator; see docs/FORMAT-LOCAL-CACHE.md.");
    accepted("key-256-active", entry(UUID_ID, 256, KeyState.ACTIVE, null));
    accepted("key-192-state-not-known", entry("1", 192, null, null));
    accepted("key-128-compromised", entry("ä".repeat(512), 128, KeyState.COMPROMISED, null));
    accepted(
        "seals-open-end",
        entry(UUID_ID, 256, KeyState.ACTIVE, new Entry.Sealing(null, null, null)));
    accepted(
        "seals-with-all-fields",
        entry(
            UUID_ID,
            256,
            KeyState.ACTIVE,
            new Entry.Sealing("cycling", "tde", WRITTEN.plusMillis(1))));

    changedHeader("version-2", header -> with(header, 7, 2));
    changedHeader("kind-3", header -> with(header, 8, 3));
    changedHeader("algorithm-2", header -> with(header, 9, 2));
    changedHeader("time-before-1970", header -> with(header, 42, 0x80));
    changedHeader("200-bits", header -> with(with(header, 54, 0), 55, 200));
    changedHeader("state-destroyed", header -> with(header, 56, 5));
    changedHeader("cluster-of-no-bytes", header -> with(with(header, 58, 0), 57, 0));
    changedHeader("cluster-of-1025-bytes", header -> with(with(header, 57, 4), 58, 1));
    changedHeader("cluster-not-utf-8", header -> with(header, 59, 0xFF));
    changedHeader("other-cluster", header -> with(header, 59, 'W'));
    changedHeader("other-group", header -> with(header, 68, 'w'));
    changedSealing("seals-deactivated", header -> with(header, 56, 3));
    changedSealing("seals-flag-2", header -> with(header, header.length - 10, 2));
    changedSealing("seals-until-before-1970", header -> with(header, header.length - 8, 0x80));
    changedSealing("seals-cut-in-the-header", header -> Arrays.copyOf(header, header.length - 4));
    changedFile("no-bytes", file -> new byte[0]);
    changedFile("magic", file -> with(file, 0, 'X'));
    changedFile("system-key-id", file -> with(file, 10, file[10] ^ 1));
    changedFile("salt", file -> with(file, 41, file[41] ^ 1));
    changedFile("written", file -> with(file, 49, file[49] ^ 1));
    changedFile("check-value", file -> with(file, 50, file[50] ^ 1));
    changedFile("state", file -> with(file, 56, 3));
    changedFile("key-id", file -> with(file, 75, file[75] ^ 1));
    changedFile("sealed-key", file -> with(file, file.length - 20, file[file.length - 20] ^ 1));
    changedFile("tag", file -> with(file, file.length - 1, file[file.length - 1] ^ 1));
    changedFile("shorter", file -> Arrays.copyOf(file, file.length - 1));
    changedFile("longer", file -> Arrays.copyOf(file, file.length + 1));
  }

  static byte[] counting(int from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (from + i);
    }
    return bytes;
  }

  private static byte[] systemKeyId() {
    byte[] label = "cassandra-tde/1 local-key-id".getBytes(StandardCharsets.US_ASCII);
    byte[] info =
        ByteBuffer.allocate(label.length + 4)
            .putShort((short) label.length)
            .put(label)
            .putShort((short) 0)
            .array();
    byte[] id = new Hkdf().derive(SYSTEM_KEY, new byte[0], info, 16);
    id[6] = (byte) ((id[6] & 0x0F) | 0x80);
    id[8] = (byte) ((id[8] & 0x3F) | 0x80);
    return id;
  }

  private static Entry entry(
      String id, int bits, @Nullable KeyState state, Entry.@Nullable Sealing sealing) {
    DataKey key = DataKey.of(0, id, counting(0x80, bits / 8), new Hkdf());
    return new Entry(
        CLUSTER, GROUP, id, key.reference().checkValue(), bits, state, WRITTEN, sealing);
  }

  static byte[] content(Entry entry) {
    return entry.sealing() == null ? counting(0x80, entry.bits() / 8) : new byte[0];
  }

  private static byte[] header(Entry entry) {
    return EntryFormat.encode(entry, SYSTEM_KEY_ID, SALT);
  }

  private static void accepted(String name, Entry entry) {
    start(name, SealedByHand.seal(SYSTEM_KEY, header(entry), content(entry)));
    print("kind", entry.sealing() == null ? "key" : "seals");
    print("salt", HexFormat.of().formatHex(SALT));
    print("written", Long.toString(entry.written().toEpochMilli()));
    print("key_id", entry.keyId());
    print("check_value", "%08x".formatted(entry.checkValue()));
    print("bits", Integer.toString(entry.bits()));
    print("state", entry.state() == null ? "0" : Integer.toString(entry.state().code()));
    Entry.Sealing sealing = entry.sealing();
    if (sealing == null) {
      print("key", HexFormat.of().formatHex(content(entry)));
    } else {
      print("namespace", sealing.namespace() == null ? "-" : sealing.namespace());
      print("template", sealing.template() == null ? "-" : sealing.template());
      print("until", sealing.until() == null ? "-" : Long.toString(sealing.until().toEpochMilli()));
    }
    print("result", "OPENS");
    System.out.println();
  }

  /** Sealed well, over a header that no writer makes. */
  private static void changedHeader(String name, UnaryOperator<byte[]> change) {
    Entry entry = entry(UUID_ID, 256, KeyState.ACTIVE, null);
    rejected(name, SealedByHand.seal(SYSTEM_KEY, change.apply(header(entry)), content(entry)));
  }

  private static void changedSealing(String name, UnaryOperator<byte[]> change) {
    Entry entry = entry(UUID_ID, 256, KeyState.ACTIVE, new Entry.Sealing(null, null, null));
    rejected(name, SealedByHand.seal(SYSTEM_KEY, change.apply(header(entry)), new byte[0]));
  }

  private static void changedFile(String name, UnaryOperator<byte[]> change) {
    Entry entry = entry(UUID_ID, 256, KeyState.ACTIVE, null);
    rejected(name, change.apply(SealedByHand.seal(SYSTEM_KEY, header(entry), content(entry))));
  }

  private static void rejected(String name, byte[] file) {
    start(name, file);
    print("result", "UNUSABLE");
    System.out.println();
  }

  private static void start(String name, byte[] file) {
    print("vector", name);
    print("system_key", HexFormat.of().formatHex(SYSTEM_KEY));
    print("cluster", CLUSTER);
    print("group", GROUP);
    print("file", file.length == 0 ? "-" : HexFormat.of().formatHex(file));
  }

  private static void print(String name, String value) {
    System.out.println(name + ": " + value);
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }
}
