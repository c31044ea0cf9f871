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
  record Writing(OpenPageFile file, Runnable whenClosed) implements PageContent {
    @Override
    public long length() {
      return file.length();
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      Integer got = file.read(to, position);
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

  /** A reader who came while the file was being written: from the writer, then from the disk. */
  final class Following implements PageContent {
    private final OpenPageFile writer;
    private final Opener opener;
    private volatile @Nullable Finished finished;

    Following(OpenPageFile writer, Opener opener) {
      this.writer = writer;
      this.opener = opener;
    }

    /** Opens the finished file. */
    record Opener(
        FileChannel raw, String name, String component, KeySource keys, PageCrypto crypto) {
      Finished open() throws IOException {
        return new Finished(raw, PageFile.open(raw, name, component, keys, crypto));
      }
    }

    @Override
    public long length() throws IOException {
      return writer.isFinished() ? finished().length() : writer.length();
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      if (finished == null) {
        Integer got = writer.read(to, position);
        if (got != null) {
          return got;
        }
      }
      return finished().read(to, position);
    }

    private Finished finished() throws IOException {
      Finished there = finished;
      return there == null ? finish() : there;
    }

    private synchronized Finished finish() throws IOException {
      Finished there = finished;
      if (there == null) {
        there = opener.open();
        finished = there;
      }
      return there;
    }

    @Override
    public synchronized void close() {
      Finished there = finished;
      if (there != null) {
        there.close();
      }
    }
  }
}
