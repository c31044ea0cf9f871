package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.carrier.KeySource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** What a channel reads from. */
sealed interface PageContent {

  long length() throws IOException;

  /** As {@link FileChannel#read(ByteBuffer, long)}. */
  int read(ByteBuffer to, long position) throws IOException;

  void close() throws IOException;

  /** A finished file. */
  record Finished(FileChannel raw, PageFile file) implements PageContent {
    @Override
    public long length() {
      return file.length();
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      return file.read(raw, to, position);
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /** The writer's own view. */
  record Writing(FileChannel raw, OpenPageFile file, Runnable whenClosed) implements PageContent {
    @Override
    public long length() {
      return file.length();
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      Integer got = file.read(raw, to, position);
      if (got == null) {
        throw new java.nio.channels.ClosedChannelException();
      }
      return got;
    }

    @Override
    public void close() throws IOException {
      try {
        file.finish();
      } finally {
        whenClosed.run();
      }
    }
  }

  /** A finished file that is opened when it is first used: then only is it known to be whole. */
  final class Later implements PageContent {
    private final FileChannel raw;
    private final String name;
    private final String component;
    private final KeySource keys;
    private final PageCrypto crypto;
    private volatile @Nullable Finished opened;

    Later(FileChannel raw, String name, String component, KeySource keys, PageCrypto crypto) {
      this.raw = raw;
      this.name = name;
      this.component = component;
      this.keys = keys;
      this.crypto = crypto;
    }

    FileChannel raw() {
      return raw;
    }

    Finished open() throws IOException {
      Finished there = opened;
      return there == null ? openOnce() : there;
    }

    private synchronized Finished openOnce() throws IOException {
      Finished there = opened;
      if (there == null) {
        there = new Finished(raw, PageFile.open(raw, name, component, keys, crypto));
        opened = there;
      }
      return there;
    }

    @Override
    public long length() throws IOException {
      return open().length();
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      return open().read(to, position);
    }

    @Override
    public synchronized void close() {
      Finished there = opened;
      if (there != null) {
        there.close();
      }
    }
  }

  /** A reader who came while the file was being written: from the writer, then from the disk. */
  record Following(OpenPageFile writer, Later finished) implements PageContent {
    @Override
    public long length() throws IOException {
      return writer.isFinished() ? finished.length() : writer.length();
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      if (!writer.isFinished()) {
        Integer got = writer.read(finished.raw(), to, position);
        if (got != null) {
          return got;
        }
      }
      return finished.read(to, position);
    }

    @Override
    public void close() {
      finished.close();
    }
  }
}
