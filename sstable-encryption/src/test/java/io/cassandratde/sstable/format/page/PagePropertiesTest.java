package io.cassandratde.sstable.format.page;

import static io.cassandratde.sstable.format.page.PageFixture.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.longs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page channel does what a plain file does: random operations against a model in memory. */
class PagePropertiesTest {

  private final Path directory;
  private final PageFixture pages = new PageFixture();
  private int files;

  PagePropertiesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** The file in clear as an array. */
  private static final class Model {
    byte[] bytes = {};

    void write(byte[] data, int at) {
      if (data.length > 0) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + data.length));
        System.arraycopy(data, 0, bytes, at, data.length);
      }
    }

    void truncate(int size) {
      bytes = Arrays.copyOf(bytes, Math.min(size, bytes.length));
    }
  }

  @Test
  void any_sequence_of_operations_gives_the_bytes_of_a_plain_file() {
    qt().withExamples(400)
        .forAll(longs().all())
        .checkAssert(
            seed -> {
              try {
                run(new Random(seed));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private void run(Random random) throws IOException {
    Path file = directory.resolve("file" + files++);
    Model model = new Model();
    int sessions = 1 + random.nextInt(3);
    for (int session = 0; session < sessions; session++) {
      int start = model.bytes.length;
      try (PageChannel channel =
              pages.writer(file, session == 0 ? PageFixture.NEW : PageFixture.APPEND);
          PageChannel follower = pages.reader(file)) {
        assertThat(channel.size()).isEqualTo(start);
        for (int i = random.nextInt(25); i > 0; i--) {
          step(random, channel, model, start);
          compare(random, channel, model);
          compare(random, follower, model);
        }
      }
      assertThat(pages.read(file)).isEqualTo(model.bytes);
    }
    Files.delete(file);
  }

  private static void step(Random random, PageChannel channel, Model model, int start)
      throws IOException {
    byte[] data = new byte[length(random)];
    random.nextBytes(data);
    int size = model.bytes.length;
    switch (random.nextInt(6)) {
      case 0, 1 -> { // sequential, at the end
        channel.position(size);
        channel.write(ByteBuffer.wrap(data));
        model.write(data, size);
        assertThat(channel.position()).isEqualTo(size + data.length);
      }
      case 2 -> { // anywhere in what this session wrote
        int at = start + random.nextInt(size - start + 1);
        channel.write(ByteBuffer.wrap(data), at);
        model.write(data, at);
      }
      case 3 -> { // behind the end: zeros between
        int at = size + random.nextInt(2 * PAGE);
        channel.write(ByteBuffer.wrap(data), at);
        model.write(data, at);
      }
      case 4 -> {
        int to = start + random.nextInt(size - start + 1);
        channel.truncate(to);
        model.truncate(to);
      }
      default -> channel.force(random.nextBoolean());
    }
  }

  /** Around the boundaries of pages as often as anywhere. */
  private static int length(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(10);
      case 1 -> PAGE - 1 + random.nextInt(3);
      case 2 -> random.nextInt(2 * PAGE);
      default -> random.nextInt(300);
    };
  }

  private static void compare(Random random, PageChannel channel, Model model) throws IOException {
    byte[] expected = model.bytes;
    assertThat(channel.size()).isEqualTo(expected.length);
    int from = random.nextInt(expected.length + 1);
    int length = random.nextInt(expected.length - from + 1);
    ByteBuffer got =
        random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
    while (got.hasRemaining()) {
      assertThat(channel.read(got, from + got.position())).isPositive();
    }
    byte[] bytes = new byte[length];
    got.flip().get(bytes);
    assertThat(bytes).isEqualTo(Arrays.copyOfRange(expected, from, from + length));
    assertThat(channel.read(ByteBuffer.allocate(1), expected.length)).isEqualTo(-1);
    if (random.nextInt(4) == 0) {
      channel.map(FileChannel.MapMode.READ_ONLY, from, length).get(bytes);
      assertThat(bytes).isEqualTo(Arrays.copyOfRange(expected, from, from + length));
    }
  }

  /** Early open: what a reader was told is written reads right while the writer goes on. */
  @Test
  void readers_during_writes_never_see_anything_but_what_was_written() throws Exception {
    byte[] content = PageFixture.bytes(400 * PAGE + 77, 5);
    Path file = directory.resolve("busy");
    AtomicLong written = new AtomicLong();
    AtomicLong reads = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (PageChannel writer = pages.writer(file, PageFixture.NEW)) {
      List<Future<Void>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(threads.submit(reader(file, content, written, reads, i)));
      }
      Random random = new Random(1);
      int at = 0;
      while (at < content.length || reads.get() < 1000) {
        if (at < content.length) {
          int part = Math.min(random.nextInt(3 * PAGE), content.length - at);
          writer.write(ByteBuffer.wrap(content, at, part));
          at += part;
          if (random.nextInt(10) == 0) {
            writer.force(false);
          }
          written.set(at);
        }
      }
      written.set(-1);
      for (Future<Void> reader : readers) {
        reader.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(pages.read(file)).isEqualTo(content);
  }

  private Callable<Void> reader(
      Path file, byte[] content, AtomicLong written, AtomicLong reads, int seed) {
    return () -> {
      Random random = new Random(seed);
      while (written.get() >= 0) {
        try (PageChannel channel = pages.reader(file)) {
          for (int i = 0; i < 50; i++) {
            int sure = (int) Math.max(0, written.get());
            int from = random.nextInt(sure + 1);
            int length = Math.min(random.nextInt(2 * PAGE), sure - from);
            ByteBuffer got = ByteBuffer.allocate(length);
            while (got.hasRemaining()) {
              channel.read(got, from + got.position());
            }
            assertThat(got.array()).isEqualTo(Arrays.copyOfRange(content, from, from + length));
            reads.incrementAndGet();
          }
        }
      }
      return null;
    };
  }
}
