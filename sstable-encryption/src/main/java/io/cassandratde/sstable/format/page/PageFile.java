package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.carrier.KeySource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A finished page file, read at any position by any number of threads. Its length is authentic as
 * soon as it is open: the last page of every extent was verified, and each extent follows the one
 * before (docs/RULES.md R11).
 */
final class PageFile implements AutoCloseable {

  /** Far more than any index appends; each costs memory before anything of it is verified. */
  static final int MAX_EXTENTS = 1 << 16;

  private final String name;
  private final List<Extent> extents;
  private final byte[] lastTag;

  private PageFile(String name, List<Extent> extents, byte[] lastTag) {
    this.name = name;
    this.extents = extents;
    this.lastTag = lastTag;
  }

  /**
   * Opens and verifies the end.
   *
   * @param name for messages
   * @throws CorruptPageException it is no finished page file of this SSTable and component
   */
  static PageFile open(
      FileChannel raw, String name, String component, KeySource keys, PageCrypto crypto)
      throws IOException {
    List<Extent> extents = new ArrayList<>();
    boolean done = false;
    try {
      byte[] tag = new byte[0];
      for (Located located : locate(raw)) {
        requireOrder(located.header(), tag);
        long start = extents.isEmpty() ? 0 : extents.get(extents.size() - 1).end();
        Extent extent =
            new Extent(
                PageCipher.of(
                    located.header(),
                    keys.keysWith(located.header().keyId()),
                    component,
                    crypto.ciphers()),
                crypto,
                located.at() + ExtentHeader.BYTES,
                start,
                Extent.clearLength(located.header(), located.bytes()));
        extents.add(extent);
        extent.verifyEnd(raw);
        tag = new byte[ExtentHeader.TAG_BYTES];
        long end = located.at() + located.bytes() - ExtentHeader.TRAILER_BYTES;
        Extent.readFully(raw, ByteBuffer.wrap(tag), end - tag.length);
      }
      done = true;
      return new PageFile(name, extents, tag);
    } catch (CorruptPageException e) {
      throw e.of(name);
    } finally {
      if (!done) {
        extents.forEach(Extent::close);
      }
    }
  }

  /** An extent's header, where it begins on disk, and how many bytes it has there. */
  record Located(ExtentHeader header, long at, long bytes) {}

  /** The extents, found from the end of the file by their trailers. */
  static Deque<Located> locate(FileChannel raw) throws IOException {
    Deque<Located> found = new ArrayDeque<>();
    long end = raw.size();
    do {
      ByteBuffer trailer = ByteBuffer.allocate(ExtentHeader.TRAILER_BYTES);
      if (end < ExtentHeader.BYTES + ExtentHeader.TRAILER_BYTES) {
        throw new CorruptPageException(end + " bytes are too few");
      }
      Extent.readFully(raw, trailer, end - ExtentHeader.TRAILER_BYTES);
      long bytes = trailer.getLong(0);
      if (trailer.getInt(Long.BYTES) != ExtentHeader.END) {
        throw new CorruptPageException("it was cut off, or its writer never finished it");
      }
      if (bytes < ExtentHeader.BYTES + ExtentHeader.TRAILER_BYTES || bytes > end) {
        throw new CorruptPageException("an extent of " + bytes + " bytes ends at " + end);
      }
      byte[] header = new byte[ExtentHeader.BYTES];
      Extent.readFully(raw, ByteBuffer.wrap(header), end - bytes);
      end -= bytes;
      if (found.size() == MAX_EXTENTS) {
        throw new CorruptPageException("it has more than " + MAX_EXTENTS + " extents");
      }
      found.addFirst(new Located(ExtentHeader.parse(header), end, bytes));
    } while (end > 0);
    return found;
  }

  static void requireOrder(ExtentHeader header, byte[] tagBefore) throws CorruptPageException {
    boolean first = tagBefore.length == 0;
    if (header.continues() == first || (!first && !header.hasPreviousTag(tagBefore))) {
      throw CorruptPageException.notAuthentic("one of its extents is missing or was moved", null);
    }
  }

  long length() {
    return extents.get(extents.size() - 1).end();
  }

  boolean takesAnotherExtent() {
    return extents.size() < MAX_EXTENTS;
  }

  byte[] lastTag() {
    return lastTag;
  }

  /**
   * Reads at least one byte unless the buffer is full, as {@link FileChannel#read(ByteBuffer,
   * long)}.
   *
   * @param raw the file on disk
   * @return -1 at the end
   */
  int read(FileChannel raw, ByteBuffer to, long position) throws IOException {
    if (position >= length()) {
      return -1;
    }
    int done = 0;
    try {
      for (int i = 0; i < extents.size() && to.hasRemaining(); i++) {
        Extent extent = extents.get(i);
        if (position + done < extent.end()) {
          done += extent.read(raw, to, position + done);
        }
      }
    } catch (CorruptPageException e) {
      throw e.of(name);
    }
    return done;
  }

  @Override
  public void close() {
    extents.forEach(Extent::close);
  }
}
