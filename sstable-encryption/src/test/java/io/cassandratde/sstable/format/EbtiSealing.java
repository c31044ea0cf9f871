package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import io.cassandratde.sstable.format.data.DataCipher;
import io.cassandratde.sstable.format.page.PageCache;
import io.cassandratde.sstable.format.page.PageChannel;
import io.cassandratde.sstable.format.page.PageCrypto;
import io.cassandratde.sstable.format.page.PageFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Seals what stands in vectors/ebti-v1.txt, with the salts that a vector states. */
final class EbtiSealing {

  static final int GROUP = GroupTag.of(ProviderKind.KMIP, "vectors");
  static final int TOKEN_GROUP = GroupTag.of(ProviderKind.PKCS11, "vectors");
  private static final HexFormat HEX = HexFormat.of();

  private EbtiSealing() {}

  /** Gives out these bytes, one array after the other. */
  static Salts scripted(byte[]... script) {
    Deque<byte[]> left = new ArrayDeque<>(List.of(script));
    return salt -> {
      byte[] next = left.remove();
      if (next.length != salt.length) {
        throw new AssertionError(next.length + " bytes are next, not " + salt.length);
      }
      System.arraycopy(next, 0, salt, 0, salt.length);
    };
  }

  static PageFiles pages(Salts salts) {
    return new PageFiles(
        new PageCrypto(salts, TestKeys.sunJce(), new PageCache(0)), new TestMemory());
  }

  static ThreadLocal<Gcm> ciphers() {
    return ThreadLocal.withInitial(() -> new Gcm(TestKeys.sunJce()));
  }

  static String hex(byte[] bytes) {
    return bytes.length == 0 ? "-" : HEX.formatHex(bytes);
  }

  /** A wrapping key that a reader has. */
  record Wrapping(String id, String hex) {
    Wrapping(String id, byte[] material) {
      this(id, HEX.formatHex(material));
    }

    byte[] material() {
      return HEX.parseHex(hex);
    }

    /** By its id: that of a key that a token holds is made by the key itself. */
    DataKey key() {
      DataKey held = SoftKeeper.key(TOKEN_GROUP, material());
      return held.reference().keyId().equals(id)
          ? held
          : DataKey.of(GROUP, id, material(), TestKeys.HKDF);
    }

    @Override
    public String toString() {
      return id + '=' + hex;
    }

    static List<Wrapping> parse(String keys) {
      List<Wrapping> all = new ArrayList<>();
      for (String key : keys.equals("-") ? List.<String>of() : List.of(keys.split(" "))) {
        int equals = key.indexOf('=');
        all.add(new Wrapping(key.substring(0, equals), key.substring(equals + 1)));
      }
      return all;
    }

    static String print(List<Wrapping> keys) {
      return keys.isEmpty()
          ? "-"
          : keys.stream().map(Wrapping::toString).collect(Collectors.joining(" "));
    }
  }

  /** A row of a carrier, opened. */
  record Row(int id, String wrappedBy, String dataKeyHex, String saltHex) {
    Row(int id, String wrappedBy, byte[] dataKey, byte[] salt) {
      this(id, wrappedBy, HEX.formatHex(dataKey), HEX.formatHex(salt));
    }

    byte[] dataKey() {
      return HEX.parseHex(dataKeyHex);
    }

    byte[] salt() {
      return HEX.parseHex(saltHex);
    }

    @Override
    public String toString() {
      return id + "/" + wrappedBy + '/' + dataKeyHex + '/' + saltHex;
    }

    static List<Row> parse(String rows) {
      List<Row> all = new ArrayList<>();
      for (String row : rows.equals("-") ? List.<String>of() : List.of(rows.split(" "))) {
        List<String> parts = List.of(row.split("/"));
        all.add(new Row(Integer.parseInt(parts.get(0)), parts.get(1), parts.get(2), parts.get(3)));
      }
      return all;
    }

    static String print(List<Row> rows) {
      return rows.isEmpty()
          ? "-"
          : rows.stream().map(Row::toString).collect(Collectors.joining(" "));
    }
  }

  /** The keys of an SSTable whose carrier has these rows, one at least. */
  static SSTableKeys sstable(byte[] uid, List<Row> rows, List<Wrapping> wrapping) {
    SSTableKeys keys = null;
    for (Row row : rows) {
      DataKey key =
          wrapping.stream()
              .filter(w -> w.id().equals(row.wrappedBy()))
              .findFirst()
              .orElseThrow()
              .key();
      keys =
          keys == null
              ? SSTableKeys.create(
                  () -> key,
                  scripted(uid, row.dataKey(), row.salt()),
                  TestKeys.HKDF,
                  TestKeys.sunJce())
              : keys.withAdded(
                  () -> key, scripted(row.dataKey(), row.salt()), TestKeys.HKDF, TestKeys.sunJce());
    }
    if (keys == null) {
      throw new IllegalArgumentException("no rows");
    }
    return keys;
  }

  /**
   * A page file.
   *
   * @param extents salt and data key id of each
   * @param writes lengths, "sync", and "close" between extents
   */
  static byte[] pages(
      SSTableKeys keys, String component, List<Extent> extents, String writes, byte[] plain)
      throws IOException {
    Path file = Files.createTempFile("vector", ".db");
    PageFiles files = pages(scripted(extents.stream().map(Extent::salt).toArray(byte[][]::new)));
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    try {
      int written = 0;
      List<String> sessions = List.of(writes.split(" close "));
      for (int i = 0; i < sessions.size(); i++) {
        int keyId = extents.get(i).keyId();
        try (PageChannel channel = files.write(file, options, component, keys, keyId)) {
          for (String token : List.of(sessions.get(i).split(" "))) {
            if (token.equals("sync")) {
              channel.force(false);
            } else {
              int length = Integer.parseInt(token);
              written += channel.write(ByteBuffer.wrap(plain, written, length));
            }
          }
        }
      }
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  /** What seals an extent. */
  record Extent(String saltHex, int keyId) {
    Extent(byte[] salt, int keyId) {
      this(HEX.formatHex(salt), keyId);
    }

    byte[] salt() {
      return HEX.parseHex(saltHex);
    }

    @Override
    public String toString() {
      return keyId + "/" + saltHex;
    }

    static List<Extent> parse(String extents) {
      return Arrays.stream(extents.split(" "))
          .map(e -> e.split("/"))
          .map(e -> new Extent(e[1], Integer.parseInt(e[0])))
          .toList();
    }

    static String print(List<Extent> extents) {
      return extents.stream().map(Extent::toString).collect(Collectors.joining(" "));
    }
  }

  /** Seals a part of Statistics.db. */
  static byte[] part(
      SSTableUid uid,
      String name,
      Row row,
      List<Wrapping> wrapping,
      byte[] salt,
      byte[] spec,
      byte[] plain) {
    DataKey key =
        wrapping.stream()
            .filter(k -> k.id().equals(row.wrappedBy()))
            .findFirst()
            .orElseThrow()
            .key();
    return StatisticsPart.seal(
        uid,
        name,
        KeySpecCodec.decode(ByteBuffer.wrap(spec)),
        plain,
        () -> key,
        scripted(row.dataKey(), row.salt(), salt),
        TestKeys.HKDF,
        TestKeys.sunJce());
  }

  /** Seals a chunk after as many others as its counter says. */
  static byte[] chunk(
      SSTableKeys keys,
      int keyId,
      byte[] salt,
      int ordinal,
      int counter,
      InnerCompression inner,
      byte[] payload)
      throws IOException {
    byte[] chunk = new byte[payload.length + DataCipher.OVERHEAD];
    try (DataCipher cipher = DataCipher.of(keys, keyId, salt, ciphers())) {
      for (int before = 0; before <= counter; before++) {
        int length = cipher.seal(ordinal, inner, payload, payload.length, chunk);
        if (length != chunk.length) {
          throw new AssertionError("sealed " + length + " bytes");
        }
      }
    }
    return chunk;
  }
}
