package io.cassandratde.sstable.format.page;

import static io.cassandratde.sstable.format.page.PageFixture.FULL;
import static io.cassandratde.sstable.format.page.PageFixture.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageCacheTest {

  private static final int PAGES = 20;

  private final PageFixture pages = new PageFixture();
  private final PageCache cache = pages.cache;
  private final Path file;
  private final byte[] content = PageFixture.bytes(PAGES * PAGE - 100, 1);

  PageCacheTest(@TempDir Path directory) {
    file = directory.resolve("da-1-ebti-" + PageFixture.COMPONENT);
  }

  private static byte[] page(PageChannel channel, int page) throws IOException {
    ByteBuffer to = ByteBuffer.allocateDirect(PAGE);
    int got = channel.read(to, (long) page * PAGE);
    byte[] bytes = new byte[got];
    to.flip().get(bytes);
    return bytes;
  }

  private byte[] expected(int page) {
    return Arrays.copyOfRange(content, page * PAGE, Math.min(content.length, (page + 1) * PAGE));
  }

  private void damage(int page) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[ExtentHeader.BYTES + page * FULL + 100] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void a_page_is_opened_once_and_forgotten_when_its_file_is_closed() throws IOException {
    pages.write(file, content);
    try (PageChannel reader = pages.reader(file)) {
      assertThat(page(reader, 3)).isEqualTo(expected(3));
      damage(3);
      assertThat(page(reader, 3)).isEqualTo(expected(3));
      assertThat(cache.hits()).isEqualTo(1);
      assertThat(cache.used()).isEqualTo(PAGE);
    }
    assertThat(cache.used()).isZero();
    try (PageChannel again = pages.reader(file)) {
      assertThatThrownBy(() -> page(again, 3)).isInstanceOf(CorruptPageException.class);
    }
  }

  @Test
  void the_last_page_and_parts_of_pages_come_from_memory_too() throws IOException {
    pages.write(file, content);
    try (PageChannel reader = pages.reader(file)) {
      for (int round = 0; round < 2; round++) {
        assertThat(page(reader, PAGES - 1)).isEqualTo(expected(PAGES - 1));
        ByteBuffer part = ByteBuffer.allocate(10);
        assertThat(reader.read(part, PAGE - 5)).isEqualTo(10);
        assertThat(part.array()).isEqualTo(Arrays.copyOfRange(content, PAGE - 5, PAGE + 5));
      }
      assertThat(cache.hits()).isEqualTo(3);
    }
  }

  @Test
  void a_read_of_many_pages_leaves_it_alone() throws IOException {
    pages.write(file, content);
    assertThat(pages.read(file)).isEqualTo(content);
    assertThat(cache.used()).isZero();
  }

  /** Another file at the same path, or an extent that grows, is never answered from memory. */
  @Test
  void nothing_stale_is_found() throws IOException {
    pages.write(file, content);
    try (PageChannel before = pages.reader(file)) {
      byte[] unused = page(before, 2);
      Files.delete(file);
      byte[] other = PageFixture.bytes(content.length, 2);
      try (PageChannel writer = pages.writer(file, PageFixture.NEW);
          PageChannel follower = pages.reader(file)) {
        writer.write(ByteBuffer.wrap(content));
        assertThat(page(follower, 2)).isEqualTo(expected(2));
        writer.write(ByteBuffer.wrap(other), 0);
        byte[] changed = Arrays.copyOfRange(other, 2 * PAGE, 3 * PAGE);
        assertThat(page(follower, 2)).isEqualTo(changed);
        writer.close();
        assertThat(page(follower, 2)).isEqualTo(changed);
      }
      assertThat(page(before, 2)).isEqualTo(expected(2));
    }
  }

  @Test
  void takes_no_more_than_it_was_given_and_a_scan_leaves_what_is_looked_at_often()
      throws IOException {
    PageCache small = new PageCache(10 * 8 * PAGE + 5);
    assertThat(small.capacity()).isEqualTo(10 * 8 * PAGE);
    byte[] plain = new byte[PAGE];
    ByteBuffer to = ByteBuffer.allocate(PAGE);
    for (int page = 0; page < 10; page++) {
      small.keep(7, page, plain, PAGE);
    }
    for (int scanned = 0; scanned < 5000; scanned++) {
      small.keep(8, scanned, plain, PAGE);
      for (int page = 0; page < 10; page++) {
        assertThat(small.read(7, page, 0, to.clear(), PAGE)).isEqualTo(PAGE);
      }
    }
    assertThat(small.used()).isEqualTo(small.capacity());
    assertThat(small.evictions()).isEqualTo(5010 - 80);
    small.forget(8);
    assertThat(small.used()).isEqualTo(10 * PAGE);
  }

  @Test
  void off_it_keeps_nothing() {
    PageCache off = new PageCache(0);
    off.keep(1, 1, new byte[PAGE], PAGE);
    assertThat(off.read(1, 1, 0, ByteBuffer.allocate(PAGE), PAGE)).isZero();
    off.forget(1);
    assertThat(off.capacity()).isZero();
  }

  /** Sixteen slots for 200 pages, so that each is taken from under someone all the time. */
  @Test
  void threads_never_see_half_a_page_or_anothers() throws Exception {
    PageCache small = new PageCache(2 * 8 * PAGE);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> all = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      Random random = new Random(thread);
      all.add(threads.submit(() -> hammer(small, random)));
    }
    int found = 0;
    for (Future<Integer> one : all) {
      found += one.get(5, TimeUnit.MINUTES);
    }
    threads.shutdown();
    assertThat(found).isPositive();
  }

  private static int hammer(PageCache cache, Random random) {
    byte[] plain = new byte[PAGE];
    byte[] seen = new byte[PAGE];
    ByteBuffer to = ByteBuffer.allocateDirect(PAGE);
    int found = 0;
    for (int i = 0; i < 200_000; i++) {
      int page = random.nextInt(200);
      int got = cache.read(1, page, 0, to.clear(), PAGE);
      if (got == 0) {
        Arrays.fill(plain, (byte) page);
        cache.keep(1, page, plain, PAGE);
        continue;
      }
      found++;
      to.flip().get(seen, 0, got);
      Arrays.fill(plain, (byte) page);
      if (!Arrays.equals(seen, plain)) {
        throw new AssertionError("page " + page + " is not whole");
      }
      if (random.nextInt(1000) == 0) {
        cache.forget(1);
      }
    }
    return found;
  }
}
