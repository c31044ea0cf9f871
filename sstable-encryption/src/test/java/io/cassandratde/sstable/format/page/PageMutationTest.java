package io.cassandratde.sstable.format.page;

import static io.cassandratde.sstable.format.page.PageFixture.FULL;
import static io.cassandratde.sstable.format.page.PageFixture.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No change of a finished page file yields other bytes: it is refused, whole or at the page. */
class PageMutationTest {

  private static final int FIRST_LENGTH = 2 * PAGE + 30;

  private final Path directory;
  private final PageFixture pages = new PageFixture();
  private final Path file;
  private final byte[] raw;
  private final byte[] content;

  /** Two extents: two full pages and a part; a part. */
  PageMutationTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    file = directory.resolve("file");
    content = PageFixture.bytes(FIRST_LENGTH + 40, 1);
    pages.write(file, Arrays.copyOf(content, FIRST_LENGTH));
    pages.append(file, Arrays.copyOfRange(content, FIRST_LENGTH, content.length));
    raw = Files.readAllBytes(file);
    assertThat(pages.read(file)).isEqualTo(content);
  }

  private void rejects(String what, byte[] changed) throws IOException {
    Files.write(file, changed);
    rejects(what);
  }

  private void rejects(String what) throws IOException {
    boolean rejected = false;
    try {
      pages.read(file);
    } catch (CorruptPageException | CorruptCarrierException expected) {
      rejected = true;
    }
    assertThat(rejected).as(what).isTrue();
  }

  @Test
  void every_byte_flipped() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int at = 0; at < raw.length; at++) {
        // Headers and trailers are parsed: all their values.
        boolean parsed = at < ExtentHeader.BYTES || at >= raw.length - ExtentHeader.TRAILER_BYTES;
        for (int change = parsed ? 1 : 1 << (at % 8); change < 256; change += parsed ? 1 : 256) {
          channel.write(ByteBuffer.wrap(new byte[] {(byte) (raw[at] ^ change)}), at);
          rejects("byte " + at + " changed by " + change);
        }
        channel.write(ByteBuffer.wrap(raw, at, 1), at);
      }
    }
    assertThat(pages.read(file)).isEqualTo(content);
  }

  @Test
  void every_truncation_but_at_the_end_of_an_extent() throws IOException {
    int firstExtent = raw.length - (int) ByteBuffer.wrap(raw).getLong(raw.length - 12);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int length = raw.length - 1; length >= 0; length--) {
        channel.truncate(length);
        if (length == firstExtent) {
          // The file as it was before the append: a rollback (SECURITY.md), not other bytes.
          assertThat(pages.read(file)).isEqualTo(Arrays.copyOf(content, FIRST_LENGTH));
        } else {
          rejects("cut to " + length);
        }
      }
    }
  }

  /** As one who knows the format would: with a trailer that fits. */
  @Test
  void truncations_at_pages_with_the_trailer_mended() throws IOException {
    for (int keptPages = 1; keptPages <= 2; keptPages++) {
      int end = ExtentHeader.BYTES + keptPages * FULL;
      ByteBuffer cut = ByteBuffer.allocate(end + ExtentHeader.TRAILER_BYTES);
      cut.put(raw, 0, end).putLong(cut.capacity()).putInt(ExtentHeader.END);
      rejects(keptPages + " pages kept", cut.array());
    }
  }

  @Test
  void pages_swapped_repeated_and_left_out() throws IOException {
    int first = ExtentHeader.BYTES;
    byte[] swapped = raw.clone();
    System.arraycopy(raw, first, swapped, first + FULL, FULL);
    System.arraycopy(raw, first + FULL, swapped, first, FULL);
    rejects("swapped", swapped);
    byte[] repeated = raw.clone();
    System.arraycopy(raw, first, repeated, first + FULL, FULL);
    rejects("repeated", repeated);
    byte[] shorter = new byte[raw.length - FULL];
    System.arraycopy(raw, 0, shorter, 0, first);
    System.arraycopy(raw, first + FULL, shorter, first, raw.length - first - FULL);
    rejects("left out", shorter);
    int firstExtent = raw.length - (int) ByteBuffer.wrap(raw).getLong(raw.length - 12);
    ByteBuffer.wrap(shorter).putLong(firstExtent - FULL - 12, firstExtent - FULL);
    rejects("left out, trailer mended", shorter);
  }

  @Test
  void extents_left_out_swapped_and_repeated() throws IOException {
    int second = (int) ByteBuffer.wrap(raw).getLong(raw.length - 12);
    int first = raw.length - second;
    rejects("only the second", Arrays.copyOfRange(raw, first, raw.length));
    byte[] swapped = new byte[raw.length];
    System.arraycopy(raw, first, swapped, 0, second);
    System.arraycopy(raw, 0, swapped, second, first);
    rejects("swapped", swapped);
    byte[] repeated = Arrays.copyOf(raw, raw.length + second);
    System.arraycopy(raw, first, repeated, raw.length, second);
    rejects("the second twice", repeated);
    byte[] doubled = Arrays.copyOf(Arrays.copyOf(raw, first), 2 * first);
    System.arraycopy(raw, 0, doubled, first, first);
    rejects("the first twice", doubled);
  }

  @Test
  void a_page_of_the_same_place_in_another_file_and_in_an_older_state() throws IOException {
    Path other = directory.resolve("other");
    pages.write(other, Arrays.copyOf(content, FIRST_LENGTH));
    byte[] changed = raw.clone();
    System.arraycopy(
        Files.readAllBytes(other), ExtentHeader.BYTES, changed, ExtentHeader.BYTES, FULL);
    rejects("another file's", changed);
    byte[] header = raw.clone();
    System.arraycopy(Files.readAllBytes(other), 0, header, 0, ExtentHeader.BYTES);
    rejects("another file's header", header);
  }
}
