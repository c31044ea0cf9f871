package io.cassandratde.sstable.format.page;

import static io.cassandratde.sstable.format.page.PageFixture.COMPONENT;
import static io.cassandratde.sstable.format.page.PageFixture.FULL;
import static io.cassandratde.sstable.format.page.PageFixture.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageFileTest {

  private final Path directory;
  private final PageFixture pages = new PageFixture();
  private final Path file;

  PageFileTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("da-1-ebti-" + COMPONENT);
  }

  private static int physical(int clear) {
    int count = Math.max(1, (clear + PAGE - 1) / PAGE);
    return ExtentHeader.BYTES
        + clear
        + count * ExtentHeader.PAGE_OVERHEAD
        + ExtentHeader.TRAILER_BYTES;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1, 2 * PAGE, 2 * PAGE + 1, 70_000})
  void reads_back_and_costs_what_the_format_says(int length) throws IOException {
    byte[] content = PageFixture.bytes(length, length);
    pages.write(file, content);
    assertThat(pages.read(file)).isEqualTo(content);
    assertThat(Files.size(file)).isEqualTo(physical(length));
  }

  @Test
  void holds_none_of_its_plaintext() throws IOException {
    byte[] content =
        "the secret of every page "
            .repeat(1000)
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    pages.write(file, content);
    assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("secret");
  }

  @Test
  void a_file_that_is_opened_and_never_written_is_empty() throws IOException {
    pages.writer(file, PageFixture.NEW).close();
    assertThat(pages.read(file)).isEmpty();
  }

  @Test
  void every_append_is_an_extent_of_its_own() throws IOException {
    byte[] whole = PageFixture.bytes(3 * PAGE, 3);
    int[] ends = {0, 1, PAGE, PAGE + 1, 3 * PAGE - 7, 3 * PAGE};
    pages.write(file, new byte[0]);
    for (int i = 1; i < ends.length; i++) {
      pages.append(file, Arrays.copyOfRange(whole, ends[i - 1], ends[i]));
    }
    assertThat(pages.read(file)).isEqualTo(whole);
    byte[] raw = Files.readAllBytes(file);
    pages.writer(file, PageFixture.APPEND).close();
    assertThat(Files.readAllBytes(file)).as("an append of nothing changes nothing").isEqualTo(raw);
  }

  /** A snapshot's link to a Filter.db that Cassandra builds again, under another data key. */
  @Test
  void a_file_written_anew_leaves_links_to_the_old_one_as_they_were() throws IOException {
    pages.write(file, PageFixture.bytes(PAGE, 1));
    byte[] raw = Files.readAllBytes(file);
    Path snapshot = Files.createLink(directory.resolve("snapshot"), file);
    try (PageChannel channel = pages.writer(file, anew())) {
      channel.write(ByteBuffer.wrap(PageFixture.bytes(2 * PAGE, 2)));
    }
    assertThat(Files.readAllBytes(snapshot)).isEqualTo(raw);
    assertThat(pages.read(file)).isEqualTo(PageFixture.bytes(2 * PAGE, 2));
  }

  /** docs/RULES.md R4, R5: over rewinds, overwrites, syncs, appends and files written anew. */
  @Test
  void no_subkey_and_counter_repeat() throws IOException {
    Set<String> seen = new HashSet<>();
    List<byte[]> states = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      try (PageChannel channel = pages.writer(file, round == 1 ? PageFixture.APPEND : anew())) {
        long start = channel.size();
        for (int i = 0; i < 5; i++) {
          channel.write(ByteBuffer.wrap(PageFixture.bytes(2 * PAGE + 100, round * 10L + i)));
          channel.force(false);
          states.add(Files.readAllBytes(file));
          channel.truncate(start + PAGE + 50);
          channel.position(channel.size());
          channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), start + 10);
          channel.force(false);
          states.add(Files.readAllBytes(file));
        }
      }
      states.add(Files.readAllBytes(file));
    }
    Set<String> pagesSeen = new HashSet<>();
    for (byte[] state : states) {
      collect(state, pagesSeen, seen);
    }
    // A page that stands in several states is one sealing; two different ones share no nonce.
    assertThat(seen).as("distinct (salt, counter)").hasSameSizeAs(pagesSeen).hasSizeGreaterThan(60);
  }

  private static Set<java.nio.file.StandardOpenOption> anew() {
    return java.util.EnumSet.of(
        java.nio.file.StandardOpenOption.READ,
        java.nio.file.StandardOpenOption.CREATE,
        java.nio.file.StandardOpenOption.TRUNCATE_EXISTING);
  }

  private static void collect(byte[] raw, Set<String> sealed, Set<String> nonces) {
    int end = raw.length;
    while (end > 0) {
      int bytes = (int) ByteBuffer.wrap(raw).getLong(end - ExtentHeader.TRAILER_BYTES);
      int start = end - bytes;
      String salt = HexFormat.of().formatHex(raw, start + 24, start + 40);
      int last = end - ExtentHeader.TRAILER_BYTES;
      for (int at = start + ExtentHeader.BYTES; at < last; at += FULL) {
        int to = Math.min(at + FULL, last);
        nonces.add(salt + ByteBuffer.wrap(raw).getInt(at));
        sealed.add(salt + HexFormat.of().formatHex(raw, at, to));
      }
      end = start;
    }
  }

  @Test
  void what_was_synced_opens_without_a_close() throws IOException {
    byte[] content = PageFixture.bytes(PAGE + 10, 1);
    try (PageChannel channel = pages.writer(file, PageFixture.NEW)) {
      channel.write(ByteBuffer.wrap(content));
      channel.force(false);
      Path copy = directory.resolve("copy");
      Files.copy(file, copy);
      assertThat(pages.read(copy)).isEqualTo(content);
    }
  }

  @Test
  void what_was_never_synced_is_refused() throws IOException {
    try (PageChannel channel = pages.writer(file, PageFixture.NEW)) {
      channel.write(ByteBuffer.wrap(PageFixture.bytes(3 * PAGE, 1)));
      Path copy = directory.resolve("copy");
      Files.copy(file, copy);
      assertThatThrownBy(() -> pages.read(copy))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("never finished")
          .hasMessageContaining(copy.toString());
    }
  }

  /** The partial last page is in memory, and never on the disk before it is synced (R11). */
  @Test
  void readers_of_this_process_see_what_is_written_so_far_and_afterwards_the_file()
      throws IOException {
    byte[] content = PageFixture.bytes(2 * PAGE + 500, 1);
    PageChannel writer = pages.writer(file, PageFixture.NEW);
    writer.write(ByteBuffer.wrap(content, 0, PAGE + 7));
    try (PageChannel reader = pages.reader(file)) {
      assertThat(PageFixture.read(reader)).isEqualTo(Arrays.copyOf(content, PAGE + 7));
      writer.write(ByteBuffer.wrap(content, PAGE + 7, content.length - PAGE - 7));
      assertThat(PageFixture.read(reader)).isEqualTo(content);
      writer.close();
      assertThat(PageFixture.read(reader)).isEqualTo(content);
    }
    assertThat(pages.read(file)).isEqualTo(content);
  }

  @Test
  void a_second_writer_is_refused_and_harms_nothing() throws IOException {
    try (PageChannel writer = pages.writer(file, PageFixture.NEW)) {
      writer.write(ByteBuffer.wrap(new byte[10]));
      assertThatThrownBy(() -> pages.writer(file, anew()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("being written");
    }
    assertThat(pages.read(file)).hasSize(10);
  }

  /** A stopped build of an index deletes its files and never closes its writers. */
  @Test
  void a_writer_whose_file_was_deleted_does_not_block_the_next() throws IOException {
    PageChannel givenUp = pages.writer(file, PageFixture.NEW);
    givenUp.write(ByteBuffer.wrap(new byte[10]));
    Files.delete(file);
    pages.write(file, new byte[20]);
    assertThat(pages.read(file)).hasSize(20);
    assertThatThrownBy(() -> givenUp.write(ByteBuffer.wrap(new byte[1])))
        .isInstanceOf(IOException.class);
    givenUp.close();
    assertThat(pages.read(file)).hasSize(20);
  }

  @Test
  void what_an_earlier_writer_finished_is_never_written_again() throws IOException {
    pages.write(file, PageFixture.bytes(PAGE + 1, 1));
    byte[] raw = Files.readAllBytes(file);
    try (PageChannel channel = pages.writer(file, PageFixture.APPEND)) {
      assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[1]), PAGE))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> channel.truncate(5)).isInstanceOf(IOException.class);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(raw);
  }

  @Test
  void another_component_sstable_or_data_key_does_not_open_it() throws IOException {
    pages.write(file, PageFixture.bytes(100, 1));
    assertThatThrownBy(() -> pages.read(file, "Rows.db", pages.keys))
        .isInstanceOf(CorruptPageException.class);
    assertThatThrownBy(() -> pages.read(file, COMPONENT, pages.newKeys()))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("belongs to SSTable");
    Path later = directory.resolve("later");
    SSTableKeys more =
        pages.keys.withAdded(
            () -> pages.key,
            io.cassandratde.sstable.format.Salts.ofOperatingSystem(),
            io.cassandratde.sstable.format.TestKeys.HKDF,
            io.cassandratde.sstable.format.TestKeys.corretto());
    try (PageChannel channel =
        pages.files.write(later, PageFixture.NEW, COMPONENT, more, more.highestId())) {
      channel.write(ByteBuffer.wrap(new byte[100]));
    }
    assertThat(pages.read(later, COMPONENT, more)).hasSize(100);
    assertThatThrownBy(() -> pages.read(later, COMPONENT, pages.keys))
        .isInstanceOf(CorruptCarrierException.class);
  }

  @Test
  void a_mapping_is_the_file_in_clear() throws IOException {
    byte[] content = PageFixture.bytes(3 * PAGE + 5, 1);
    pages.write(file, content);
    try (PageChannel channel = pages.reader(file)) {
      ByteBuffer mapped =
          channel.map(java.nio.channels.FileChannel.MapMode.READ_ONLY, 100, 2 * PAGE);
      byte[] got = new byte[2 * PAGE];
      mapped.get(got);
      assertThat(got).isEqualTo(Arrays.copyOfRange(content, 100, 100 + 2 * PAGE));
      assertThatThrownBy(
              () ->
                  channel.map(
                      java.nio.channels.FileChannel.MapMode.READ_ONLY, 0, content.length + 1L))
          .isInstanceOf(IOException.class);
    }
  }

  /** A thread's interrupt closes the channel that it reads from. */
  @Test
  void an_interrupted_reader_does_not_close_the_writers_file() throws Exception {
    byte[] content = PageFixture.bytes(5 * PAGE, 9);
    try (PageChannel writer = pages.writer(file, PageFixture.NEW);
        PageChannel follower = pages.reader(file)) {
      writer.write(ByteBuffer.wrap(content, 0, 3 * PAGE));
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> follower.read(ByteBuffer.allocate(PAGE), 0))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      writer.write(ByteBuffer.wrap(content, 3 * PAGE, 2 * PAGE));
      writer.force(true);
    }
    assertThat(pages.read(file)).isEqualTo(content);
  }

  /** The disk may take its time to sync; whoever reads what is written need not. */
  @Test
  void readers_do_not_wait_for_a_sync() throws Exception {
    CountDownLatch syncing = new CountDownLatch(1);
    CountDownLatch read = new CountDownLatch(1);
    StandardOpenOption[] options = {
      StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE
    };
    try (FileChannel disk = FileChannel.open(file, options);
        FileChannel own = FileChannel.open(file, StandardOpenOption.READ)) {
      FileChannel slow = new SlowSync(disk, syncing, read);
      OpenPageFile open =
          OpenPageFile.open(
              slow, "slow", COMPONENT, pages.keys, SSTableKeys.FIRST, pages.newCrypto());
      open.write(ByteBuffer.wrap(new byte[3 * PAGE]), 0);
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> sync(open));
      assertThat(syncing.await(2, TimeUnit.MINUTES)).isTrue();
      assertThat(open.read(own, ByteBuffer.allocate(PAGE), 0)).isEqualTo(PAGE);
      read.countDown();
      writer.get(5, TimeUnit.MINUTES);
      open.finish();
    }
    assertThat(pages.read(file)).hasSize(3 * PAGE);
  }

  private static void sync(OpenPageFile file) {
    try {
      file.sync(true);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Whoever forges trailers costs no memory. */
  @Test
  void a_file_of_too_many_extents_is_refused() throws IOException {
    pages.write(file, new byte[0]);
    byte[] extent = Files.readAllBytes(file);
    byte[] many = new byte[extent.length * (PageFile.MAX_EXTENTS + 1)];
    for (int at = 0; at < many.length; at += extent.length) {
      System.arraycopy(extent, 0, many, at, extent.length);
    }
    Files.write(file, many);
    assertThatThrownBy(() -> pages.read(file))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("more than 65536 extents");
  }

  @Test
  void a_stream_tells_damage_when_it_is_read() throws IOException {
    pages.write(file, new byte[2 * PAGE]);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    try (PageChannel stream = pages.files.stream(file, COMPONENT, pages.keys)) {
      assertThatThrownBy(() -> stream.read(ByteBuffer.allocate(1)))
          .isInstanceOf(CorruptPageException.class);
    }
  }
}
