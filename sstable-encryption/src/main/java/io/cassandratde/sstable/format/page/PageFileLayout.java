package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.carrier.SSTableUid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a page file shows without a key: whose it is, which data keys seal it, that its extents
 * follow each other and have lengths that pages give. That its pages are authentic only a key can
 * tell.
 *
 * @param dataKeys rows of the carrier
 * @param finished false: it begins as a page file does, and has no end yet
 */
public record PageFileLayout(SSTableUid uid, SortedSet<Integer> dataKeys, boolean finished) {

  /**
   * Reads headers and trailers.
   *
   * @return null if it does not even begin as a page file does
   * @throws CorruptPageException it begins so, and is no page file of version 1
   */
  public static @Nullable PageFileLayout read(Path file) throws IOException {
    try (FileChannel raw = FileChannel.open(file, StandardOpenOption.READ)) {
      byte[] head = new byte[ExtentHeader.BYTES];
      if (raw.size() < head.length) {
        return null;
      }
      Extent.readFully(raw, ByteBuffer.wrap(head), 0);
      if (!ExtentHeader.isOne(head)) {
        return null;
      }
      ExtentHeader first = ExtentHeader.parse(head);
      return isFinished(raw)
          ? finished(raw, first.uid())
          : new PageFileLayout(first.uid(), new TreeSet<>(java.util.Set.of(first.keyId())), false);
    } catch (CorruptPageException e) {
      throw e.of(file.toString());
    }
  }

  /**
   * Reads no more than what tells the version; all extents of a file have the same. A file that
   * does not begin as a page file does is none of ours.
   *
   * @throws CorruptPageException caused by an {@link
   *     io.cassandratde.sstable.format.UnknownVersionException} if a later release wrote it
   */
  public static void requireKnownVersion(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(ExtentHeader.HEAD_BYTES);
      if (head.length == ExtentHeader.HEAD_BYTES && ExtentHeader.isOne(head)) {
        ExtentHeader.requireVersion(head);
      }
    } catch (CorruptPageException e) {
      throw e.of(file.toString());
    }
  }

  private static boolean isFinished(FileChannel raw) throws IOException {
    ByteBuffer end = ByteBuffer.allocate(Integer.BYTES);
    Extent.readFully(raw, end, raw.size() - end.capacity());
    return end.getInt(0) == ExtentHeader.END;
  }

  private static PageFileLayout finished(FileChannel raw, SSTableUid uid) throws IOException {
    SortedSet<Integer> dataKeys = new TreeSet<>();
    byte[] tag = new byte[0];
    for (PageFile.Located extent : PageFile.locate(raw)) {
      PageFile.requireOrder(extent.header(), tag);
      Extent.clearLength(extent.header(), extent.bytes());
      if (!extent.header().uid().equals(uid)) {
        throw CorruptPageException.notAuthentic("its extents are of two SSTables", null);
      }
      dataKeys.add(extent.header().keyId());
      tag = new byte[ExtentHeader.TAG_BYTES];
      long end = extent.at() + extent.bytes() - ExtentHeader.TRAILER_BYTES;
      Extent.readFully(raw, ByteBuffer.wrap(tag), end - tag.length);
    }
    return new PageFileLayout(uid, dataKeys, true);
  }
}
