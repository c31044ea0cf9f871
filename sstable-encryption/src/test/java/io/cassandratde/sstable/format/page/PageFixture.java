package io.cassandratde.sstable.format.page;

import io.cassandratde.keys.DataKey;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.TestMemory;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

/** Writes and reads page files of one SSTable. */
final class PageFixture {

  static final String COMPONENT = "Partitions.db";
  static final int PAGE = 1 << ExtentHeader.DEFAULT_SHIFT;
  static final int FULL = PAGE + ExtentHeader.PAGE_OVERHEAD;
  static final Set<StandardOpenOption> NEW =
      EnumSet.of(StandardOpenOption.READ, StandardOpenOption.CREATE_NEW);
  static final Set<StandardOpenOption> APPEND =
      EnumSet.of(StandardOpenOption.READ, StandardOpenOption.APPEND);

  final DataKey key = TestKeys.key("current", 256, 1);
  final SSTableKeys keys = newKeys();
  final PageCache cache = new PageCache(1 << 18);
  final PageFiles files = newFiles(cache);

  SSTableKeys newKeys() {
    return SSTableKeys.create(
        () -> key, Salts.ofOperatingSystem(), TestKeys.HKDF, TestKeys.corretto());
  }

  static PageFiles newFiles() {
    return newFiles(new PageCache(0));
  }

  private static PageFiles newFiles(PageCache cache) {
    return new PageFiles(crypto(cache), new TestMemory());
  }

  PageCrypto newCrypto() {
    return crypto(cache);
  }

  private static PageCrypto crypto(PageCache cache) {
    return new PageCrypto(Salts.ofOperatingSystem(), TestKeys.corretto(), cache);
  }

  /** Bytes that tell their place. */
  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  PageChannel writer(Path file, Set<StandardOpenOption> options) throws IOException {
    return files.write(file, options, COMPONENT, keys, SSTableKeys.FIRST);
  }

  void write(Path file, byte[] content) throws IOException {
    try (PageChannel channel = writer(file, NEW)) {
      channel.write(ByteBuffer.wrap(content));
    }
  }

  void append(Path file, byte[] content) throws IOException {
    try (PageChannel channel = writer(file, APPEND)) {
      channel.write(ByteBuffer.wrap(content));
    }
  }

  PageChannel reader(Path file) throws IOException {
    return files.read(file, COMPONENT, keys, DamageReport.AS_IT_IS);
  }

  byte[] read(Path file) throws IOException {
    return read(file, COMPONENT, keys);
  }

  byte[] read(Path file, String component, SSTableKeys of) throws IOException {
    try (PageChannel channel = files.read(file, component, of, DamageReport.AS_IT_IS)) {
      return read(channel);
    }
  }

  static byte[] read(PageChannel channel) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) channel.size());
    while (all.hasRemaining()) {
      if (channel.read(all, all.position()) < 0) {
        throw new IOException("shorter than its size says");
      }
    }
    return all.array();
  }
}
